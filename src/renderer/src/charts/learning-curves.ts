import type { Baselines, EpochMetrics, StepMetrics } from '@shared/domain/run'
import type { TopLevelSpec } from 'vega-lite'
import {
  type CurveMark,
  EPOCH_AXIS,
  type Layers,
  markLayers,
  type MovingRate,
  ratePoints,
  withRate,
} from './learning-curve-additions'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'
import { type CurvePoint, thinCurve } from './thin-curve'

export interface LearningCurves {
  /** Optimizer steps so far; batches of an epoch still under way included. */
  readonly steps: readonly StepMetrics[]
  readonly epochs: readonly EpochMetrics[]
  readonly stepsPerEpoch: number
  readonly baselines: Baselines | null
  /** The learning rate is drawn too, because it moves. */
  readonly rate?: MovingRate | undefined
  /** An epoch to be pointed out, and why. */
  readonly marks?: readonly CurveMark[]
}

export interface CurveLook {
  readonly logarithmic: boolean
  readonly palette: Palette
}

/** More points than pixels show nothing more. */
const MOST_POINTS = 400

export const TRAINING = 'training, epoch means'
export const VALIDATION = 'held-out crops'
const BATCHES = 'training, batches'

/**
 * Mean squared error (grey in [0,1]) over epochs: batches faint, epoch means and held-out crops as lines,
 * baselines as labelled horizontal rules.
 */
export function learningCurves(curves: LearningCurves, size: ChartSize, look: CurveLook): TopLevelSpec {
  const { palette } = look
  const datasets = {
    batches: batchPoints(curves).map((point) => ({ ...point, series: BATCHES })),
    epochs: epochPoints(curves.epochs),
    baselines: baselineRules(curves.baselines),
    ...(curves.rate === undefined ? {} : { rates: ratePoints(curves.epochs, curves.rate) }),
    ...(curves.marks === undefined ? {} : { marks: [...curves.marks] }),
  }
  const shown = [...datasets.batches, ...datasets.epochs, ...datasets.baselines].map((row) => row.mse)
  const layer = [
    ...baselineLayers(palette),
    ...baselineNames(palette),
    batchLayer(),
    epochLayer(look, shown),
    ...(curves.marks === undefined ? [] : markLayers(palette)),
  ]
  return {
    ...chartFrame('Mean squared error over epochs', size),
    datasets,
    ...withRate(layer, curves.rate, palette),
    config: {
      ...chartConfig(palette),
      legend: {
        labelColor: palette.ink,
        labelFontSize: 12,
        symbolStrokeWidth: 2,
        labelLimit: 300,
        symbolSize: 160,
      },
    },
  } satisfies TopLevelSpec
}

function batchPoints({ steps, stepsPerEpoch }: LearningCurves): readonly CurvePoint[] {
  const points = steps
    .filter((step) => Number.isFinite(step.trainMse) && step.trainMse > 0)
    .map((step) => ({ epoch: step.step / Math.max(1, stepsPerEpoch), mse: step.trainMse }))
  return thinCurve(points, MOST_POINTS)
}

interface EpochPoint extends CurvePoint {
  readonly series: string
}

function epochPoints(epochs: readonly EpochMetrics[]): readonly EpochPoint[] {
  return epochs
    .flatMap(({ epoch, trainMse, validationMse }) => [
      { epoch, mse: trainMse, series: TRAINING },
      { epoch, mse: validationMse, series: VALIDATION },
    ])
    .filter((point) => Number.isFinite(point.mse) && point.mse > 0)
}

/** What each baseline predicts, as its rule is labelled. */
export const BASELINE_LABELS: Readonly<Record<keyof Baselines, string>> = {
  constant: 'one grey',
  block8: '8×8 block means',
  block4: '4×4 block means',
  block2: '2×2 block means',
}

function baselineRules(baselines: Baselines | null): readonly { label: string; mse: number }[] {
  if (baselines === null) return []
  const names = ['constant', 'block8', 'block4', 'block2'] as const
  return names
    .map((name) => ({ label: BASELINE_LABELS[name], mse: baselines[name] }))
    .filter((rule) => rule.mse > 0)
}

function baselineLayers(palette: Palette): Layers {
  const height = { field: 'mse', type: 'quantitative' } as const
  return [
    {
      data: { name: 'baselines' },
      mark: { type: 'rule', color: palette.muted, strokeDash: [5, 4], strokeWidth: 1 },
      encoding: { y: height },
    },
  ]
}

/** Names of the rules, with a rim of the ground's colour where they lie on each other; curves pass over them. */
function baselineNames(palette: Palette): Layers {
  const text = { type: 'text', align: 'right', baseline: 'bottom', dx: -4, dy: -2, fontSize: 11 } as const
  const encoding = {
    y: { field: 'mse', type: 'quantitative' },
    x: { value: 'width' },
    text: { field: 'label', type: 'nominal' },
  } as const
  const rim = {
    ...text,
    color: palette.ground,
    stroke: palette.ground,
    strokeWidth: 4,
    strokeJoin: 'round',
  } as const
  return [
    { data: { name: 'baselines' }, mark: rim, encoding },
    { data: { name: 'baselines' }, mark: { ...text, color: palette.muted }, encoding },
  ]
}

function batchLayer(): Layers[number] {
  return {
    data: { name: 'batches' },
    mark: { type: 'line', strokeWidth: 1 },
    encoding: {
      x: EPOCH_AXIS,
      y: { field: 'mse', type: 'quantitative' },
      color: { field: 'series', type: 'nominal' },
    },
  }
}

/** 1, 2 and 5 times the powers of ten between the smallest and the largest value. */
export function logarithmicTicks(values: readonly number[]): readonly number[] {
  const smallest = Math.min(...values)
  const largest = Math.max(...values)
  const decades = Array.from({ length: 13 }, (_, index) => index - 9)
  return decades
    .flatMap((decade) => [1, 2, 5].map((mantissa) => Number(`${mantissa}e${decade}`)))
    .filter((tick) => tick >= smallest && tick <= largest)
}

function epochLayer({ logarithmic, palette }: CurveLook, shown: readonly number[]): Layers[number] {
  return {
    data: { name: 'epochs' },
    mark: { type: 'line', strokeWidth: 2, point: { size: 28, filled: true } },
    encoding: {
      x: EPOCH_AXIS,
      y: {
        field: 'mse',
        type: 'quantitative',
        axis: {
          title: 'mean squared error (grey 0 to 1)',
          format: '~g',
          tickCount: 6,
          ...(logarithmic ? { values: [...logarithmicTicks(shown)] } : {}),
        },
        scale: logarithmic ? { type: 'log', nice: false } : { zero: true },
      },
      color: {
        field: 'series',
        type: 'nominal',
        scale: {
          domain: [BATCHES, TRAINING, VALIDATION],
          range: [palette.batches, palette.training, palette.validation],
        },
        legend: { title: null, orient: 'top', direction: 'horizontal', symbolType: 'stroke' },
      },
      tooltip: [
        { field: 'series', type: 'nominal', title: 'of' },
        { field: 'epoch', type: 'quantitative' },
        { field: 'mse', type: 'quantitative', title: 'mean squared error', format: '.5f' },
      ],
    },
  }
}
