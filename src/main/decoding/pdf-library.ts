/** PDFium, compiled to WebAssembly: the functions of it that pages need, with the memory that they work in. */
import { PDFiumModule } from '@hyzyla/pdfium'

/** Numbers that are addresses are 0 where there is nothing. Names and shapes: PDFium's public/fpdfview.h, fpdf_edit.h. */
export interface PdfLibrary {
  readonly HEAPU8: Uint8Array
  readonly wasmExports: { malloc(bytes: number): number; free(address: number): void }
  _FPDF_LoadMemDocument(bytes: number, length: number, password: number): number
  _FPDF_CloseDocument(document: number): void
  _FPDF_GetLastError(): number
  _FPDF_GetPageCount(document: number): number
  _FPDF_LoadPage(document: number, index: number): number
  _FPDF_ClosePage(page: number): void
  _FPDF_GetPageWidth(page: number): number
  _FPDF_GetPageHeight(page: number): number
  _FPDF_GetPageBoundingBox(page: number, rectangle: number): number
  _FPDFPage_GetRotation(page: number): number
  _FPDFPage_CountObjects(page: number): number
  _FPDFPage_GetObject(page: number, index: number): number
  _FPDFPageObj_GetType(object: number): number
  _FPDFPageObj_GetMatrix(object: number, matrix: number): number
  _FPDFPageObj_GetBounds(object: number, left: number, bottom: number, right: number, top: number): number
  _FPDFImageObj_GetImagePixelSize(object: number, width: number, height: number): number
  _FPDFBitmap_CreateEx(width: number, height: number, format: number, bytes: number, stride: number): number
  _FPDFBitmap_FillRect(...bitmapLeftTopWidthHeightColour: readonly number[]): void
  _FPDFBitmap_Destroy(bitmap: number): void
  _FPDF_RenderPageBitmap(...bitmapPageLeftTopWidthHeightTurnFlags: readonly number[]): void
}

const NEEDED = [
  '_FPDF_LoadMemDocument',
  '_FPDF_GetPageBoundingBox',
  '_FPDFPage_GetRotation',
  '_FPDFPageObj_GetMatrix',
  '_FPDFPageObj_GetBounds',
  '_FPDF_RenderPageBitmap',
]

/** A fresh PDFium with a memory of its own. */
export async function loadPdfLibrary(): Promise<PdfLibrary> {
  // What it would print is told by what it returns.
  const silent: { print: () => void; printErr: () => void; wasmBinary?: ArrayBuffer } = {
    print: () => undefined,
    printErr: () => undefined,
  }
  const library = await PDFiumModule(silent)
  library._FPDF_InitLibraryWithConfig({ version: 2 })
  if (!isWhole(library)) throw new Error('This build of PDFium lacks functions: install Scorescope again.')
  return library
}

/** The package's own types name only part of what the build exports. */
function isWhole(library: object): library is PdfLibrary {
  return NEEDED.every((name) => typeof Reflect.get(library, name) === 'function')
}
