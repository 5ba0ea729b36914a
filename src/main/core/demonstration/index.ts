/** The demo corpus: music composed by rule, engraved on the spot, with planted differences, labelled synthetic. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { throwIfCancelled } from '@shared/errors'
import { writeFileAtomically } from '../../storage/atomic-file'
import {
  DEMO_CORPUS_DEFAULT,
  pageListCsv,
  pagePath,
  planCorpus,
  plantedCsv,
  readme,
  type PlannedPiece,
} from './corpus-plan'
import { loadEngraver, type Engraver } from '../../engraving/engraver'
import { engravePiece } from './piece'
import { rasterise } from './rasterise'
import { IDIOMS, PLANTED } from './traits'

export { DEMO_CORPUS_DEFAULT } from './corpus-plan'

export interface DemoCorpusOptions {
  /** Made if missing; files of the same names in it are replaced. */
  readonly folder: string
  readonly seed: number
  /** At least 1; a piece fills its last page as far as whole systems allow. */
  readonly pagesPerPiece?: number
  /** At least 2 if a piece of every scribe is to be held out. */
  readonly piecesPerScribe?: number
  /** Pages written, of how many, and what is being engraved. */
  onProgress(done: number, total: number, label: string): void
  readonly signal: AbortSignal
}

export interface DemoCorpusReport {
  readonly folder: string
  readonly seed: number
  readonly styles: number
  readonly composers: number
  readonly pieces: number
  readonly pages: number
}

/**
 * Writes `Style/Composer/Piece/page-NNN.png` (grey, A4 at 150 dpi), planted.csv, corpus.csv and README.txt.
 * The same seed and sizes give the same bytes. Every file is whole or absent, also when cancelled.
 * @throws Cancelled
 */
export async function engraveDemoCorpus(options: DemoCorpusOptions): Promise<DemoCorpusReport> {
  const { folder, seed, signal } = options
  throwIfCancelled(signal)
  const pieces = planCorpus(seed, { ...DEMO_CORPUS_DEFAULT, ...sizeOf(options) })
  mkdirSync(folder, { recursive: true })
  writeFileAtomically(join(folder, 'README.txt'), readme(seed, pieces))
  writeFileAtomically(join(folder, 'planted.csv'), plantedCsv(pieces))
  writeFileAtomically(join(folder, 'corpus.csv'), pageListCsv(pieces))
  const engraver = await loadEngraver()
  try {
    const pages = await engravePieces(engraver, pieces, options)
    return { folder, seed, styles: IDIOMS.length, composers: PLANTED.length, pieces: pieces.length, pages }
  } finally {
    engraver.close()
  }
}

function sizeOf({ pagesPerPiece, piecesPerScribe }: DemoCorpusOptions): Partial<typeof DEMO_CORPUS_DEFAULT> {
  return {
    ...(pagesPerPiece === undefined ? {} : { pagesPerPiece }),
    ...(piecesPerScribe === undefined ? {} : { piecesPerScribe }),
  }
}

/** A piece's pages as SVG, ready to be drawn. */
interface EngravedPages {
  readonly piece: PlannedPiece
  readonly bars: number
  readonly pages: readonly string[]
}

/** While one piece's pages are drawn in sharp's threads, the next piece is laid out in this one. */
async function engravePieces(
  engraver: Engraver,
  pieces: readonly PlannedPiece[],
  options: DemoCorpusOptions,
): Promise<number> {
  const counter = { done: 0, total: pieces.reduce((sum, { pages }) => sum + pages, 0) }
  let ready: EngravedPages | null = null
  for (const piece of [...pieces, null]) {
    throwIfCancelled(options.signal)
    const drawing: Promise<void> | null = ready === null ? null : drawPages(ready, counter, options)
    const engraving: Promise<EngravedPages> | null = piece === null ? null : engrave(engraver, piece, ready)
    await Promise.all([engraving, drawing])
    ready = await engraving
  }
  return counter.done
}

async function engrave(
  engraver: Engraver,
  piece: PlannedPiece,
  before: EngravedPages | null,
): Promise<EngravedPages> {
  const sameScribe = before?.piece.traits === piece.traits
  const { score, pages } = await engravePiece(
    engraver,
    sameScribe ? { ...piece, barsBefore: before.bars } : piece,
  )
  return { piece, bars: score.bars.length, pages }
}

async function drawPages(
  { piece, pages }: EngravedPages,
  counter: { done: number; readonly total: number },
  options: DemoCorpusOptions,
): Promise<void> {
  for (const [index, svg] of pages.entries()) {
    const png = await rasterise(svg)
    throwIfCancelled(options.signal)
    writeFileAtomically(join(options.folder, pagePath(piece, index + 1)), png)
    counter.done += 1
    options.onProgress(counter.done, counter.total, `Engraving ${piece.title} (${piece.style})`)
  }
}
