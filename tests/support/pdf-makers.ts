/** Makers of PDFs for tests, written by hand: scans, drawn pages, and what nobody should have to read. */
import { deflateSync } from 'node:zlib'
import type { GreyImage } from './page-makers'

export interface PdfPage {
  /** In points, 1/72 inch. */
  readonly width: number
  readonly height: number
  readonly content: string
  readonly image?: { readonly dictionary: string; readonly bytes: Uint8Array }
  /** Quarter turns clockwise, in degrees. */
  readonly rotate?: number
}

/** A page that one image covers, without loss; `dpi` decides how large the page is. */
export function scanPage({ width, height, pixels }: GreyImage, dpi: number, rotate = 0): PdfPage {
  const points = { width: (width * 72) / dpi, height: (height * 72) / dpi }
  return {
    ...points,
    rotate,
    content: `q ${String(points.width)} 0 0 ${String(points.height)} 0 0 cm /Im Do Q`,
    image: {
      dictionary: `/Width ${String(width)} /Height ${String(height)} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode`,
      bytes: deflateSync(pixels),
    },
  }
}

/** The same with the bytes of a JPEG inside. */
export function jpegPage(
  { width, height }: Pick<GreyImage, 'width' | 'height'>,
  jpeg: Uint8Array,
  dpi: number,
): PdfPage {
  const page = scanPage({ width, height, pixels: new Uint8Array() }, dpi)
  const dictionary = `/Width ${String(width)} /Height ${String(height)} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode`
  return { ...page, image: { dictionary, bytes: jpeg } }
}

/** Staff lines drawn as lines, not as an image. */
export function drawnPage(width = 144, height = 72): PdfPage {
  const lines = [20, 26, 32, 38, 44].map((y) => `10 ${String(y)} m ${String(width - 10)} ${String(y)} l S`)
  return { width, height, content: `1 w ${lines.join(' ')}` }
}

/** `trailer` goes into the file's trailer, e.g. an /Encrypt entry. */
export function pdfOf(pages: readonly PdfPage[], trailer = ''): Buffer {
  const chunks: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')]
  const offsets: number[] = []
  let length = chunks[0]?.byteLength ?? 0
  const write = (...parts: readonly (string | Uint8Array)[]): void => {
    for (const part of parts) {
      const bytes = Buffer.from(part as never)
      chunks.push(bytes)
      length += bytes.byteLength
    }
  }
  const object = (number: number, ...parts: readonly (string | Uint8Array)[]): void => {
    offsets[number] = length
    write(`${String(number)} 0 obj\n`, ...parts, '\nendobj\n')
  }
  const stream = (dictionary: string, bytes: Uint8Array): (string | Uint8Array)[] => [
    `<< ${dictionary} /Length ${String(bytes.byteLength)} >>\nstream\n`,
    bytes,
    '\nendstream',
  ]
  const kids = pages.map((_, index) => `${String(3 + index * 3)} 0 R`).join(' ')
  object(1, '<< /Type /Catalog /Pages 2 0 R >>')
  object(2, `<< /Type /Pages /Count ${String(pages.length)} /Kids [${kids}] >>`)
  for (const [index, page] of pages.entries()) {
    const number = 3 + index * 3
    const resources = page.image === undefined ? '' : `/XObject << /Im ${String(number + 2)} 0 R >>`
    const box = `[0 0 ${String(page.width)} ${String(page.height)}]`
    object(
      number,
      `<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Rotate ${String(page.rotate ?? 0)} `,
      `/Resources << ${resources} >> /Contents ${String(number + 1)} 0 R >>`,
    )
    object(number + 1, ...stream('', Buffer.from(page.content)))
    const image = page.image ?? { dictionary: '', bytes: new Uint8Array() }
    const kind = page.image === undefined ? '' : '/Type /XObject /Subtype /Image '
    object(number + 2, ...stream(`${kind}${image.dictionary}`, image.bytes))
  }
  const start = length
  const rows = offsets.slice(1).map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
  write(`xref\n0 ${String(offsets.length)}\n0000000000 65535 f \n`, ...rows)
  write(
    `trailer\n<< /Size ${String(offsets.length)} /Root 1 0 R ${trailer} >>\nstartxref\n${String(start)}\n%%EOF\n`,
  )
  return Buffer.concat(chunks)
}

/** Locked with a password that nobody told: the standard handler, keys made of nothing. */
export function lockedPdf(page: PdfPage): Buffer {
  const key = `<${'5a'.repeat(32)}>`
  const lock = `/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O ${key} /U ${key} >> /ID [<00> <00>]`
  return pdfOf([page], lock)
}
