import type { ChannelResponses } from '@shared/domain/symbols'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'

/** What a channel answers to each symbol, strongest on top: for exports, where the bars of the page cannot go. */
export function symbolBars(
  { responses }: ChannelResponses,
  size: ChartSize,
  { palette }: { readonly palette: Palette },
): TopLevelSpec {
  const bars = responses.map(({ symbol, relative }) => ({ name: symbol.name, relative }))
  return {
    ...chartFrame('Answer to each symbol of the probe sheet', size),
    datasets: { bars },
    data: { name: 'bars' },
    mark: { type: 'bar', color: palette.training },
    encoding: {
      y: {
        field: 'name',
        type: 'nominal',
        sort: bars.map(({ name }) => name),
        axis: { title: null, labelLimit: 200, domain: false, ticks: false },
      },
      x: {
        field: 'relative',
        type: 'quantitative',
        axis: { title: 'answer, relative to the largest', format: '~g', tickCount: 5 },
      },
    },
    config: chartConfig(palette),
  } satisfies TopLevelSpec
}
