/** A page made small: each new pixel is the mean of the area that it covers, so that thin lines fade and do not vanish. */
import type { GreyPicture } from '../staff-space'

/** The picture itself where its longest side is no longer than asked: nothing is made larger. */
export function shrink(picture: GreyPicture, longestSide: number): GreyPicture {
  const longest = Math.max(picture.width, picture.height)
  if (longest <= longestSide) return picture
  const width = Math.max(1, Math.round((picture.width * longestSide) / longest))
  const height = Math.max(1, Math.round((picture.height * longestSide) / longest))
  const across = shares(picture.width, width)
  const down = shares(picture.height, height)
  const sums = new Float32Array(width * height)
  const line = new Float32Array(width)
  for (let row = 0; row < picture.height; row += 1) {
    sumAlong(line, picture.pixels.subarray(row * picture.width, (row + 1) * picture.width), across)
    const target = (down.first[row] ?? 0) * width
    const share = down.share[row] ?? 1
    for (let column = 0; column < width; column += 1) {
      const value = line[column] ?? 0
      sums[target + column] = (sums[target + column] ?? 0) + value * share
      if (share < 1 && target + width < sums.length)
        sums[target + width + column] = (sums[target + width + column] ?? 0) + value * (1 - share)
    }
  }
  const area = (picture.width / width) * (picture.height / height)
  const pixels = new Uint8Array(width * height)
  for (let place = 0; place < pixels.length; place += 1)
    pixels[place] = Math.min(255, Math.round((sums[place] ?? 0) / area))
  return { width, height, pixels }
}

/** Into which new pixel each old one falls, and with which share; the rest of it falls into the next. */
interface Shares {
  readonly first: Int32Array
  readonly share: Float32Array
}

function shares(from: number, to: number): Shares {
  const first = new Int32Array(from)
  const share = new Float32Array(from).fill(1)
  for (let place = 0; place < from; place += 1) {
    const start = (place * to) / from
    const end = ((place + 1) * to) / from
    first[place] = Math.min(to - 1, Math.floor(start))
    const border = Math.floor(start) + 1
    if (end > border && border < to) share[place] = (border - start) / (end - start)
  }
  return { first, share }
}

function sumAlong(line: Float32Array, pixels: Uint8Array, { first, share }: Shares): void {
  line.fill(0)
  for (let place = 0; place < pixels.length; place += 1) {
    const target = first[place] ?? 0
    const part = share[place] ?? 1
    const value = pixels[place] ?? 0
    line[target] = (line[target] ?? 0) + value * part
    if (part < 1) line[target + 1] = (line[target + 1] ?? 0) + value * (1 - part)
  }
}
