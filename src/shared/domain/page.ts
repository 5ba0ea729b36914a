/** The catalogue: style → composer → piece → page. */
export interface Page {
  readonly id: number
  /** Path as the researcher knows it: relative to the imported folder. */
  readonly file: string
  readonly style: string
  readonly composer: string
  readonly piece: string
  /** Position within the piece, from 1. */
  readonly page: number
  /** Size after EXIF orientation is applied, in pixels. */
  readonly width: number
  readonly height: number
  readonly dpi: number | null
  readonly sizeBytes: number
  /** Of the file's bytes; for one of several pages in a file, of the file's hash and the page's number in it. */
  readonly sha256: string
  readonly format: 'jpeg' | 'png' | 'tiff' | 'webp' | 'pdf'
  /** Which picture of a TIFF or page of a PDF, from 1. */
  readonly part: number
  /** EXIF orientation 1–8 as found; 1 where none is stated. */
  readonly orientation: number
  readonly storage: 'linked' | 'copied'
  /** The original could not be found when last looked for. */
  readonly missing: boolean
  /** The file had other bytes than were imported when last looked at; they are not used. */
  readonly changed: boolean
  /** Further fields, e.g. from a CSV: scan source, edition, … */
  readonly fields: Readonly<Record<string, string>>
  readonly tags: readonly string[]
  /** Why sampling leaves the whole page out: "title page"; null where it does not. */
  readonly excluded: string | null
}

/** A part of a page that no crop may touch, in page pixels after EXIF orientation is applied. */
export interface PageRegion {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** What is there: "advert"; may be empty. */
  readonly note: string
}

/** What a folder's name says of the pages in it; '-' says nothing. */
export type FolderLevel = 'style' | 'composer' | 'piece' | '-'

/** What a column of a list of pages means: 'field' keeps it under its own name, '-' leaves it out. */
export type ListMeaning = 'file' | 'part' | 'style' | 'composer' | 'piece' | 'page' | 'field' | '-'

/** A list of pages before it is used. */
export interface ListPreview {
  readonly rows: number
  readonly columns: readonly {
    readonly name: string
    /** As its name says, or as is likely. */
    readonly meaning: ListMeaning
    /** Its cells in the first rows. */
    readonly samples: readonly string[]
  }[]
}

/** What an import would find, from names alone. */
export interface ImportPreview {
  /** Files named like pages. */
  readonly files: number
  /** The tree is so large that only its top was looked at. */
  readonly complete: boolean
  /** What each level of folders names, from the top: as asked, else as guessed. */
  readonly levels: readonly FolderLevel[]
  /** Names of the folders of each level. */
  readonly folders: readonly { readonly names: readonly string[]; readonly count: number }[]
  readonly styles: number
  readonly composers: number
  readonly pieces: number
  /** Where the first pages would go. */
  readonly pages: readonly {
    readonly file: string
    readonly style: string
    readonly composer: string
    readonly piece: string
  }[]
  /** The folder brings a corpus.csv along. */
  readonly hasList: boolean
}

/** The ruler of notation on one page; how it is found: src/main/numerics/staff-space.ts. */
export interface StaffSpace {
  /** From the middle of one staff line to the middle of the next, in page pixels. */
  readonly spacePixels: number
  readonly linePixels: number
  /** Share of thin runs of ink that are spaced like this, in [0,1]: printed staves reach .3 and more. */
  readonly agreement: number
  /** Null where not all staves of the page can be made out: a wrong number of a system is worse than none. */
  readonly staves: PageStaves | null
}

/** The staves of a page from top to bottom; how they are found: src/main/numerics/staves.ts. */
export interface PageStaves {
  /** Middles of the upper and the lower line at the page's left edge, in page pixels; systems are numbered from 1. */
  readonly staves: readonly { readonly top: number; readonly bottom: number; readonly system: number }[]
  /** By how many pixels lines fall from the left edge of the page to the right; negative where they rise. */
  readonly fall: number
}

/** The system that a place of a page belongs to: that of the nearest staff. Null where staves are not known. */
export function systemAt(
  pageStaves: PageStaves | null,
  page: Pick<Page, 'width'>,
  place: { readonly x: number; readonly y: number },
): number | null {
  if (pageStaves === null) return null
  const level = place.y - (pageStaves.fall * place.x) / page.width
  const distance = ({ top, bottom }: { readonly top: number; readonly bottom: number }): number =>
    Math.abs(level - (top + bottom) / 2)
  const nearest = pageStaves.staves.toSorted((one, other) => distance(one) - distance(other))[0]
  return nearest?.system ?? null
}

export interface PieceNode {
  readonly id: number
  readonly name: string
  readonly pages: number
}

export interface ComposerNode {
  readonly id: number
  readonly name: string
  readonly pages: number
  readonly pieces: readonly PieceNode[]
}

export interface StyleNode {
  readonly id: number
  readonly name: string
  readonly pages: number
  readonly composers: readonly ComposerNode[]
}

/** Which pages to list: everything, or below one node of the tree, or matching words. */
export interface PageSelection {
  readonly style?: number | undefined
  readonly composer?: number | undefined
  readonly piece?: number | undefined
  /** Words that must occur in style, composer, piece, file, a field or a tag; see core/corpus/query-words.ts. */
  readonly query?: string | undefined
}

/** What pages can be sorted by beside their fields. */
export const SORT_COLUMNS = [
  'file',
  'style',
  'composer',
  'piece',
  'format',
  'pixels per inch',
  'width',
  'tags',
] as const

/** Pages that have one value of what a list is sorted by. */
export interface PageGroup {
  /** Empty for pages without a value: they come last. */
  readonly value: string
  readonly pages: number
  /** Place of its first page in the list. */
  readonly start: number
}

/** A list of pages by their ids; what is known of them is asked for as they come into view. */
export interface PageOrder {
  readonly pages: readonly number[]
  /** Where each value begins that the pages are sorted by; empty for catalogue order and where there are over 1,000. */
  readonly groups: readonly PageGroup[]
}

export interface RefusedFile {
  readonly file: string
  readonly reason: string
}

export interface ImportReport {
  readonly project: string
  readonly styles: number
  readonly composers: number
  readonly pieces: number
  readonly pages: number
  readonly added: number
  readonly skipped: number
  readonly refused: readonly RefusedFile[]
  readonly seconds: number
}
