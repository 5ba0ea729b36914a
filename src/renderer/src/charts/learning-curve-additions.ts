import type { EpochMetrics } from '@shared/domain/run'
import type { TopLevelSpec } from 'vega-lite'
import type { Palette } from './palette'

export type Layers = Extract<TopLevelSpec, { layer: unknown }>['layer']

/** An epoch that is pointed out in the learning curves; why, is said under them. */
export interface CurveMark {
  readonly epoch: number
  /** Null for a line from top to bottom. */
  readonly mse: number | null
  readonly label: string
}

/** The learning rate that training starts with, and whether it moves only between epochs. */
export interface MovingRate {
  readonly start: number
  readonly stepwise: boolean
}

export const EPOCH_AXIS = {
  field: 'epoch',
  type: 'quantitative',
  axis: { title: 'epoch', tickMinStep: 1, format: 'd', grid: false },
  scale: { zero: true, nice: false },
} as const

/** As it was at the end of each epoch, from where it started. */
export function ratePoints(
  epochs: readonly EpochMetrics[],
  { start }: MovingRate,
): readonly { epoch: number; rate: number }[] {
  const moved = epochs.flatMap(({ epoch, learningRate }) =>
    learningRate === undefined ? [] : [{ epoch, rate: learningRate }],
  )
  return [{ epoch: 0, rate: start }, ...moved]
}

/** The layers, with the learning rate over them on an axis of its own where it is wanted. */
export function withRate(layer: Layers, rate: MovingRate | undefined, palette: Palette) {
  if (rate === undefined) return { layer }
  const both: Layers = [{ layer }, rateLayer(rate, palette)]
  return { layer: both, resolve: { scale: { y: 'independent' as const } } }
}

/** Thin and grey, on an axis of its own at the right. */
function rateLayer({ stepwise }: MovingRate, palette: Palette): Layers[number] {
  return {
    data: { name: 'rates' },
    mark: {
      type: 'line',
      strokeWidth: 1.25,
      strokeDash: [2, 2],
      color: palette.muted,
      interpolate: stepwise ? 'step-before' : 'linear',
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

/** Rings at points and lines from top to bottom. */
export function markLayers(palette: Palette): Layers {
  return [
    {
      data: { name: 'marks' },
      transform: [{ filter: '!isValid(datum.mse)' }],
      mark: { type: 'rule', color: palette.muted, strokeWidth: 1.5 },
      encoding: { x: EPOCH_AXIS },
    },
    {
      data: { name: 'marks' },
      transform: [{ filter: 'isValid(datum.mse)' }],
      mark: { type: 'point', filled: false, size: 130, strokeWidth: 2, color: palette.ink, opacity: 1 },
      encoding: { x: EPOCH_AXIS, y: { field: 'mse', type: 'quantitative' } },
    },
  ]
}
