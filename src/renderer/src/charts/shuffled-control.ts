import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'

export interface ControlCounts {
  /** Channels found with the labels as they are. */
  readonly found: number
  /** Channels found in each table with shuffled labels. */
  readonly shuffled: readonly number[]
}

const REAL = 'real labels'
const SHUFFLED = 'shuffled labels'

/** One dot for each table: how many channels are found with real labels, and in each table with shuffled ones. */
export function shuffledControl(
  { found, shuffled }: ControlCounts,
  size: ChartSize,
  palette: Palette,
): TopLevelSpec {
  // Of tables that found as many, one stands above the other, so that all are seen.
  const seen = new Map<number, number>()
  const tables = shuffled.map((count) => {
    const above = seen.get(count) ?? 0
    seen.set(count, above + 1)
    return { labels: SHUFFLED, found: count, place: above }
  })
  const most = Math.max(1, ...seen.values())
  return {
    ...chartFrame('Channels found with real and with shuffled labels', size),
    datasets: { tables: [{ labels: REAL, found, place: (most - 1) / 2 }, ...tables] },
    data: { name: 'tables' },
    mark: { type: 'point', filled: true, size: 45, opacity: 0.85 },
    encoding: {
      x: {
        field: 'found',
        type: 'quantitative',
        axis: { title: 'channels found', tickMinStep: 1, tickCount: 6, format: 'd' },
        scale: { domainMin: 0, domainMax: Math.max(4, found, ...shuffled), padding: 6 },
      },
      y: {
        field: 'labels',
        type: 'nominal',
        sort: [REAL, SHUFFLED],
        axis: { title: null, ticks: false, domain: false, labelColor: palette.ink, labelFontSize: 12 },
      },
      yOffset: {
        field: 'place',
        type: 'quantitative',
        scale: { domain: [most, -1] },
      },
      color: {
        field: 'labels',
        type: 'nominal',
        legend: null,
        scale: { domain: [REAL, SHUFFLED], range: [palette.validation, palette.training] },
      },
      tooltip: [
        { field: 'labels', type: 'nominal', title: 'table with' },
        { field: 'found', type: 'quantitative', title: 'channels found' },
      ],
    },
    config: chartConfig(palette),
  } satisfies TopLevelSpec
}
