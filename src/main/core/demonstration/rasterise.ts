/** A page of SVG as a grey PNG. */
import sharp from 'sharp'

/** A4 at 150 dpi. */
export const PAGE_SIZE = { width: 1240, height: 1754, dpi: 150 } as const

/** How much darker ink prints than it covers: thin lines gain most, as they do on paper. */
const INK_GAIN = 1.6
/** Spread of the ink, in pixels (a Gaussian's sigma). */
const INK_SPREAD = 0.5
const WHITE = 255

/** Renders a page of outlines (no text elements) in black on white; the bytes follow from the SVG alone. */
export async function rasterise(svg: string): Promise<Buffer> {
  const { width, height, dpi } = PAGE_SIZE
  const sized = svg.replace('<svg ', `<svg width="${String(width)}" height="${String(height)}" `)
  return sharp(Buffer.from(sized, 'utf8'))
    .flatten({ background: 'white' })
    .greyscale()
    .blur(INK_SPREAD)
    .linear(INK_GAIN, WHITE * (1 - INK_GAIN))
    .toColourspace('b-w')
    .withDensity(dpi)
    .png({ compressionLevel: 6 })
    .toBuffer()
}
