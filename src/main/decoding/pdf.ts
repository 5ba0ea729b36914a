/**
 * Pages of PDFs as pixels. A page that one scanned image covers is drawn pixel for pixel at that image's own
 * resolution, so that nothing is resampled; any other page is drawn at the resolution asked for. PDFium in WebAssembly
 * computes the same pixels from the same bytes on every machine.
 */
import { readFile, stat } from 'node:fs/promises'
import type { PictureSource } from '@shared/decode-api'
import { AppError } from '@shared/errors'
import { PIXEL_LIMIT, refuseTooLarge } from './images'
import { loadPdfLibrary, type PdfLibrary } from './pdf-library'
import { pixelSizeOf } from './pdf-page-size'
import { pictureProblem } from './picture-problem'

/** PDFium holds a document whole in its memory of at most 2 GB, beside the page that it draws. */
const MOST_BYTES = 512 * 1024 * 1024
const MOST_PAGES = 10_000
/** Memory that a page needed is never given back: beyond this, PDFium is begun anew with the next document. */
const KEPT_BYTES = 256 * 1024 * 1024

const BITMAP_BGR = 2
const BYTES_PER_PIXEL = 3
const DRAW_ANNOTATIONS = 0x01
const RED_FIRST = 0x10
const WHITE = 0xffffffff

const LOAD_PROBLEMS: Readonly<Record<number, string>> = {
  2: 'it is not there',
  3: 'it is a damaged PDF',
  4: 'it is a PDF locked with a password: save it without one',
  5: 'it is a PDF locked in a way that cannot be read: save it without protection',
}

export interface DrawnPage {
  readonly width: number
  readonly height: number
  /** [height, width, 3] */
  readonly rgb: Uint8Array
  readonly dpi: number
}

interface OpenDocument {
  /** Path, size and time of change: another state of the file is another document. */
  readonly key: string
  readonly bytes: number
  readonly document: number
  readonly pages: number
}

/** One document is kept open, as its pages are asked for one after another. Calls wait for each other. */
export class PdfReader {
  #library: Promise<PdfLibrary> | null = null
  #open: OpenDocument | null = null
  #turn: Promise<unknown> = Promise.resolve()

  /** @throws AppError corpus/picture-refused */
  parts(path: string): Promise<readonly number[]> {
    return this.#inTurn(async () => {
      const { pages } = (await this.#document(path)).open
      return Array.from({ length: pages }, (_, index) => index + 1)
    })
  }

  /** @throws AppError corpus/picture-refused */
  draw({ path, part, drawnDpi }: PictureSource): Promise<DrawnPage> {
    return this.#inTurn(async () => {
      const { library, open } = await this.#document(path)
      const page = part > open.pages ? 0 : library._FPDF_LoadPage(open.document, part - 1)
      if (page === 0) throw pictureProblem(`page ${String(part)} of this PDF is damaged`)
      try {
        const size = pixelSizeOf(library, page, drawnDpi ?? 300)
        return { ...size, rgb: drawPixels(library, page, size) }
      } finally {
        library._FPDF_ClosePage(page)
      }
    })
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(() => this.#explaining(work))
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #explaining<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof AppError || (error instanceof Error && 'code' in error)) throw error
      // What PDFium did not survive leaves its memory in no known state.
      this.#library = null
      this.#open = null
      const detail = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 120) : String(error)
      throw pictureProblem(`it is a damaged PDF (${detail})`, { cause: error })
    }
  }

  async #document(path: string): Promise<{ readonly library: PdfLibrary; readonly open: OpenDocument }> {
    const { size, mtimeMs } = await stat(path)
    const key = JSON.stringify([path, size, mtimeMs])
    if (this.#open?.key !== key) await this.#close()
    const library = await (this.#library ??= loadPdfLibrary())
    this.#open ??= await load(library, path, key)
    return { library, open: this.#open }
  }

  async #close(): Promise<void> {
    const open = this.#open
    this.#open = null
    if (open === null || this.#library === null) return
    const library = await this.#library
    library._FPDF_CloseDocument(open.document)
    library.wasmExports.free(open.bytes)
    if (library.HEAPU8.byteLength > KEPT_BYTES) this.#library = null
  }
}

async function load(library: PdfLibrary, path: string, key: string): Promise<OpenDocument> {
  const { size } = await stat(path)
  if (size > MOST_BYTES) throw pictureProblem('it is a PDF of more than 512 MB: split it into smaller ones')
  const content = await readFile(path)
  const bytes = allocate(library, content.byteLength)
  library.HEAPU8.set(content, bytes)
  const document = library._FPDF_LoadMemDocument(bytes, content.byteLength, 0)
  const pages = document === 0 ? 0 : library._FPDF_GetPageCount(document)
  if (pages > 0 && pages <= MOST_PAGES) return { key, bytes, document, pages }
  const problem =
    document === 0 ? (LOAD_PROBLEMS[library._FPDF_GetLastError()] ?? 'it is a damaged PDF') : null
  if (document !== 0) library._FPDF_CloseDocument(document)
  library.wasmExports.free(bytes)
  throw pictureProblem(
    problem ?? (pages > MOST_PAGES ? 'it is a PDF of more than 10,000 pages' : 'it is a PDF without pages'),
  )
}

function drawPixels(
  library: PdfLibrary,
  page: number,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  refuseTooLarge(width, height)
  const stride = width * BYTES_PER_PIXEL
  const bytes = allocate(library, stride * height)
  try {
    const bitmap = library._FPDFBitmap_CreateEx(width, height, BITMAP_BGR, bytes, stride)
    if (bitmap === 0) throw pictureProblem('there is not enough memory to draw it')
    library._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE)
    library._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, DRAW_ANNOTATIONS | RED_FIRST)
    library._FPDFBitmap_Destroy(bitmap)
    return library.HEAPU8.slice(bytes, bytes + stride * height)
  } finally {
    library.wasmExports.free(bytes)
  }
}

/** Checked before: width × height × 4 is at most what PIXEL_LIMIT allows. */
function allocate(library: PdfLibrary, length: number): number {
  if (length > PIXEL_LIMIT * 4) throw pictureProblem('there is not enough memory to read it')
  const address = library.wasmExports.malloc(Math.max(1, length))
  if (address === 0) throw pictureProblem('there is not enough memory to read it')
  return address
}
