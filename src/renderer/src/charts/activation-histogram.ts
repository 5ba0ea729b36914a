import type { ActivationHistogram } from '@shared/domain/feature'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'

/** A bin with what share of all places falls into it. */
export interface HistogramBar {
  readonly from: number
  readonly to: number
  readonly share: number
}

/** Of the places where a channel fires, so many at the weak end are left out of sight: their bins are all but empty. */
const UNSEEN = 0.01

export interface SeenHistogram {
  /** Shares are of all places, silent ones included. */
  readonly bars: readonly HistogramBar[]
  readonly silent: number
  /** Places where it fires more weakly than the first bar. */
  readonly weaker: number
}

/** The bins up to the last that holds anything, from where they begin to hold something. */
export function histogramBars({ edges, counts, silent }: ActivationHistogram): SeenHistogram {
  const firing = counts.reduce((sum, count) => sum + count, 0)
  const all = Math.max(1, firing + silent)
  let first = 0
  let weaker = 0
  while (first < counts.length && weaker + (counts[first] ?? 0) <= UNSEEN * firing) {
    weaker += counts[first] ?? 0
    first += 1
  }
  const last = counts.findLastIndex((count) => count > 0)
  const bars = counts.slice(first, last + 1).map((count, place) => ({
    from: edges[first + place] ?? 0,
    to: edges[first + place + 1] ?? 0,
    share: count / all,
  }))
  return { bars, silent: silent / all, weaker: weaker / all }
}

/** How often a channel is how strong: activations doubling from tick to tick, because most of them are small. */
export function activationHistogram(
  histogram: ActivationHistogram,
  size: ChartSize,
  { palette }: { readonly palette: Palette },
): TopLevelSpec {
  const { bars } = histogramBars(histogram)
  const lowest = Math.floor(Math.log2(bars[0]?.from ?? 0.5))
  const highest = Math.ceil(Math.log2(bars.at(-1)?.to ?? 1))
  const step = Math.max(1, Math.ceil((highest - lowest) / 8))
  const values = Array.from({ length: highest - lowest + 1 }, (_, place) => 2 ** (lowest + place)).filter(
    (_, place) => place % step === 0,
  )
  return {
    ...chartFrame('How often the channel is how strong', size),
    datasets: { bars: bars.map((bar) => ({ ...bar })) },
    data: { name: 'bars' },
    mark: { type: 'rect', color: palette.training, stroke: palette.ground, strokeWidth: 1 },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        scale: { type: 'log', base: 2, nice: false },
        axis: { title: 'activation (above 0)', values, format: '.2~g', grid: false },
      },
      x2: { field: 'to' },
      y: {
        field: 'share',
        type: 'quantitative',
        axis: { title: 'share of all places', format: '.2~%', tickCount: 4 },
      },
      y2: { datum: 0 },
      tooltip: [
        { field: 'from', type: 'quantitative', title: 'from', format: '.3~g' },
        { field: 'to', type: 'quantitative', title: 'to', format: '.3~g' },
        { field: 'share', type: 'quantitative', title: 'share of places', format: '.3~%' },
      ],
    },
    config: chartConfig(palette),
  } satisfies TopLevelSpec
}
