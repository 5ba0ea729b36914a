/** How many pixels a page of a PDF has: those of the scan that covers it, else of the resolution asked for. */
import type { PdfLibrary } from './pdf-library'
import { refuseTooLarge } from './images'
import { pictureProblem } from './picture-problem'

export interface PageSize {
  readonly width: number
  readonly height: number
  readonly dpi: number
}

const POINTS_PER_INCH = 72
const IMAGE_OBJECT = 3
/** An image that covers this share of a page is its scan; margins of a hair's breadth are common. */
const COVERING_SHARE = 0.95
/** Beyond these, a page is laid out as a scan of many objects or drawn: only so many are looked at. */
const MOST_OBJECTS = 2000

/** @throws AppError corpus/picture-refused for pages that have no size, or too large a one */
export function pixelSizeOf(library: PdfLibrary, page: number, drawnDpi: number): PageSize {
  const [widthPoints, heightPoints] = [library._FPDF_GetPageWidth(page), library._FPDF_GetPageHeight(page)]
  if (!(widthPoints > 0 && heightPoints > 0 && Number.isFinite(widthPoints * heightPoints)))
    throw pictureProblem('its page has no size')
  const scan = scanResolution(library, page)
  const [across, down] = scan ?? [drawnDpi, drawnDpi]
  const size = {
    width: Math.max(1, Math.round((widthPoints * across) / POINTS_PER_INCH)),
    height: Math.max(1, Math.round((heightPoints * down) / POINTS_PER_INCH)),
    dpi: Math.round(across * 100) / 100,
  }
  refuseTooLarge(size.width, size.height)
  return size
}

/** Pixels per inch across and down the upright page, of the finest image that covers it; null where none does. */
function scanResolution(library: PdfLibrary, page: number): readonly [number, number] | null {
  const scratch = library.wasmExports.malloc(64)
  if (scratch === 0) return null
  try {
    const reader = new ObjectReader(library, scratch)
    const box = reader.pageBox(page)
    if (box === null) return null
    const isTurned = library._FPDFPage_GetRotation(page) % 2 === 1
    let finest: readonly [number, number] | null = null
    const objects = Math.min(library._FPDFPage_CountObjects(page), MOST_OBJECTS)
    for (let index = 0; index < objects; index += 1) {
      const object = library._FPDFPage_GetObject(page, index)
      if (library._FPDFPageObj_GetType(object) !== IMAGE_OBJECT) continue
      const [across, down] = reader.resolution(object, box) ?? [0, 0]
      if (across > (finest?.[0] ?? 0) && down > 0) finest = [across, down]
    }
    return finest !== null && isTurned ? [finest[1], finest[0]] : finest
  } finally {
    library.wasmExports.free(scratch)
  }
}

interface Box {
  readonly left: number
  readonly bottom: number
  readonly right: number
  readonly top: number
}

/** Reads what PDFium writes to addresses. */
class ObjectReader {
  constructor(
    private readonly library: PdfLibrary,
    /** 64 bytes to be written to. */
    private readonly scratch: number,
  ) {}

  pageBox(page: number): Box | null {
    if (this.library._FPDF_GetPageBoundingBox(page, this.scratch) === 0) return null
    // An FS_RECTF is left, top, right, bottom.
    const [left, top, right, bottom] = [0, 1, 2, 3].map((index) => this.float(index)) as [
      number,
      number,
      number,
      number,
    ]
    return right > left && top > bottom ? { left, bottom, right, top } : null
  }

  /** Of an image that covers the page and lies along its edges; in the page's own, unturned directions. */
  resolution(object: number, page: Box): readonly [number, number] | null {
    const bounds = this.bounds(object)
    if (bounds === null || share(bounds, page) < COVERING_SHARE) return null
    if (this.library._FPDFPageObj_GetMatrix(object, this.scratch) === 0) return null
    const [a, b, c, d] = [0, 1, 2, 3].map((index) => this.float(index)) as [number, number, number, number]
    if (this.library._FPDFImageObj_GetImagePixelSize(object, this.scratch, this.scratch + 4) === 0)
      return null
    const [width, height] = [this.integer(0), this.integer(1)]
    const isSkewed = Math.min(Math.abs(a), Math.abs(b)) > 0.01 * Math.max(Math.abs(a), Math.abs(b))
    if (isSkewed || width < 1 || height < 1) return null
    const [along, athwart] = [
      (width * POINTS_PER_INCH) / Math.hypot(a, b),
      (height * POINTS_PER_INCH) / Math.hypot(c, d),
    ]
    if (!Number.isFinite(along) || !Number.isFinite(athwart)) return null
    return Math.abs(b) > Math.abs(a) ? [athwart, along] : [along, athwart]
  }

  private bounds(object: number): Box | null {
    const [left, bottom, right, top] = [0, 4, 8, 12].map((offset) => this.scratch + offset) as [
      number,
      number,
      number,
      number,
    ]
    if (this.library._FPDFPageObj_GetBounds(object, left, bottom, right, top) === 0) return null
    return { left: this.float(0), bottom: this.float(1), right: this.float(2), top: this.float(3) }
  }

  private float(index: number): number {
    return this.view().getFloat32(index * 4, true)
  }

  private integer(index: number): number {
    return this.view().getUint32(index * 4, true)
  }

  private view(): DataView {
    return new DataView(this.library.HEAPU8.buffer, this.scratch, 64)
  }
}

function share(inner: Box, outer: Box): number {
  const width = Math.min(inner.right, outer.right) - Math.max(inner.left, outer.left)
  const height = Math.min(inner.top, outer.top) - Math.max(inner.bottom, outer.bottom)
  const whole = (outer.right - outer.left) * (outer.top - outer.bottom)
  return width > 0 && height > 0 ? (width * height) / whole : 0
}
