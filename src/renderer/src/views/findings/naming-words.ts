/** Names of channels as captions and tables for files. */
import type { NamingAgreement } from '@shared/domain/naming'
import type { Caption } from '../../exports/caption'
import type { ExportedTable } from '../../exports/table-file'

export function namingCaption(run: string): Caption {
  return { title: 'Names of channels', facts: [['run', run]] }
}

/** The confusion matrix as it is on the screen: first rater down, second across. */
export function agreementTable({ names, confusion, raters }: NamingAgreement): ExportedTable {
  return {
    columns: [`${raters[0]} \\ ${raters[1]}`, ...names],
    rows: names.map((name, row) => [name, ...(confusion[row] ?? [])]),
  }
}

export function agreementCaption({ raters, channels, kappa }: NamingAgreement, run: string): Caption {
  const bounds = kappa === null || kappa.low === null || kappa.high === null ? null : [kappa.low, kappa.high]
  const interval = bounds === null ? '' : ` (${bounds.map((bound) => bound.toFixed(2)).join(' to ')})`
  return {
    title: 'Agreement of two raters',
    facts: [
      ['run', run],
      ['raters', raters.join(' and ')],
      ['channels', String(channels)],
      ['kappa', kappa === null ? 'not defined' : `${kappa.value.toFixed(2)}${interval}`],
    ],
  }
}
