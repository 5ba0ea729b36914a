/** The leak meter as a table to export. */
import type { LeakReport } from '@shared/domain/evaluation'
import type { SplitUnit } from '@shared/domain/run'
import type { ExportedTable } from '../../exports/table-file'

export function leakTable(reports: readonly (readonly [SplitUnit, LeakReport | null])[]): ExportedTable {
  return {
    columns: [
      'held out by',
      'trained on',
      'tested',
      'share a piece',
      'share a page',
      'share pixels',
      'shared area',
    ],
    rows: reports.map(([unit, report]) =>
      report === null
        ? [unit, null, null, null, null, null, null]
        : [
            unit,
            report.train,
            report.validation,
            report.sharePiece,
            report.sharePage,
            report.sharePixels,
            report.sharedArea,
          ],
    ),
  }
}
