/** Pictures with their caption under them, as PNG or SVG: black on white, as papers print them. */
import { type Caption, captionLine, captionLines } from './caption'

/** Something to export: drawn onto a canvas of its own size. */
export interface ExportedPicture {
  readonly width: number
  readonly height: number
  draw(context: CanvasRenderingContext2D): void | Promise<void>
}

/** A chart as its own SVG, which names its size. */
export interface DrawnChart {
  readonly width: number
  readonly height: number
  readonly svg: string
}

const MARGIN = 12
const TEXT = { size: 13, line: 18, font: 'sans-serif', colour: '#1c1917' } as const
/** Small pictures are enlarged by whole factors, pixel by pixel, until they are at least this wide. */
const LEAST_WIDTH = 480

interface Sheet {
  readonly scale: number
  readonly width: number
  readonly height: number
  readonly lines: readonly string[]
}

function layOut({ width, height }: ExportedPicture, caption: Caption): Sheet {
  const scale = Math.max(1, Math.ceil(LEAST_WIDTH / width))
  const whole = width * scale + 2 * MARGIN
  const lines = captionLines(caption, Math.floor((whole - 2 * MARGIN) / (TEXT.size * 0.55)))
  return { scale, width: whole, height: height * scale + 3 * MARGIN + lines.length * TEXT.line, lines }
}

/** @throws Error when the browser cannot make a picture of this size */
export async function pictureAsPng(picture: ExportedPicture, caption: Caption): Promise<Uint8Array> {
  const { scale, width, height, lines } = layOut(picture, caption)
  const sheet = canvasOf(width, height)
  const context = contextOf(sheet)
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, width, height)
  context.imageSmoothingEnabled = false
  context.drawImage(await drawn(picture), MARGIN, MARGIN, picture.width * scale, picture.height * scale)
  context.fillStyle = TEXT.colour
  context.font = `${String(TEXT.size)}px ${TEXT.font}`
  for (const [index, line] of lines.entries())
    context.fillText(line, MARGIN, picture.height * scale + 2 * MARGIN + TEXT.size + index * TEXT.line)
  return bytesOf(sheet)
}

/** The pixels as they are within an SVG, so that the caption stays text. */
export async function pictureAsSvg(picture: ExportedPicture, caption: Caption): Promise<string> {
  const { scale, width, height, lines } = layOut(picture, caption)
  const png = base64(await bytesOf(await drawn(picture)))
  const image = `<image x="${MARGIN}" y="${MARGIN}" width="${picture.width * scale}" height="${picture.height * scale}" style="image-rendering:pixelated" href="data:image/png;base64,${png}"/>`
  return svgSheet({ width, height, caption, body: image, lines, top: picture.height * scale + 2 * MARGIN })
}

/** A chart's own SVG with the caption under it. */
export function chartAsSvg(chart: DrawnChart, caption: Caption): string {
  const { width, height, svg } = chart
  const sheet = layOut({ width: Math.max(width, LEAST_WIDTH), height, draw: () => undefined }, caption)
  const body = `<g transform="translate(${MARGIN} ${MARGIN})">${svg}</g>`
  return svgSheet({ ...sheet, caption, body, top: height + 2 * MARGIN })
}

/** A chart's SVG as a picture, for PNG. */
export function chartPicture({ width, height, svg }: DrawnChart, resolution = 2): ExportedPicture {
  return {
    width: Math.round(width * resolution),
    height: Math.round(height * resolution),
    async draw(context) {
      const source = base64(new TextEncoder().encode(svg))
      const image = await loadImage(`data:image/svg+xml;base64,${source}`)
      context.drawImage(image, 0, 0, width * resolution, height * resolution)
    },
  }
}

/** A picture whose pixels may be read. @throws Error when it cannot be had */
export async function loadImage(source: string): Promise<HTMLImageElement> {
  const image = new Image()
  image.crossOrigin = 'anonymous'
  image.src = source
  try {
    await image.decode()
  } catch (error) {
    throw new Error('The picture could not be read: try once more.', { cause: error })
  }
  return image
}

function svgSheet(sheet: {
  readonly width: number
  readonly height: number
  readonly caption: Caption
  readonly body: string
  readonly lines: readonly string[]
  readonly top: number
}): string {
  const { width, height, caption, body, lines, top } = sheet
  const text = lines.map(
    (line, index) =>
      `<text x="${MARGIN}" y="${top + TEXT.size + index * TEXT.line}" font-family="${TEXT.font}" font-size="${TEXT.size}" fill="${TEXT.colour}">${escape(line)}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escape(caption.title)}</title><desc>${escape(captionLine(caption))}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    body,
    ...text,
    '</svg>',
  ].join('\n')
}

async function drawn(picture: ExportedPicture): Promise<HTMLCanvasElement> {
  const canvas = canvasOf(picture.width, picture.height)
  await picture.draw(contextOf(canvas))
  return canvas
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  return canvas
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('The picture is too large to be exported: export a smaller part.')
  return context
}

function bytesOf(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The picture is too large to be exported: export a smaller part.'))
      else void blob.arrayBuffer().then((buffer) => resolve(new Uint8Array(buffer)))
    }, 'image/png')
  })
}

function base64(bytes: Uint8Array): string {
  const PIECE = 0x8000
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  return btoa(text)
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
