/** Probes out of the window: as a chart and as tables, with how they were done. */
import type { TopLevelSpec } from 'vega-lite'
import type { Estimate } from '@shared/domain/evaluation'
import type { ConfoundReport, FieldProbe } from '@shared/domain/latent'
import type { RunSummary } from '@shared/domain/run'
import type { ChartSize } from '../../charts/chart-frame'
import { PAPER } from '../../charts/palette'
import { probeDots } from '../../charts/probe-dots'
import type { Caption } from '../../exports/caption'
import { runFact } from '../../exports/run-fact'
import type { ExportedTable } from '../../exports/table-file'
import { type ProbeGroup, remainderRows, type RemainderRow } from '../../state/latent-knowledge.svelte'

export function probesCaption(
  title: string,
  run: RunSummary,
  { fields, method }: { readonly fields: readonly FieldProbe[]; readonly method: readonly string[] },
): Caption {
  return {
    title,
    facts: [
      runFact(run),
      ['weights', (run.weightsSha256 ?? 'unknown').slice(0, 12)],
      ['crops', String(Math.max(0, ...fields.map(({ crops }) => crops)))],
      ['method:', method.join(' ').replace(/\.$/, '')],
    ],
  }
}

/** Fields that could be probed, in the order that the screen has them in. */
export function probeChart(groups: readonly ProbeGroup[], size: ChartSize): TopLevelSpec {
  const rows = groups.flatMap(({ probes }) => probes.map((probe) => ({ name: probe.label, probe })))
  return probeDots(rows, size, PAPER)
}

const COLUMNS = [
  'probe',
  'field',
  'kind',
  'about',
  'crops',
  'pieces',
  'values',
  'accuracy',
  'accuracy_low',
  'accuracy_high',
  'balanced_accuracy_or_r2',
  'low',
  'high',
  'chance',
  'majority',
  'shuffled_mean',
  'shuffled_95',
  'p',
  'without',
  'within',
  'sentence',
] as const

type Cell = string | number | null

/** One row per probe, also of those that could not be done. */
export function probesTable(rows: readonly RemainderRow[]): ExportedTable {
  return { columns: COLUMNS, rows: rows.map(({ words, probe }) => cells(words, probe)) }
}

/** The confounds, then what remains of each field of the music. */
export function confoundsTable(report: ConfoundReport, labelOf: (field: string) => string): ExportedTable {
  return probesTable([
    ...report.confounds.map((probe) => ({ words: probe.label, probe })),
    ...report.remainders.flatMap((remainder) =>
      remainderRows(remainder, labelOf).map(({ words, probe }) => ({
        words: `${remainder.label}: ${words.toLowerCase()}`,
        probe,
      })),
    ),
  ])
}

function cells(words: string, probe: FieldProbe): readonly Cell[] {
  const categorical = probe.kind === 'categorical' ? probe : null
  const main = probe.kind === 'none' ? null : probe.kind === 'categorical' ? probe.balancedAccuracy : probe.r2
  const shuffled = probe.kind === 'none' ? null : probe.shuffled
  return [
    words,
    probe.field,
    probe.kind,
    probe.role,
    probe.crops,
    probe.pieces,
    categorical?.classes.length ?? null,
    ...bounds(categorical?.accuracy ?? null),
    ...bounds(main),
    categorical?.chance ?? null,
    categorical?.majority ?? null,
    shuffled?.mean ?? null,
    shuffled?.high ?? null,
    shuffled?.p ?? null,
    probe.without.join(', '),
    probe.within.join(', '),
    probe.sentence,
  ]
}

function bounds(estimate: Estimate | null): readonly Cell[] {
  return estimate === null ? [null, null, null] : [estimate.value, estimate.low, estimate.high]
}
