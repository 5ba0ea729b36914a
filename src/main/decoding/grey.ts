/**
 * The one definition of grey, recorded with every sample set as GREY_METHOD.
 *
 * A page is turned upright (EXIF), converted to 8-bit sRGB (an embedded colour profile is applied; CMYK without one
 * is taken as the decoder's standard press; 16 bits are reduced to 8), and laid on white paper where it is
 * transparent. Its grey is then the luma of ITU-R BT.601 in whole numbers:
 *
 *   grey = (19595 · red + 38470 · green + 7471 · blue + 32768) / 65536, rounded down
 *
 * The weights sum to 65536, so a picture that is grey already stays exactly as it is. It is what Pillow's
 * convert("L") does, which studies in Python use. No floating point is involved: the same pixels give the same grey
 * on every machine.
 */
export const GREY_METHOD = 'upright 8-bit sRGB on white, BT.601 luma in 16-bit fixed point'

const RED = 19595
const GREEN = 38470
const BLUE = 7471
const HALF = 32768

/**
 * @param pixels interleaved bytes, row by row, [height, width, channels]
 * @param channels 1 (grey already) or 3 (red, green, blue)
 * @returns one byte per pixel; the same array when it is grey already
 */
export function toGrey(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 1) return pixels
  if (channels !== 3) throw new Error(`Grey is made of 1 or 3 channels, not ${String(channels)}.`)
  const grey = new Uint8Array(pixels.length / 3)
  for (let target = 0, source = 0; target < grey.length; target += 1, source += 3) {
    const red = pixels[source] ?? 0
    const green = pixels[source + 1] ?? 0
    const blue = pixels[source + 2] ?? 0
    grey[target] = (red * RED + green * GREEN + blue * BLUE + HALF) >>> 16
  }
  return grey
}
