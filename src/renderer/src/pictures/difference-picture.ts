import { SIGNED } from './colour-scale'
import type { GreySquare } from './grey-picture'
import { paint } from './paint'

/** Grey bytes per unit of grey in [0,1]. */
const BYTES = 255

/**
 * Pixel by pixel `picture` − `reference`, in grey from −1 to 1.
 * Blue is darker than the reference (ink that came), red lighter (ink that went), near white the same.
 */
export function differencePicture(picture: GreySquare, reference: GreySquare, reach: number): ImageData {
  return paint({
    width: picture.size,
    height: picture.size,
    valueAt: (index) => ((picture.pixels[index] ?? 0) - (reference.pixels[index] ?? 0)) / BYTES,
    range: { lowest: -reach, highest: reach },
    colours: SIGNED,
  })
}

/** Largest difference of any pixel, in grey from 0 to 1. */
export function largestDifference(picture: GreySquare, reference: GreySquare): number {
  let largest = 0
  for (let index = 0; index < picture.pixels.length; index += 1) {
    const difference = Math.abs((picture.pixels[index] ?? 0) - (reference.pixels[index] ?? 0))
    if (difference > largest) largest = difference
  }
  return largest / BYTES
}

/** Mean squared difference in grey of [0,1]. */
export function meanSquaredDifference(picture: GreySquare, reference: GreySquare): number {
  let total = 0
  for (let index = 0; index < picture.pixels.length; index += 1) {
    total += (((picture.pixels[index] ?? 0) - (reference.pixels[index] ?? 0)) / BYTES) ** 2
  }
  return picture.pixels.length === 0 ? 0 : total / picture.pixels.length
}
