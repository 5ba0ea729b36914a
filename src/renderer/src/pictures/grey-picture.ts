import { GREY } from './colour-scale'
import { paint } from './paint'

/** A square picture of grey bytes, row by row. */
export interface GreySquare {
  readonly size: number
  readonly pixels: Uint8Array
}

/** Grey bytes as a picture, pixel for pixel. */
export function greyPicture({ size, pixels }: GreySquare): ImageData {
  return paint({
    width: size,
    height: size,
    valueAt: (index) => pixels[index] ?? Number.NaN,
    range: { lowest: 0, highest: 255 },
    colours: GREY,
  })
}

/** The n-th of several squares that lie one behind the other. */
export function greySquareAt(stack: Uint8Array, size: number, position: number): GreySquare {
  const length = size * size
  return { size, pixels: stack.subarray(position * length, (position + 1) * length) }
}
