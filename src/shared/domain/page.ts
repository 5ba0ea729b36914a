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
  readonly sha256: string
  readonly format: 'jpeg' | 'png' | 'tiff' | 'webp'
  /** EXIF orientation 1–8 as found; 1 where none is stated. */
  readonly orientation: number
  readonly storage: 'linked' | 'copied'
  /** The original could not be found when last looked for. */
  readonly missing: boolean
  /** Further fields, e.g. from a CSV: scan source, edition, … */
  readonly fields: Readonly<Record<string, string>>
}

/** The ruler of notation on one page; how it is found: src/main/numerics/staff-space.ts. */
export interface StaffSpace {
  /** From the middle of one staff line to the middle of the next, in page pixels. */
  readonly spacePixels: number
  readonly linePixels: number
  /** Share of thin runs of ink that are spaced like this, in [0,1]. */
  readonly agreement: number
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
  /** Words that must occur in style, composer, piece, file or a field; `field:word` asks one field. */
  readonly query?: string | undefined
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
