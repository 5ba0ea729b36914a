/** Copies of a page file as scanners, programs and people make them. */
import sharp from 'sharp'

const WHITE = { r: 255, g: 255, b: 255 }

/** Name of the alteration → bytes of the altered page. */
export const ALTERATIONS: Readonly<Record<string, (page: string | Buffer) => Promise<Buffer>>> = {
  'saved at quality 30': (page) => sharp(page).jpeg({ quality: 30 }).toBuffer(),
  'at half the size': async (page) => {
    const { width } = await sharp(page).metadata()
    return sharp(page)
      .resize(Math.round(width / 2))
      .jpeg({ quality: 90 })
      .toBuffer()
  },
  'turned by one degree': (page) =>
    sharp(page).rotate(1, { background: WHITE }).jpeg({ quality: 90 }).toBuffer(),
  'shifted by 25 pixels': async (page) => {
    const { width, height } = await sharp(page).metadata()
    const larger = await sharp(page).extend({ left: 25, top: 25, background: WHITE }).png().toBuffer()
    return sharp(larger).extract({ left: 0, top: 0, width, height }).jpeg({ quality: 90 }).toBuffer()
  },
  blurred: (page) => sharp(page).blur(2).jpeg({ quality: 90 }).toBuffer(),
}
