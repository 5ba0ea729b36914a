/** What the trivial predictors reach on one crop, so that its error has something to be compared with. */
import type { GreySquare } from '../../pictures/grey-picture'

export interface CropBaselines {
  /** The crop's own mean grey everywhere. */
  readonly constant: number
  /** Means of blocks of 8×8, 4×4 and 2×2 pixels. */
  readonly block8: number
  readonly block4: number
  readonly block2: number
}

/** Mean squared errors of grey in [0,1]. */
export function cropBaselines(crop: GreySquare): CropBaselines {
  return {
    constant: blockError(crop, crop.size),
    block8: blockError(crop, 8),
    block4: blockError(crop, 4),
    block2: blockError(crop, 2),
  }
}

/** Error of replacing every block of `side` × `side` pixels by its mean; blocks at the edge may be smaller. */
function blockError({ size, pixels }: GreySquare, side: number): number {
  let total = 0
  for (let top = 0; top < size; top += side) {
    for (let left = 0; left < size; left += side) {
      total += spread(pixels, size, { top, left, side })
    }
  }
  return size === 0 ? 0 : total / (size * size)
}

/** Sum of squared distances from the block's mean. */
function spread(
  pixels: Uint8Array,
  size: number,
  { top, left, side }: { readonly top: number; readonly left: number; readonly side: number },
): number {
  let sum = 0
  let squares = 0
  let count = 0
  for (let row = top; row < Math.min(size, top + side); row += 1) {
    for (let column = left; column < Math.min(size, left + side); column += 1) {
      const grey = (pixels[row * size + column] ?? 0) / 255
      sum += grey
      squares += grey * grey
      count += 1
    }
  }
  return Math.max(0, squares - (sum * sum) / count)
}
