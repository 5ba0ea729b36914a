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
  const axis = { title: null, labels: false, ticks: false, grid: false, domain: false } as const
  return {
    ...chartFrame('crops as points', size),
    datasets: { points },
    data: { name: 'points' },
    mark: { type: 'point', filled: true, opacity: 0.75, size: points.length > 5000 ? 8 : 18 },
    encoding: {
      x: { field: 'x', type: 'quantitative', axis, scale: { zero: false } },
      y: { field: 'y', type: 'quantitative', axis, scale: { zero: false } },
      color: colourOf(
        field,
        points.some(({ value }) => value === null),
      ),
    },
    config: { ...chartConfig(palette), legend: { labelColor: palette.ink, titleColor: palette.muted } },
  } satisfies TopLevelSpec
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
      legend: { title: field.label, symbolLimit: 60, columns: field.values.length > 30 ? 2 : 1 },
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
