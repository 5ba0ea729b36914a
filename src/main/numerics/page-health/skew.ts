/**
 * By how many degrees the lines of a page are turned: the angle at which ink gathers in the fewest rows. Source:
 * W. Postl, "Detection of linear oblique structures and skew scan in digitized documents", ICPR 1986: the sum of
 * squared differences of neighbouring rows of the projection is largest there.
 */
import type { InkPicture } from './ink'

/** No page lies more askew than this on a scanner, in degrees. */
const MOST = 5
const COARSE_STEP = 0.25
const FINE_STEP = 0.05
/** The page is cut into so many upright strips, which are shifted against one another. */
const STRIPS = 48

export interface Skew {
  /** Positive where lines fall to the right. */
  readonly degrees: number
  /** How much sharper rows are at that angle than at the average one; 1 says that there are no lines. */
  readonly clarity: number
}

export function measureSkew(picture: InkPicture): Skew {
  const strips = sumStrips(picture)
  const at = (degrees: number): number => sharpnessAt(strips, picture, degrees)
  const coarse: { readonly degrees: number; readonly sharpness: number }[] = []
  for (let degrees = -MOST; degrees <= MOST; degrees += COARSE_STEP)
    coarse.push({ degrees, sharpness: at(degrees) })
  const mean = coarse.reduce((sum, { sharpness }) => sum + sharpness, 0) / coarse.length
  let best = coarse.reduce((one, other) => (other.sharpness > one.sharpness ? other : one))
  const middle = best.degrees
  for (let degrees = middle - COARSE_STEP; degrees <= middle + COARSE_STEP; degrees += FINE_STEP) {
    const sharpness = at(degrees)
    if (sharpness > best.sharpness) best = { degrees, sharpness }
  }
  return { degrees: best.degrees, clarity: mean === 0 ? 1 : best.sharpness / mean }
}

/** Ink of each row within each strip: [STRIPS, height]. */
function sumStrips({ width, height, ink }: InkPicture): Float32Array {
  const strips = new Float32Array(STRIPS * height)
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const place = Math.floor((column * STRIPS) / width) * height + row
      strips[place] = (strips[place] ?? 0) + (ink[row * width + column] ?? 0)
    }
  return strips
}

function sharpnessAt(strips: Float32Array, { width, height }: InkPicture, degrees: number): number {
  const slope = Math.tan((degrees * Math.PI) / 180)
  const rows = new Float32Array(height)
  for (let strip = 0; strip < STRIPS; strip += 1) {
    const shift = slope * ((strip + 0.5) / STRIPS - 0.5) * width
    const whole = Math.floor(shift)
    const part = shift - whole
    for (let row = Math.max(0, -whole); row < Math.min(height, height - whole - 1); row += 1) {
      const from = strip * height + row + whole
      rows[row] = (rows[row] ?? 0) + (strips[from] ?? 0) * (1 - part) + (strips[from + 1] ?? 0) * part
    }
  }
  let sum = 0
  for (let row = 1; row < height; row += 1) sum += ((rows[row] ?? 0) - (rows[row - 1] ?? 0)) ** 2
  return sum
}
