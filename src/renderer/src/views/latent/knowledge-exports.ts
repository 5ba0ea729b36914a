/** Probes out of the window: as a chart and as tables, with how they were done. */
import type { TopLevelSpec } from 'vega-lite'
import type { Estimate } from '@shared/domain/evaluation'
import type { ConfoundReport, FieldProbe } from '@shared/domain/latent'
import type { RunSummary } from '@shared/domain/run'
import type { ChartSize } from '../../charts/chart-frame'
import { intervalDots } from '../../charts/interval-dots'
import { PAPER } from '../../charts/palette'
import type { Caption } from '../../exports/caption'
import { runFact } from '../../exports/run-fact'
import type { ExportedTable } from '../../exports/table-file'
import { type Probed, remainderRows, type RemainderRow } from '../../state/latent-knowledge.svelte'
import { isKnown, nothingWords } from './probe-words'

export function probesCaption(title: string, run: RunSummary, method: readonly string[]): Caption {
  return {
    title,
    facts: [
      runFact(run),
      ['weights', (run.weightsSha256 ?? 'unknown').slice(0, 12)],
      ['method:', method.join(' ').replace(/\.$/, '')],
    ],
  }
}

/** Balanced accuracies and R² with their intervals; known ones in the accent colour, each named beside what is nothing. */
export function probeChart(fields: readonly FieldProbe[], size: ChartSize): TopLevelSpec {
  const rows = fields
    .filter((field): field is Probed => field.kind !== 'none')
    .map((probe) => ({
      name: `${probe.label} (${nothingWords(probe)})`,
      estimate: probe.kind === 'categorical' ? probe.balancedAccuracy : probe.r2,
      main: isKnown(probe),
    }))
  return intervalDots(rows, size, {
    title: 'balanced accuracy, or R² of numbers',
    logarithmic: false,
    palette: PAPER,
  })
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
