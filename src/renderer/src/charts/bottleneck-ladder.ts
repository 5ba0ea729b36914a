import type { Estimate } from '@shared/domain/evaluation'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import { logarithmicTicks } from './learning-curves'
import type { Palette } from './palette'

/** An error reached with so many numbers per crop. */
export interface LadderPoint {
  readonly painter: 'this model' | 'PCA' | 'block means'
  readonly codeNumbers: number
  readonly estimate: Estimate
  /** The run that it is of; null for what is no run. */
  readonly run: string | null
}

const PAINTERS = ['this model', 'PCA', 'block means'] as const

/** Mean squared error against the size of the code, both logarithmic: what each halving of the bottleneck costs. */
export function bottleneckLadder(
  points: readonly LadderPoint[],
  size: ChartSize,
  palette: Palette,
): TopLevelSpec {
  const rows = points
    .filter(({ codeNumbers, estimate }) => codeNumbers > 0 && estimate.value > 0)
    .map(({ painter, codeNumbers, estimate: { value, low, high }, run }) => ({
      painter,
      codeNumbers,
      mse: value,
      low: low === null || low <= 0 ? value : low,
      high: high ?? value,
      ...(run === null ? {} : { key: run }),
    }))
  const x = {
    field: 'codeNumbers',
    type: 'quantitative',
    axis: { title: 'numbers in the code of a crop', grid: false, values: powersOfTwo(rows), format: ',d' },
    scale: { type: 'log', nice: false, padding: 14 },
  } as const
  const ticks = [...logarithmicTicks(rows.flatMap(({ low, high }) => [low, high]))]
  const y = {
    type: 'quantitative',
    axis: { title: 'mean squared error (grey 0 to 1)', format: '~g', values: ticks },
    scale: { type: 'log', nice: false, padding: 6 },
  } as const
  const color = {
    field: 'painter',
    type: 'nominal',
    scale: { domain: [...PAINTERS], range: [palette.validation, palette.training, palette.muted] },
    legend: { title: null, orient: 'top', direction: 'horizontal', symbolType: 'stroke' },
  } as const
  return {
    ...chartFrame('Mean squared error of held-out crops against the size of the code', size),
    datasets: { rows },
    data: { name: 'rows' },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.5 },
        encoding: { x, y: { field: 'mse', ...y }, color, strokeDash: dashes() },
      },
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { x, y: { field: 'mse', ...y }, color, tooltip: tooltips() },
      },
    ],
    config: {
      ...chartConfig(palette),
      legend: {
        labelColor: palette.ink,
        labelFontSize: 12,
        labelLimit: 300,
        symbolStrokeWidth: 2,
        symbolSize: 240,
      },
    },
  } satisfies TopLevelSpec
}

function dashes() {
  return {
    field: 'painter',
    type: 'nominal',
    scale: {
      domain: [...PAINTERS],
      range: [
        [1, 0],
        [6, 3],
        [2, 3],
      ],
    },
  } as const
}

interface Tooltip {
  readonly field: string
  readonly type: 'nominal' | 'quantitative'
  readonly title: string
  readonly format?: string
}

function tooltips(): Tooltip[] {
  return [
    { field: 'painter', type: 'nominal', title: 'of' },
    { field: 'codeNumbers', type: 'quantitative', title: 'numbers', format: ',d' },
    { field: 'mse', type: 'quantitative', title: 'mean squared error', format: '.4~g' },
    { field: 'low', type: 'quantitative', title: 'from', format: '.4~g' },
    { field: 'high', type: 'quantitative', title: 'to', format: '.4~g' },
  ]
}

/** At every power of two between the smallest and the largest code; every second where there are many. */
function powersOfTwo(rows: readonly { readonly codeNumbers: number }[]): number[] {
  const numbers = rows.map((row) => row.codeNumbers)
  const [first, last] = [
    Math.floor(Math.log2(Math.min(...numbers))),
    Math.ceil(Math.log2(Math.max(...numbers))),
  ]
  if (!Number.isFinite(first) || !Number.isFinite(last)) return []
  const stride = last - first > 8 ? 2 : 1
  return Array.from(
    { length: Math.floor((last - first) / stride) + 1 },
    (_, index) => 2 ** (first + index * stride),
  )
}
