/** What goes out of the reconstruction screen: its pictures and the ranking, with their captions. */
import type { AblationReport } from '@shared/domain/feature'
import type { RunSummary } from '@shared/domain/run'
import type { TopLevelSpec } from 'vega-lite'
import type { ChartSize } from '../../charts/chart-frame'
import { intervalDots } from '../../charts/interval-dots'
import { PAPER } from '../../charts/palette'
import type { Caption } from '../../exports/caption'
import type { ExportedPicture } from '../../exports/picture-file'
import type { ExportedTable } from '../../exports/table-file'
import type { RankedChannel, RankingScope } from '../../state/ablation-ranking.svelte'
import { runFact } from '../../exports/run-fact'

export interface ReconstructionContext {
  readonly run: RunSummary
  /** Index of the crop in the run's sample set. */
  readonly index: number
  /** Where the crop is from; empty while unknown. */
  readonly origin: string
  /** What is changed, in words by layer; empty where nothing is. */
  readonly changes: readonly string[]
}

export function pictureCaption(title: string, context: ReconstructionContext): Caption {
  const { run, index, origin, changes } = context
  return {
    title,
    facts: [
      runFact(run),
      ['crop', origin === '' ? String(index) : `${index} (${origin})`],
      ...(changes.length === 0 ? [] : [['channels changed:', changes.join('; ')] as const]),
    ],
  }
}

/** Pixels as they are on the screen. */
export function asExported(picture: ImageData): ExportedPicture {
  return {
    width: picture.width,
    height: picture.height,
    draw: (context) => context.putImageData(picture, 0, 0),
  }
}

/** @param scope what the chart shows; the table holds all */
export function rankingCaption(report: AblationReport, run: RunSummary, scope: RankingScope): Caption {
  const { interval } = report
  return {
    title: 'Channels by what their absence costs',
    facts: [
      runFact(run),
      ['layer', report.layer],
      ...(scope.of === 'all' ? [] : [[scope.of, scope.name] as const]),
      [
        'measured on',
        `${report.crops} ${report.heldOut ? 'held-out crops' : 'crops'} of ${report.pieces} pieces`,
      ],
      ['mean squared error with all channels', String(Number(report.intactMse.toPrecision(4)))],
      [
        'interval',
        `${Math.round(100 * interval.level)} %, ${interval.name} over pieces, ${interval.resamples} resamples, seed ${interval.seed}`,
      ],
      ['weights', report.weightsSha256.slice(0, 12)],
    ],
  }
}

export function rankingChart(channels: readonly RankedChannel[], size: ChartSize): TopLevelSpec {
  const rows = channels.map(({ channel, increase, low, high }) => ({
    name: `channel ${channel}`,
    estimate: { value: increase, low, high },
    main: true,
  }))
  const title = 'mean squared error grows by'
  return intervalDots(rows, size, { title, logarithmic: false, palette: PAPER })
}

/** All scopes at once: overall with its interval, then one column per style and composer. */
export function rankingTable(report: AblationReport): ExportedTable {
  const styles = Object.keys(report.intactByStyle)
  const composers = Object.keys(report.intactByComposer)
  return {
    columns: [
      'channel',
      'increase_of_mse',
      'low',
      'high',
      ...styles.map((name) => `style: ${name}`),
      ...composers.map((name) => `composer: ${name}`),
    ],
    rows: report.channels.map(({ channel, increase, byStyle, byComposer }) => [
      channel,
      increase.value,
      increase.low,
      increase.high,
      ...styles.map((name) => byStyle[name] ?? null),
      ...composers.map((name) => byComposer[name] ?? null),
    ]),
  }
}
