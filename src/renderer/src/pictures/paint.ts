import { LAST_STEP, type ColourTable } from './colour-scale'
import type { ValueRange } from './value-range'

export interface Painting {
  readonly width: number
  readonly height: number
  /** Value of the pixel `index`, counted row by row from the top left. */
  readonly valueAt: (index: number) => number
  readonly range: ValueRange
  readonly colours: ColourTable
}

/** One opaque pixel per value. A range without width paints the middle colour; what is not a number is left clear. */
export function paint({ width, height, valueAt, range, colours }: Painting): ImageData {
  const picture = new ImageData(width, height)
  const { data } = picture
  const reach = range.highest - range.lowest
  for (let index = 0; index < width * height; index += 1) {
    const value = valueAt(index)
    if (Number.isNaN(value)) continue
    const share = reach > 0 ? (value - range.lowest) / reach : 0.5
    const at = Math.round(Math.min(1, Math.max(0, share)) * LAST_STEP) * 3
    const to = index * 4
    data[to] = colours[at] ?? 0
    data[to + 1] = colours[at + 1] ?? 0
    data[to + 2] = colours[at + 2] ?? 0
    data[to + 3] = 255
  }
  return picture
}
