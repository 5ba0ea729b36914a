import type { EpochMetrics } from '@shared/domain/run'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import { type CurveLook, logarithmicTicks } from './learning-curves'
import type { RunLook } from './run-colours'

export interface RunCurve {
  /** Different for every run. */
  readonly name: string
  readonly epochs: readonly EpochMetrics[]
  readonly look: RunLook
}

/** Mean squared error of held-out crops (grey in [0,1]) over epochs, a line for each run. */
export function overlaidCurves(curves: readonly RunCurve[], size: ChartSize, look: CurveLook): TopLevelSpec {
  const { palette, logarithmic } = look
  const points = curves.flatMap(({ name, epochs }) =>
    epochs
      .filter(({ validationMse }) => Number.isFinite(validationMse) && validationMse > 0)
      .map(({ epoch, validationMse }) => ({ run: name, epoch, mse: validationMse })),
  )
  const domain = curves.map((curve) => curve.name)
  const ticks = logarithmic ? { values: [...logarithmicTicks(points.map((point) => point.mse))] } : {}
  return {
    ...chartFrame('Mean squared error of held-out crops over epochs, run by run', size),
    datasets: { points },
    data: { name: 'points' },
    mark: { type: 'line', strokeWidth: 2, point: { size: 28, filled: true } },
    encoding: {
      x: {
        field: 'epoch',
        type: 'quantitative',
        axis: { title: 'epoch', tickMinStep: 1, format: 'd', grid: false },
        scale: { zero: true, nice: false },
      },
      y: {
        field: 'mse',
        type: 'quantitative',
        axis: { title: 'mean squared error (grey 0 to 1)', format: '~g', tickCount: 6, ...ticks },
        scale: logarithmic ? { type: 'log', nice: false } : { zero: true },
      },
      color: {
        field: 'run',
        type: 'nominal',
        scale: { domain, range: curves.map((curve) => curve.look.colour) },
        legend: null,
      },
      strokeDash: {
        field: 'run',
        type: 'nominal',
        scale: { domain, range: curves.map((curve) => [...curve.look.dash]) },
        legend: null,
      },
      tooltip: [
        { field: 'run', type: 'nominal' },
        { field: 'epoch', type: 'quantitative' },
        { field: 'mse', type: 'quantitative', title: 'mean squared error', format: '.5f' },
      ],
    },
    config: chartConfig(palette),
  } satisfies TopLevelSpec
}
