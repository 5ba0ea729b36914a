/** The table of the study: one row per composer, then each style's and the whole corpus' sums. */
import type { StyleNode } from '@shared/domain/page'
import type { ExportedTable } from '../../exports/table-file'
import type { CropCounts } from '../../state/crop-counts'
import { LEAST_PAGES } from './tree-nodes'

/** @param crops of a sample set; null leaves their column out */
export function corpusTable(styles: readonly StyleNode[], crops: CropCounts | null): ExportedTable {
  const composers = styles.flatMap(({ composers: ofStyle }) => ofStyle)
  const row = (
    names: readonly [style: string, composer: string],
    { pieces, pages, samples }: Record<'pieces' | 'pages' | 'samples', number>,
    enough: boolean | null,
  ): ExportedTable['rows'][number] => [
    ...names,
    pieces,
    pages,
    ...(crops === null ? [] : [samples]),
    enough === null ? null : enough ? 'yes' : 'no',
  ]
  return {
    columns: [
      'style',
      'composer',
      'pieces',
      'pages',
      ...(crops === null ? [] : ['samples']),
      `at least ${LEAST_PAGES} pages`,
    ],
    rows: [
      ...styles.flatMap((style) => {
        const ofStyle = crops?.styles.get(style.name)
        return [
          ...style.composers.map(({ name, pieces, pages }) => {
            const samples = ofStyle?.composers.get(name) ?? 0
            return row([style.name, name], { pieces: pieces.length, pages, samples }, pages >= LEAST_PAGES)
          }),
          row(
            [style.name, 'all'],
            { pieces: piecesOf(style), pages: style.pages, samples: ofStyle?.total ?? 0 },
            null,
          ),
        ]
      }),
      row(
        ['all', 'all'],
        {
          pieces: styles.reduce((sum, style) => sum + piecesOf(style), 0),
          pages: styles.reduce((sum, style) => sum + style.pages, 0),
          samples: crops?.total ?? 0,
        },
        composers.every(({ pages }) => pages >= LEAST_PAGES),
      ),
    ],
  }
}

export function piecesOf(style: StyleNode): number {
  return style.composers.reduce((sum, composer) => sum + composer.pieces.length, 0)
}
