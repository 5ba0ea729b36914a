/** The table of the study: one row per composer, then each style's and the whole corpus' sums. */
import type { StyleNode } from '@shared/domain/page'
import type { ExportedTable } from '../../exports/table-file'
import { LEAST_PAGES } from './tree-nodes'

export function corpusTable(styles: readonly StyleNode[]): ExportedTable {
  const composers = styles.flatMap(({ composers: ofStyle }) => ofStyle)
  const piecesOf = (style: StyleNode): number =>
    style.composers.reduce((sum, composer) => sum + composer.pieces.length, 0)
  return {
    columns: ['style', 'composer', 'pieces', 'pages', `at least ${LEAST_PAGES} pages`],
    rows: [
      ...styles.flatMap((style) => [
        ...style.composers.map((composer) => [
          style.name,
          composer.name,
          composer.pieces.length,
          composer.pages,
          composer.pages >= LEAST_PAGES ? 'yes' : 'no',
        ]),
        [style.name, 'all', piecesOf(style), style.pages, null],
      ]),
      [
        'all',
        'all',
        styles.reduce((sum, style) => sum + piecesOf(style), 0),
        styles.reduce((sum, style) => sum + style.pages, 0),
        composers.every(({ pages }) => pages >= LEAST_PAGES) ? 'yes' : 'no',
      ],
    ],
  }
}
