import type { Estimate } from '@shared/domain/evaluation'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import { logarithmicTicks } from './learning-curves'
import type { Palette } from './palette'

/** One row: a dot at the value and a line over its interval, where there is one. */
export interface DotRow {
  readonly name: string
  readonly estimate: Estimate
  /** Drawn in the accent colour. */
  readonly main: boolean
  /** Of what is chosen by a click on the dot; without it nothing is. */
  readonly key?: string
}

export interface DotsLook {
  /** What the numbers are, under the axis. */
  readonly title: string
  readonly logarithmic: boolean
  readonly palette: Palette
}

/** Estimates one under the other in the given order, on one axis. */
export function intervalDots(rows: readonly DotRow[], size: ChartSize, look: DotsLook): TopLevelSpec {
  const { palette } = look
  const dots = rows.map(({ name, estimate: { value, low, high }, main, key }) => ({
    name,
    value,
    low: low ?? value,
    high: high ?? value,
    kind: main ? 'model' : 'baseline',
    ...(key === undefined ? {} : { key }),
  }))
  const y = {
    field: 'name',
    type: 'nominal',
    sort: dots.map((dot) => dot.name),
    axis: { title: null, labelLimit: 190, domain: false, ticks: false, labelPadding: 8, grid: true },
  } as const
  const x = { type: 'quantitative', ...axisOf(dots, look) } as const
  const color = {
    field: 'kind',
    type: 'nominal',
    legend: null,
    scale: { domain: ['model', 'baseline'], range: [palette.validation, palette.training] },
  } as const
  return {
    ...chartFrame(look.title, size),
    datasets: { dots },
    layer: [
      {
        data: { name: 'dots' },
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { y, x: { field: 'low', ...x }, x2: { field: 'high' }, color },
      },
      {
        data: { name: 'dots' },
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: {
          y,
          x: { field: 'value', ...x },
          color,
          tooltip: [
            { field: 'name', type: 'nominal', title: 'of' },
            { field: 'value', type: 'quantitative', title: look.title, format: '.4~g' },
            { field: 'low', type: 'quantitative', title: 'from', format: '.4~g' },
            { field: 'high', type: 'quantitative', title: 'to', format: '.4~g' },
          ],
        },
      },
    ],
    config: {
      ...chartConfig(palette),
      axisY: { labelColor: palette.ink, labelFontSize: 12 },
    },
  } satisfies TopLevelSpec
}

function axisOf(dots: readonly { readonly low: number; readonly high: number }[], look: DotsLook) {
  const bounds = dots.flatMap(({ low, high }) => [low, high])
  // What is not above zero has no place on a logarithmic axis.
  const logarithmic = look.logarithmic && bounds.every((bound) => bound > 0)
  const ticks = logarithmic ? { values: [...logarithmicTicks(bounds)] } : {}
  return {
    axis: { title: look.title, format: '~g', tickCount: 6, ...ticks },
    scale: logarithmic ? ({ type: 'log', nice: false, padding: 8 } as const) : { zero: false, padding: 8 },
  }
}
