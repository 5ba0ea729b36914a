/** What recurs from run to run, in words, rows and captions. */
import type { FeatureCluster, Recurrence } from '@shared/domain/findings'
import type { DotRow } from '../../charts/interval-dots'
import type { Caption } from '../../exports/caption'
import type { ExportedTable } from '../../exports/table-file'

/** The figure over all pairs of runs, with what it has to be compared with. */
export function overallDots({ overall }: Recurrence): readonly DotRow[] {
  if (overall === null) return []
  return [
    { name: 'between trained networks', estimate: overall.share, main: true },
    { name: 'between untrained networks', estimate: overall.untrained, main: false },
    { name: 'trained found in untrained', estimate: overall.foundUntrained, main: false },
  ]
}

export function recurrenceCaption(report: Recurrence, title: string): Caption {
  return {
    title,
    facts: [
      ['runs', report.runs.map(({ name, seed }) => `${name} (seed ${seed})`).join(', ')],
      ['layer', report.layer ?? 'all'],
      ['crops', String(report.samples)],
      ['pieces', String(report.pieces)],
      ['answer', report.pattern],
      ['likeness', report.correlation],
      ['adjusted for', report.adjusted],
      ['partners from', report.threshold.toFixed(3)],
      ['threshold', report.thresholdFrom],
      ['seed', String(report.seed)],
      ['interval', `${Math.round(100 * report.interval.level)} %, ${report.interval.name}`],
    ],
  }
}

export function pairTable({ pairs }: Recurrence): ExportedTable {
  return {
    columns: [
      'run',
      'other',
      'channels',
      'recurring',
      'share',
      'shareLow',
      'shareHigh',
      'untrained',
      'untrainedLow',
      'untrainedHigh',
      'foundUntrained',
      'beyondUntrained',
      'beyondUntrainedLow',
      'beyondUntrainedHigh',
    ],
    rows: pairs.map((pair) => [
      pair.run,
      pair.other,
      pair.channels,
      pair.recurring,
      pair.share.value,
      pair.share.low,
      pair.share.high,
      pair.untrained.value,
      pair.untrained.low,
      pair.untrained.high,
      pair.foundUntrained.value,
      pair.beyondUntrained.value,
      pair.beyondUntrained.low,
      pair.beyondUntrained.high,
    ]),
  }
}

/** One row for each member of each group. */
export function clusterTable(report: Recurrence, nameOf: (cluster: FeatureCluster) => string): ExportedTable {
  const found = new Map(report.stability.map((one) => [one.address, one]))
  return {
    columns: ['group', 'name', 'address', 'similarity', 'runs', 'foundIn', 'of', 'inEncoder', 'inDecoder'],
    rows: report.clusters.flatMap((cluster) =>
      cluster.members.map((member) => [
        cluster.cluster,
        nameOf(cluster),
        member.address,
        member.similarity,
        cluster.runs,
        found.get(member.address)?.foundIn ?? null,
        found.get(member.address)?.of ?? null,
        String(cluster.inEncoder),
        String(cluster.inDecoder),
      ]),
    ),
  }
}

/** "in the encoder and the decoder" */
export function whereOf({ inEncoder, inDecoder }: FeatureCluster): string {
  if (inEncoder && inDecoder) return 'encoder and decoder'
  return inEncoder ? 'encoder' : inDecoder ? 'decoder' : 'bottleneck'
}
