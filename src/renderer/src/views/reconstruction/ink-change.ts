/** How much ink went and came between two pictures of the same crop. */
import type { GreySquare } from '../../pictures/grey-picture'

export interface InkChange {
  /** Darkness that is no longer there, as a share of all darkness of the reference. */
  readonly lost: number
  /** Darkness where there was less before, as a share of the same. */
  readonly added: number
}

/** @param reference what it is compared with; a picture without any ink neither loses nor gains. */
export function inkChange(picture: GreySquare, reference: GreySquare): InkChange {
  let [lost, added, ink] = [0, 0, 0]
  for (let index = 0; index < reference.pixels.length; index += 1) {
    const before = reference.pixels[index] ?? 0
    const lighter = (picture.pixels[index] ?? 0) - before
    ink += 255 - before
    if (lighter > 0) lost += lighter
    else added -= lighter
  }
  return ink === 0 ? { lost: 0, added: 0 } : { lost: lost / ink, added: added / ink }
}
