import { join } from 'node:path'
import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeGrey, drawThumbnail, readFacts } from '../../src/main/decoding/images'
import { toGrey } from '../../src/main/decoding/grey'
import { fromGrey, put, stavesPage } from '../support/page-makers'
import { temporaryFolder } from '../support/projects'

const page = stavesPage({ width: 60, height: 40 })

async function greyOf(
  name: string,
  picture: Sharp,
): Promise<{ width: number; height: number; pixels: Uint8Array }> {
  return await decodeGrey({ path: put(temporaryFolder(), name, await picture.toBuffer()), part: 1 })
}

/** A colour picture of one colour. */
const plain = (red: number, green: number, blue: number): Sharp =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: green, b: blue } } })

const largestDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (b[index] ?? 0))), 0)

describe('grey', () => {
  it('leaves what is grey exactly as it is', () => {
    for (let value = 0; value < 256; value += 1)
      expect(toGrey(Uint8Array.of(value, value, value), 3)[0]).toBe(value)
    expect(toGrey(page.pixels, 1)).toBe(page.pixels)
  })

  it('is the luma of BT.601 to half a step', () => {
    const byte = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(byte, byte, byte, (red, green, blue) => {
        const luma = 0.299 * red + 0.587 * green + 0.114 * blue
        expect(Math.abs((toGrey(Uint8Array.of(red, green, blue), 3)[0] ?? 0) - luma)).toBeLessThanOrEqual(
          0.51,
        )
      }),
    )
  })

  it('is the same for every way of storing the same grey page', async () => {
    const grey = () => fromGrey(page).toColourspace('b-w')
    const ways: Record<string, Sharp> = {
      'grey.png': grey().png(),
      'colour.png': fromGrey(page).toColourspace('srgb').png(),
      'palette.png': fromGrey(page).toColourspace('srgb').png({ palette: true, colours: 256 }),
      'opaque.png': fromGrey(page).toColourspace('srgb').ensureAlpha(1).png(),
      'lzw.tif': grey().tiff({ compression: 'lzw' }),
      'tiled.tif': grey().tiff({ compression: 'deflate', tile: true, tileWidth: 32, tileHeight: 32 }),
      'lossless.webp': fromGrey(page).toColourspace('srgb').webp({ lossless: true }),
    }
    for (const [name, picture] of Object.entries(ways)) {
      const { width, height, pixels } = await greyOf(name, picture)
      expect([name, width, height, largestDifference(pixels, page.pixels)]).toEqual([name, 60, 40, 0])
    }
    const jpeg = await greyOf('grey.jpg', grey().jpeg({ quality: 100 }))
    expect(largestDifference(jpeg.pixels, page.pixels)).toBeLessThanOrEqual(4)
  })

  it('of 16 bits is the upper 8', async () => {
    const wide = Uint16Array.from(page.pixels, (value) => value * 257)
    const picture = sharp(wide, { raw: { width: 60, height: 40, channels: 1 } })
      .toColourspace('grey16')
      .png()
    const path = put(temporaryFolder(), 'wide.png', await picture.toBuffer())
    expect((await sharp(path).metadata()).depth).toBe('ushort')
    expect(largestDifference((await decodeGrey({ path, part: 1 })).pixels, page.pixels)).toBe(0)
  })

  it('of one bit is black and white', async () => {
    const bilevel = { width: 60, height: 40, pixels: page.pixels.map((value) => (value > 128 ? 255 : 0)) }
    const { pixels } = await greyOf(
      'bilevel.tif',
      fromGrey(bilevel).toColourspace('b-w').tiff({ bitdepth: 1 }),
    )
    expect(largestDifference(pixels, bilevel.pixels)).toBe(0)
  })

  it('of a colour follows its weights', async () => {
    const [red, green, blue] = await Promise.all(
      [plain(255, 0, 0), plain(0, 255, 0), plain(0, 0, 255)].map((picture) =>
        greyOf('colour.png', picture.png()),
      ),
    )
    expect([red?.pixels[0], green?.pixels[0], blue?.pixels[0]]).toEqual([76, 150, 29])
  })

  it('of what is transparent is that of white paper', async () => {
    const clear = sharp({
      create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
    expect((await greyOf('clear.png', clear.png())).pixels.every((value) => value === 255)).toBe(true)
  })

  it('of a picture with a colour profile is that of the colours it means', async () => {
    const colour = (): Sharp => plain(200, 60, 40)
    const meant = (await greyOf('srgb.png', colour().png())).pixels[0] ?? 0
    const wide = put(temporaryFolder(), 'wide.png', await colour().withIccProfile('p3').png().toBuffer())
    expect((await sharp(wide).metadata()).hasProfile).toBe(true)
    // Stored in the wider space the same red has smaller numbers, which by themselves would be another grey.
    const [red] = await sharp(wide, { ignoreIcc: true }).raw().toBuffer()
    expect(red).toBeLessThan(195)
    const { pixels } = await decodeGrey({ path: wide, part: 1 })
    expect(Math.abs((pixels[0] ?? 0) - meant)).toBeLessThanOrEqual(1)
  })

  it('of CMYK is near that of the colours it was made from', async () => {
    const path = put(
      temporaryFolder(),
      'cmyk.jpg',
      await fromGrey(page).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
    )
    expect((await sharp(path).metadata()).space).toBe('cmyk')
    const { width, height, pixels } = await decodeGrey({ path, part: 1 })
    expect([width, height]).toEqual([60, 40])
    const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(Math.abs(mean(pixels) - mean(page.pixels))).toBeLessThan(25)
  })
})

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i of EXIF is applied to size and pixels', async (orientation) => {
    const path = put(
      temporaryFolder(),
      'turned.png',
      await fromGrey(page).toColourspace('srgb').withMetadata({ orientation }).png().toBuffer(),
    )
    const turned = orientation >= 5
    const facts = await readFacts({ path, format: 'png', part: 1 })
    expect(facts).toMatchObject({ width: turned ? 40 : 60, height: turned ? 60 : 40, orientation })
    const decoded = await decodeGrey({ path, part: 1 })
    expect([decoded.width, decoded.height]).toEqual([facts.width, facts.height])
    // Where the upper left pixel of the stored picture comes to lie.
    const at = (x: number, y: number): number => decoded.pixels[y * decoded.width + x] ?? -1
    const [right, bottom] = [facts.width - 1, facts.height - 1]
    const corners = [
      at(0, 0),
      at(right, 0),
      at(right, bottom),
      at(0, bottom),
      at(0, 0),
      at(right, 0),
      at(right, bottom),
      at(0, bottom),
    ]
    expect(corners[orientation - 1]).toBe(page.pixels[0])
    const thumbnail = await sharp(await drawThumbnail({ path, part: 1 })).metadata()
    expect([thumbnail.width, thumbnail.height]).toEqual([facts.width, facts.height])
  })
})

describe('the facts of a picture', () => {
  it('hold its resolution where it is stated', async () => {
    const folder = temporaryFolder()
    const stated = await fromGrey(page).withMetadata({ density: 300 }).png().toBuffer()
    expect((await readFacts({ path: put(folder, 'stated.png', stated), format: 'png', part: 1 })).dpi).toBe(
      300,
    )
    expect(
      (
        await readFacts({
          path: put(folder, 'silent.png', await fromGrey(page).png().toBuffer()),
          format: 'png',
          part: 1,
        })
      ).dpi,
    ).toBeNull()
  })

  it('are refused when the decoder finds another format than the first bytes said', async () => {
    const path = put(temporaryFolder(), 'page.png', await fromGrey(page).png().toBuffer())
    await expect(readFacts({ path, format: 'jpeg', part: 1 })).rejects.toThrow('it is not a JPEG')
  })

  it('never come from SVG files, which the decoder would otherwise draw', async () => {
    const path = join(temporaryFolder(), 'drawing.svg')
    put(join(path, '..'), 'drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    await expect(decodeGrey({ path, part: 1 })).rejects.toThrow()
    await expect(drawThumbnail({ path, part: 1 })).rejects.toThrow()
  })
})
