import type { ChannelProfile, ContrastField } from '@shared/domain/findings'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'

export interface StripLook {
  readonly field: ContrastField
  /** The class to be told apart by colour; null for none. */
  readonly standsOut: string | null
  readonly palette: Palette
}

const ROW = 26
const FRAME = 56

/** As many rows as there are classes. */
export function stripHeight(profile: ChannelProfile, field: ContrastField): number {
  return FRAME + ROW * classesOf(profile, field).length
}

/** Strongest class on top. */
export function classesOf(profile: ChannelProfile, field: ContrastField): ChannelProfile['byStyle'] {
  const classes = field === 'style' ? profile.byStyle : profile.byComposer
  return classes.toSorted((a, b) => b.mean.value - a.mean.value)
}

/** Every piece a dot in the row of its class; the class's mean an upright stroke, with its interval as a line. */
export function pieceStrip(profile: ChannelProfile, size: ChartSize, look: StripLook): TopLevelSpec {
  const { field, standsOut, palette } = look
  const classes = classesOf(profile, field)
  const kindOf = (name: string): string => (name === standsOut ? 'stands out' : 'others')
  const pieces = profile.pieces.map((piece) => ({
    ...piece,
    className: piece[field],
    kind: kindOf(piece[field]),
  }))
  const means = classes.map(({ name, pieces: count, mean: { value, low, high } }) => ({
    className: name,
    count,
    mean: value,
    low: low ?? value,
    high: high ?? value,
    kind: kindOf(name),
  }))
  const y = {
    field: 'className',
    type: 'nominal',
    sort: classes.map(({ name }) => name),
    axis: { title: null, labelLimit: 190, domain: false, ticks: false, labelPadding: 8, grid: true },
  } as const
  const color = {
    field: 'kind',
    type: 'nominal',
    legend: null,
    scale: { domain: ['stands out', 'others'], range: [palette.validation, palette.training] },
  } as const
  const scale = { type: 'quantitative', scale: { zero: false, padding: 10 } } as const
  return {
    ...chartFrame(`Mean activation of every piece by ${field}`, size),
    datasets: { pieces, means },
    layer: [
      {
        data: { name: 'means' },
        mark: { type: 'rule', strokeWidth: 5, opacity: 0.35 },
        encoding: { y, x: { field: 'low', ...scale }, x2: { field: 'high' }, color },
      },
      {
        data: { name: 'pieces' },
        mark: { type: 'point', filled: false, size: 34, strokeWidth: 1.5, opacity: 0.9 },
        encoding: {
          y,
          x: {
            field: 'mean',
            ...scale,
            axis: { title: 'mean activation of a piece', format: '~g', tickCount: 6 },
          },
          color,
          tooltip: [
            { field: 'composer', type: 'nominal' },
            { field: 'piece', type: 'nominal' },
            { field: 'mean', type: 'quantitative', title: 'mean activation', format: '.3~g' },
            { field: 'samples', type: 'quantitative', title: 'crops' },
          ],
        },
      },
      {
        data: { name: 'means' },
        mark: { type: 'tick', thickness: 3, size: 16 },
        encoding: {
          y,
          x: { field: 'mean', ...scale },
          color,
          tooltip: [
            { field: 'className', type: 'nominal', title: field },
            { field: 'mean', type: 'quantitative', title: 'mean of its pieces', format: '.3~g' },
            { field: 'low', type: 'quantitative', title: 'from', format: '.3~g' },
            { field: 'high', type: 'quantitative', title: 'to', format: '.3~g' },
            { field: 'count', type: 'quantitative', title: 'pieces' },
          ],
        },
      },
    ],
    config: { ...chartConfig(palette), axisY: { labelColor: palette.ink, labelFontSize: 12 } },
  } satisfies TopLevelSpec
}
