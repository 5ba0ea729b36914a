/** The folder tree of the demo corpus, and the two files that say what it is. */
import { join } from 'node:path'
import { csvCell } from '@shared/csv'
import { composePiece, type PiecePlan } from './piece'
import { IDIOM_TITLES, PLANTED, type ScribeTraits } from './traits'

export interface CorpusSize {
  readonly piecesPerScribe: number
  readonly pagesPerPiece: number
}

/** 21 scribes × 2 pieces × 2 pages = 84 pages. Two pieces each, so that a piece can be held out of every scribe. */
export const DEMO_CORPUS_DEFAULT: CorpusSize = { piecesPerScribe: 2, pagesPerPiece: 2 }

/** One piece and where its pages go. */
export interface PlannedPiece extends PiecePlan {
  readonly title: string
  readonly style: string
  readonly composer: string
}

/** Every piece of the corpus in the order in which it is engraved. */
export function planCorpus(seed: number, { piecesPerScribe, pagesPerPiece }: CorpusSize): PlannedPiece[] {
  return PLANTED.flatMap((traits) =>
    Array.from({ length: piecesPerScribe }, (_, index) => {
      const plan: PiecePlan = { traits, number: index + 1, pages: pagesPerPiece, seed }
      return {
        ...plan,
        title: composePiece(plan, 1).title,
        style: IDIOM_TITLES[traits.idiom],
        composer: `${traits.scribe} (invented)`,
      }
    }),
  )
}

/** Path of a page relative to the corpus folder; pages count from 1. */
export function pagePath({ style, composer, title }: PlannedPiece, page: number): string {
  return join(style, composer, title, `page-${String(page).padStart(3, '0')}.png`)
}

/** Names by which pages keep what was planted in them, and planted.csv too. The staff's size is a matter of printing. */
const COLUMNS: readonly (readonly [name: string, value: (traits: ScribeTraits) => string])[] = [
  ['beaming', ({ beaming }) => beaming],
  ['chords', ({ chords }) => chords],
  ['lyrics', ({ lyrics }) => (lyrics ? 'yes' : 'no')],
  ['clefs', ({ clefs }) => clefs],
  ['dynamics', ({ dynamics }) => dynamics],
  ['slurs', ({ slurs }) => slurs],
  ['engraved_staff_size', ({ staffSize }) => staffSize],
  ['staves_per_system', ({ stavesPerSystem }) => String(stavesPerSystem)],
  ['tempo_text', ({ tempoText }) => (tempoText ? 'yes' : 'no')],
]

/** planted.csv: a line per piece with all that was planted in it. */
export function plantedCsv(pieces: readonly PlannedPiece[]): string {
  const header = ['style', 'composer', 'piece', 'seed', ...COLUMNS.map(([name]) => name)]
  const rows = pieces.map(({ style, composer, title, seed, traits }) => [
    style,
    composer,
    title,
    String(seed),
    ...COLUMNS.map(([, value]) => value(traits)),
  ])
  return csv([header, ...rows])
}

/** corpus.csv: a line per page with all that was planted in it, by the names under which an import keeps it. */
export function pageListCsv(pieces: readonly PlannedPiece[]): string {
  const header = ['file', ...COLUMNS.map(([name]) => name)]
  const rows = pieces.flatMap((piece) =>
    Array.from({ length: piece.pages }, (_, index) => [
      pagePath(piece, index + 1).replaceAll('\\', '/'),
      ...COLUMNS.map(([, value]) => value(piece.traits)),
    ]),
  )
  return csv([header, ...rows])
}

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map((cell) => csvCell(cell)).join(',')}\n`).join('')
}

/** README.txt: what this folder is, for whoever finds it without the program. */
export function readme(seed: number, pieces: readonly PlannedPiece[]): string {
  return [
    'This corpus is synthetic.',
    '',
    `Its ${String(pieces.length)} pieces were composed by rule (seed ${String(seed)}) and engraved by Scorescope with`,
    'Verovio (LGPL-3.0, https://www.verovio.org). The idioms only imitate, roughly, how music of a period looks;',
    'the scribes are invented, and any likeness of a name to a real person is accidental.',
    '',
    'It is there to try Scorescope with, and to see whether a model and its statistics find what was planted.',
    'planted.csv says what that is, piece by piece, and corpus.csv page by page, so that an import of this folder',
    'keeps it beside the pages. Nothing learned from these pages says anything about real music.',
    '',
  ].join('\n')
}
