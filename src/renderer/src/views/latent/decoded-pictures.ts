/** Decoded codes as pictures: their contrast stretched, their captions with the names of what was compared. */
import type { DecodedCodes } from '@shared/domain/latent'
import { GREY } from '../../pictures/colour-scale'
import { differencePicture, largestDifference } from '../../pictures/difference-picture'
import type { GreySquare } from '../../pictures/grey-picture'
import { paint } from '../../pictures/paint'

export interface GreyRange {
  readonly lowest: number
  readonly highest: number
}

export const ALL_GREYS: GreyRange = { lowest: 0, highest: 255 }

/** The darkest and lightest grey of any of the pictures: averages of many crops use few of all greys. */
export function sharedRange({ pictures }: DecodedCodes): GreyRange {
  let [lowest, highest] = [255, 0]
  for (const { grey } of pictures) {
    for (const byte of grey) {
      if (byte < lowest) lowest = byte
      if (byte > highest) highest = byte
    }
  }
  return highest > lowest ? { lowest, highest } : ALL_GREYS
}

/** How often the range fits into all greys. */
export function contrastOf({ lowest, highest }: GreyRange): number {
  return 255 / (highest - lowest)
}

export function stretchedPicture({ size, pixels }: GreySquare, range: GreyRange): ImageData {
  return paint({
    width: size,
    height: size,
    valueAt: (index) => pixels[index] ?? Number.NaN,
    range,
    colours: GREY,
  })
}

export interface GroupDifference {
  readonly picture: ImageData
  /** The strongest difference of any pixel, in grey from 0 to 1. */
  readonly reach: number
}

/** The last picture (most of the first group) less the first (most of the second); blue is darker in the first group. */
export function groupDifference({ size, pictures }: DecodedCodes): GroupDifference | null {
  const [first, last] = [pictures[0], pictures.at(-1)]
  if (first === undefined || last === undefined) return null
  const [towards, from] = [
    { size, pixels: last.grey },
    { size, pixels: first.grey },
  ]
  const reach = largestDifference(towards, from)
  return reach === 0 ? null : { picture: differencePicture(towards, from, reach), reach }
}

/** The engine knows groups only as first and second. */
export function namedCaption(caption: string, names: readonly [group: string, other: string] | null): string {
  if (names === null) return caption
  return caption.replace(/^First group/, names[0]).replace(/^Second group/, names[1])
}
