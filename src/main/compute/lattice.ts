/**
 * A few positions of a map that stand for all of it, evenly spread: histograms and spatial correlations are taken from
 * them, since counting every position of every channel would cost more than computing them. Crops lie at random places
 * of their pages, so that no position is special.
 */
import type { Layer } from '@shared/domain/architecture'

/** At least so many positions along each side of a map, where it has them. */
const SIDE = 14

export interface Lattice {
  /** Rows and columns first, first + stride, … */
  readonly first: number
  readonly stride: number
  /** Positions along one side. */
  readonly side: number
}

export function latticeOf({ height }: Pick<Layer, 'height'>): Lattice {
  let stride = 1
  while (height % (2 * stride) === 0 && height / (2 * stride) >= SIDE) stride *= 2
  return { first: stride >> 1, stride, side: height / stride }
}
