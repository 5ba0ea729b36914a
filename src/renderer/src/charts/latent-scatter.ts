import type { CategoricalField, LatentMap, NumericField } from '@shared/domain/latent'
import type { TopLevelSpec } from 'vega-lite'
import { STRENGTH } from '../pictures/colour-scale'
import { categoryColour, rangeOf, scaleColour, UNKNOWN } from '../pictures/map-colours'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'

export interface ScatterLook {
  readonly field: CategoricalField | NumericField | null
  /** Points that are hidden, e.g. because their value is. */
  readonly isHidden: (point: number) => boolean
  readonly palette: Palette
}

/** A latent map for paper: one dot per crop, in the colours of the screen's light theme, with their legend. */
export function latentScatter(map: LatentMap, size: ChartSize, look: ScatterLook): TopLevelSpec {
  const { field, palette } = look
  const valueOf = valuesOf(field)
  const points = [...map.samples]
    .map((_, point) => ({
      x: map.coordinates[point * 2] ?? 0,
      y: map.coordinates[point * 2 + 1] ?? 0,
      value: valueOf(point),
      point,
    }))
    .filter(({ point }) => !look.isHidden(point))
    .map(({ x, y, value }) => ({ x, y, value }))
  const room = roomFor(field)
  const inner = { width: size.width - room.left - room.right, height: size.height - room.top - room.bottom }
  const bounds = equallyScaled(points, inner)
  const axis = { title: null, labels: false, ticks: false, grid: false, domain: false } as const
  return {
    ...chartFrame('crops as points', size),
    // The legend lies in the padding, so that the size of what is drawn is known: one scale for both axes.
    ...inner,
    padding: room,
    autosize: { type: 'none' },
    datasets: { points },
    data: { name: 'points' },
    mark: { type: 'point', filled: true, opacity: 0.75, size: points.length > 5000 ? 8 : 18 },
    encoding: {
      x: { field: 'x', type: 'quantitative', axis, scale: { domain: [...bounds.x], nice: false } },
      y: { field: 'y', type: 'quantitative', axis, scale: { domain: [...bounds.y], nice: false } },
      color: colourOf(
        field,
        points.some(({ value }) => value === null),
      ),
    },
    config: { ...chartConfig(palette), legend: { labelColor: palette.ink, titleColor: palette.muted } },
  } satisfies TopLevelSpec
}

/** In pixels around the points; at the right for the legend. */
function roomFor(field: ScatterLook['field']) {
  const right = field === null ? MARGIN : 190
  return { left: MARGIN, right: isLong(field) ? 2 * right : right, top: MARGIN, bottom: MARGIN }
}

const MARGIN = 12

function isLong(field: ScatterLook['field']): boolean {
  return field !== null && 'codes' in field && field.values.length > 30
}

type Span = readonly [from: number, to: number]

/** Of both axes, so that a unit is as long across as it is up: distances can be read. */
function equallyScaled(
  points: readonly { readonly x: number; readonly y: number }[],
  { width, height }: ChartSize,
): { readonly x: Span; readonly y: Span } {
  const [x, y] = [spanOf(points.map((point) => point.x)), spanOf(points.map((point) => point.y))]
  const unit = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height, 1e-9)
  return { x: widened(x, unit * width), y: widened(y, unit * height) }
}

function spanOf(values: readonly number[]): Span {
  let [from, to] = [Infinity, -Infinity]
  for (const value of values) {
    from = Math.min(from, value)
    to = Math.max(to, value)
  }
  return from <= to ? [from, to] : [0, 1]
}

function widened([from, to]: Span, length: number): Span {
  const middle = (from + to) / 2
  return [middle - length / 2, middle + length / 2]
}

function valuesOf(field: ScatterLook['field']): (point: number) => string | number | null {
  if (field === null) return () => null
  if ('codes' in field) return (point) => field.values[field.codes[point] ?? -1] ?? null
  return (point) => {
    const value = field.values[point] ?? NaN
    return Number.isFinite(value) ? value : null
  }
}

function colourOf(field: ScatterLook['field'], unknown: boolean) {
  if (field === null) return { value: UNKNOWN.light }
  if ('codes' in field) {
    const domain: (string | null)[] = [...field.values]
    const range = field.values.map((_, place) => categoryColour(place, 'light'))
    if (unknown) {
      domain.push(null)
      range.push(UNKNOWN.light)
    }
    return {
      field: 'value',
      type: 'nominal',
      scale: { domain, range },
      legend: { title: field.label, symbolLimit: 80, columns: isLong(field) ? 2 : 1, labelLimit: 150 },
    } as const
  }
  const bounds = rangeOf(field) ?? { lowest: 0, highest: 1 }
  const steps = Array.from(
    { length: 9 },
    (_, step) => bounds.lowest + (step / 8) * (bounds.highest - bounds.lowest),
  )
  return {
    field: 'value',
    type: 'quantitative',
    scale: {
      domain: [bounds.lowest, bounds.highest],
      range: steps.map((step) => scaleColour(step, bounds, STRENGTH)),
      clamp: true,
    },
    legend: { title: field.unit === '' ? field.label : `${field.label} (${field.unit})` },
  } as const
}
