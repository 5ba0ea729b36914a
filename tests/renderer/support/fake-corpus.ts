/** A small corpus for tests of the window: three styles, five composers, nine pieces. Data only, no pictures. */
import { STUDY_RULES } from '@shared/domain/sampling-rules'
import type {
  FolderLevel,
  ImportPreview,
  ImportReport,
  ListPreview,
  Page,
  PageOrder,
  StyleNode,
} from '@shared/domain/page'
import { sortValue } from '../../../src/renderer/src/state/page-order'
import type { SampleReport, SampleSet, SampleWithPage } from '@shared/domain/sample-set'

interface PlannedPiece {
  readonly style: string
  readonly composer: string
  readonly piece: string
  readonly pages: number
}

const PLAN: readonly PlannedPiece[] = [
  { style: 'Baroque', composer: 'Johann Sebastian Bach', piece: 'Invention in C', pages: 18 },
  { style: 'Baroque', composer: 'Johann Sebastian Bach', piece: 'Prelude in D minor', pages: 16 },
  { style: 'Baroque', composer: 'Arcangelo Corelli', piece: 'Sonata op. 5 no. 1', pages: 12 },
  { style: 'Classical', composer: 'Joseph Haydn', piece: 'Sonata in E flat', pages: 20 },
  { style: 'Classical', composer: 'Joseph Haydn', piece: 'Sonata in C', pages: 14 },
  { style: 'Classical', composer: 'Ludwig van Beethoven', piece: 'Bagatelle', pages: 8 },
  { style: 'Ragtime', composer: 'Scott Joplin', piece: 'Maple Leaf Rag', pages: 10 },
  { style: 'Ragtime', composer: 'Scott Joplin', piece: 'The Entertainer', pages: 12 },
  { style: 'Ragtime', composer: 'Scott Joplin', piece: 'Elite Syncopations', pages: 10 },
]

/** Every page of the plan; `scale` repeats each piece's pages, for long lists. */
export function fakePages(scale = 1): readonly Page[] {
  let id = 0
  return PLAN.flatMap((plan) =>
    Array.from({ length: plan.pages * scale }, (_, index): Page => {
      id += 1
      return {
        id,
        file: `${plan.style}/${plan.composer}/${plan.piece}/page-${String(index + 1).padStart(3, '0')}.jpg`,
        style: plan.style,
        composer: plan.composer,
        piece: plan.piece,
        page: index + 1,
        width: 1654,
        height: 2339,
        dpi: 200,
        sizeBytes: 310_000 + id * 137,
        sha256: hexOf(id),
        format: 'jpeg',
        part: 1,
        orientation: 1,
        storage: 'linked',
        missing: false,
        changed: false,
        fields: plan.style === 'Baroque' ? { edition: 'Urtext', 'scan source': 'city library' } : {},
        tags: [],
        excluded: null,
      }
    }),
  )
}

/** Pages as the engine would put them, those without a value last. */
export function fakeOrder(pages: readonly Page[], sortBy?: string): PageOrder {
  if (sortBy === undefined) return { pages: pages.map(({ id }) => id), groups: [] }
  const sorted = grouped(pages, (page) => sortValue(page, sortBy)).toSorted(
    ([a], [b]) => Number(a === '') - Number(b === '') || a.localeCompare(b),
  )
  let start = 0
  return {
    pages: sorted.flatMap(([, inGroup]) => inGroup.map(({ id }) => id)),
    groups: sorted.map(([value, { length }]) => ({
      value,
      pages: length,
      start: (start += length) - length,
    })),
  }
}

/** The tree over some pages; ids are counted in order of appearance, per level. */
export function fakeTree(pages: readonly Page[]): readonly StyleNode[] {
  let composerId = 0
  let pieceId = 0
  return grouped(pages, (page) => page.style).map(([name, ofStyle], index) => ({
    id: index + 1,
    name,
    pages: ofStyle.length,
    composers: grouped(ofStyle, (page) => page.composer).map(([composer, ofComposer]) => ({
      id: (composerId += 1),
      name: composer,
      pages: ofComposer.length,
      pieces: grouped(ofComposer, (page) => page.piece).map(([piece, ofPiece]) => ({
        id: (pieceId += 1),
        name: piece,
        pages: ofPiece.length,
      })),
    })),
  }))
}

/** Five crops per page, at places that follow from the page and the draw. */
export function fakeSamples(pages: readonly Page[], size: number): readonly SampleWithPage[] {
  return pages.flatMap((page, order) =>
    Array.from({ length: 5 }, (_, draw): SampleWithPage => {
      const index = order * 5 + draw
      return {
        index,
        page: page.id,
        x: (index * 271) % (page.width - size),
        y: (index * 389) % (page.height - size),
        size,
        draw: draw + 1 + (index % 3),
        whiteness: 0.7 + ((index * 13) % 20) / 100,
        file: page.file,
        style: page.style,
        composer: page.composer,
        piece: page.piece,
        pageNumber: page.page,
      }
    }),
  )
}

export function fakeSampleSet(id: number, samples: number, change: Partial<SampleSet> = {}): SampleSet {
  return {
    id,
    name: `Samples ${id}`,
    hash: hexOf(1000 + id),
    seed: id,
    ...STUDY_RULES,
    samples,
    pages: samples / 5,
    excludedPages: 0,
    refusedDraws: 214,
    refusals: { margin: 0, region: 0, 'too-white': 214, 'too-little-ink': 0 },
    createdAt: '2025-11-20T09:30:00.000Z',
    ...change,
  }
}

export function fakeSampleReport(set: SampleSet, pages: readonly Page[]): SampleReport {
  const short = pages.at(-1)
  return {
    sampleSet: set.id,
    name: set.name,
    hash: set.hash,
    samples: set.samples,
    pages: set.pages,
    refusedDraws: set.refusedDraws,
    refusals: set.refusals,
    excludedPages: set.excludedPages,
    shortages:
      short === undefined
        ? []
        : [
            {
              page: short.id,
              file: short.file,
              accepted: 2,
              reason: 'only 2 of 500 draws were at or below the whiteness limit of 0.9',
            },
          ],
    seconds: 3.2,
  }
}

/** What an import of the folders would find that the pages came from. */
export function fakeImportPreview(
  pages: readonly Page[],
  levels: readonly FolderLevel[] = ['style', 'composer', 'piece'],
): ImportPreview {
  const namesAt = (depth: number): readonly string[] => [
    ...new Set(pages.map(({ file }) => file.split('/')[depth] ?? '')),
  ]
  return {
    files: pages.length,
    complete: true,
    levels,
    folders: levels.map((_, depth) => ({ names: namesAt(depth).slice(0, 4), count: namesAt(depth).length })),
    styles: 3,
    composers: 5,
    pieces: 9,
    pages: pages.slice(0, 8).map(({ file, style, composer, piece }) => ({ file, style, composer, piece })),
    hasList: false,
  }
}

export const FAKE_LIST: ListPreview = {
  rows: 120,
  columns: [
    { name: 'Image', meaning: 'file', samples: ['Baroque/Bach/1.jpg', 'Baroque/Bach/2.jpg'] },
    { name: 'composer', meaning: 'composer', samples: ['Bach', 'Bach'] },
    { name: 'Edition', meaning: 'field', samples: ['Urtext', 'Urtext'] },
  ],
}

export function fakeImportReport(project: string, pages: readonly Page[]): ImportReport {
  const tree = fakeTree(pages)
  const composers = tree.flatMap((style) => style.composers)
  return {
    project,
    styles: tree.length,
    composers: composers.length,
    pieces: composers.flatMap((composer) => composer.pieces).length,
    pages: pages.length,
    added: pages.length,
    skipped: 0,
    refused: [
      { file: 'Ragtime/Scott Joplin/Maple Leaf Rag/notes.jpg', reason: 'it is text, not an image' },
      {
        file: 'Classical/Joseph Haydn/Sonata in C/page-007.jpg',
        reason: 'it ends before the picture is complete',
      },
    ],
    seconds: 12.4,
  }
}

/** 64 hex digits that differ by their seed. */
function hexOf(seed: number): string {
  return Array.from({ length: 8 }, (_, word) =>
    (Math.imul(seed + word, 2_654_435_761) >>> 0).toString(16).padStart(8, '0'),
  ).join('')
}

function grouped<Item>(items: readonly Item[], key: (item: Item) => string): readonly [string, Item[]][] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return [...groups]
}
