import type { PageActivation } from '@shared/domain/feature'

/**
 * A channel's map to be laid over a page: clear where it is silent, magenta where it is strong. Told from white paper,
 * from yellowed paper and from ink alike, and from the orange and blue of outlines.
 */
export function pageVeil({ width, height, map }: PageActivation, highest: number): ImageData {
  const veil = new ImageData(width, height)
  for (let unit = 0; unit < width * height; unit += 1) {
    const share = highest > 0 ? Math.min(1, Math.max(0, (map[unit] ?? 0) / highest)) : 0
    veil.data.set([...VEIL, Math.round(share * 255)], unit * 4)
  }
  return veil
}

const VEIL = [216, 0, 122] as const
/** The same as a CSS colour, for legends. */
export const VEIL_COLOUR = `rgb(${VEIL.join(' ')})`
