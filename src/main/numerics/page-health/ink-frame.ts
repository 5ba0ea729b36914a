/** Where on a page the music stands: what shifts, margins and the size of a scan change is taken out by it. */
import type { InkPicture } from './ink'

/** Where the ink of a page lies once the page is straight: its middle and how far it spreads, in pixels. */
export interface InkFrame {
  readonly x: number
  readonly y: number
  /** Standard deviations. */
  readonly across: number
  readonly down: number
  /** Sum of ink: pixels that were wholly black. */
  readonly ink: number
}

/** The frame reaches so many standard deviations to either side: ink spread evenly fills 1.73. */
export const REACH = 1.9

/** Ink farther out than so many standard deviations is the border of a scan or a page number: it moves no frame. */
const TRIMMED = 2.2

/** Coordinates are of the page turned back by its skew about its middle. */
export function measureFrame(picture: InkPicture, degrees: number): InkFrame {
  const everywhere = { x: 0, y: 0, across: Infinity, down: Infinity, ink: 0 }
  return frameWithin(picture, degrees, frameWithin(picture, degrees, everywhere))
}

function frameWithin({ width, height, ink }: InkPicture, degrees: number, limits: InkFrame): InkFrame {
  const [left, right] = [
    limits.x - TRIMMED * limits.across - width / 2,
    limits.x + TRIMMED * limits.across - width / 2,
  ]
  const [top, bottom] = [
    limits.y - TRIMMED * limits.down - height / 2,
    limits.y + TRIMMED * limits.down - height / 2,
  ]
  const turn = turning(degrees)
  let [sum, sumX, sumY, squareX, squareY] = [0, 0, 0, 0, 0]
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const value = ink[row * width + column] ?? 0
      if (value === 0) continue
      const [dx, dy] = [column - width / 2, row - height / 2]
      const x = dx * turn.cosine + dy * turn.sine
      const y = dy * turn.cosine - dx * turn.sine
      if (x < left || x > right || y < top || y > bottom) continue
      sum += value
      sumX += value * x
      sumY += value * y
      squareX += value * x * x
      squareY += value * y * y
    }
  if (sum === 0) return { x: width / 2, y: height / 2, across: 0, down: 0, ink: 0 }
  const [meanX, meanY] = [sumX / sum, sumY / sum]
  return {
    x: meanX + width / 2,
    y: meanY + height / 2,
    across: Math.sqrt(Math.max(0, squareX / sum - meanX ** 2)),
    down: Math.sqrt(Math.max(0, squareY / sum - meanY ** 2)),
    ink: sum,
  }
}

export function turning(degrees: number): { readonly cosine: number; readonly sine: number } {
  const radians = (degrees * Math.PI) / 180
  return { cosine: Math.cos(radians), sine: Math.sin(radians) }
}
