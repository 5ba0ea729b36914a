import type { EpochMetrics } from '@shared/domain/run'
import type { TopLevelSpec } from 'vega-lite'
import type { Palette } from './palette'

export type Layers = Extract<TopLevelSpec, { layer: unknown }>['layer']

/** An epoch that is pointed out in the learning curves, and why. */
export interface CurveMark {
  readonly epoch: number
  /** Null for a line from top to bottom. */
  readonly mse: number | null
  readonly label: string
}

export const EPOCH_AXIS = {
  field: 'epoch',
  type: 'quantitative',
  axis: { title: 'epoch', tickMinStep: 1, format: 'd', grid: false },
  scale: { zero: true, nice: false },
} as const

export function ratePoints(epochs: readonly EpochMetrics[]): readonly { epoch: number; rate: number }[] {
  return epochs.flatMap(({ epoch, learningRate }) =>
    learningRate === undefined ? [] : [{ epoch, rate: learningRate }],
  )
}

/** The layers, with the learning rate over them on an axis of its own where it is wanted. */
export function withRate(layer: Layers, palette: Palette | null) {
  if (palette === null) return { layer }
  const both: Layers = [{ layer }, rateLayer(palette)]
  return { layer: both, resolve: { scale: { y: 'independent' as const } } }
}

/** Thin and grey, on an axis of its own at the right. */
function rateLayer(palette: Palette): Layers[number] {
  return {
    data: { name: 'rates' },
    mark: {
      type: 'line',
      strokeWidth: 1.25,
      strokeDash: [2, 2],
      color: palette.muted,
      interpolate: 'step-before',
    },
    encoding: {
      x: EPOCH_AXIS,
      y: {
        field: 'rate',
        type: 'quantitative',
        axis: { title: 'learning rate (dotted)', orient: 'right', format: '~g', tickCount: 3, grid: false },
        scale: { zero: true },
      },
    },
  }
}

/** Rings at points and lines from top to bottom, with their names. */
export function markLayers(palette: Palette): Layers {
  const pointed = { data: { name: 'marks' }, transform: [{ filter: 'isValid(datum.mse)' }] }
  const lines = { data: { name: 'marks' }, transform: [{ filter: '!isValid(datum.mse)' }] }
  const y = { field: 'mse', type: 'quantitative' } as const
  const text = { type: 'text', fontSize: 11, color: palette.ink } as const
  return [
    { ...lines, mark: { type: 'rule', color: palette.muted, strokeWidth: 1 }, encoding: { x: EPOCH_AXIS } },
    {
      ...lines,
      mark: { ...text, align: 'right', dx: -4, baseline: 'top' },
      encoding: { x: EPOCH_AXIS, y: { value: 2 }, text: { field: 'label' } },
    },
    {
      ...pointed,
      mark: { type: 'point', filled: false, size: 130, strokeWidth: 2, color: palette.ink, opacity: 1 },
      encoding: { x: EPOCH_AXIS, y },
    },
    {
      ...pointed,
      mark: { ...text, align: 'center', baseline: 'top', dy: 9 },
      encoding: { x: EPOCH_AXIS, y, text: { field: 'label' } },
    },
  ]
}
