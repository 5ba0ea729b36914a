/** `node scripts/icons.mjs`: draws resources/icon.svg into the formats that installers want. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { root } from './support/paths.mjs'
import { runMain } from './support/say.mjs'

const folder = join(root, 'resources')
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256]
/** Apple's names for PNG members of an .icns file, by width in pixels. */
const ICNS_TYPES = { 64: 'ic12', 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' }

const draw = (size) => sharp(join(folder, 'icon.svg'), { density: 288 }).resize(size, size).png().toBuffer()

/** An .ico file is a directory of images; since Windows Vista they may be PNG. */
async function ico() {
  const images = await Promise.all(ICO_SIZES.map(draw))
  const header = Buffer.alloc(6 + 16 * images.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(images.length, 4)
  let offset = header.length
  images.forEach((image, index) => {
    const at = 6 + 16 * index
    header.writeUInt8(ICO_SIZES[index] % 256, at)
    header.writeUInt8(ICO_SIZES[index] % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(image.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += image.length
  })
  return Buffer.concat([header, ...images])
}

/** An .icns file is a list of members, each with its type and its length. */
async function icns() {
  const members = await Promise.all(
    Object.entries(ICNS_TYPES).map(async ([size, type]) => {
      const image = await draw(Number(size))
      const header = Buffer.alloc(8)
      header.write(type, 0, 'latin1')
      header.writeUInt32BE(image.length + 8, 4)
      return Buffer.concat([header, image])
    }),
  )
  const body = Buffer.concat(members)
  const header = Buffer.alloc(8)
  header.write('icns', 0, 'latin1')
  header.writeUInt32BE(body.length + 8, 4)
  return Buffer.concat([header, body])
}

await runMain(async () => {
  writeFileSync(join(folder, 'icon.png'), await draw(512))
  writeFileSync(join(folder, 'icon.ico'), await ico())
  writeFileSync(join(folder, 'icon.icns'), await icns())
})
