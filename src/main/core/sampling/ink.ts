/** What ink is: the pixels of a page that are darker than the threshold which best parts its grey in two. */
import { countGreys, otsuOf } from '../../numerics/grey-histogram'
import type { GreyPage } from './pixel-sums'

/** Recorded with sample sets that look at ink. */
export const INK_METHOD = "ink by the page's Otsu threshold"

/** The grey in [0,255] below which a pixel of the page is ink; 0, and nothing is ink, where all pixels are alike. */
export function inkThresholdOf({ pixels }: Pick<GreyPage, 'pixels'>): number {
  return inkThresholdIn(countGreys(pixels))
}

/** As `inkThresholdOf`, from how often each grey occurs. */
export function inkThresholdIn(histogram: Float64Array): number {
  const threshold = otsuOf(histogram)
  return threshold === null ? 0 : threshold + 1
}

/** 1 where there is ink, else 0. */
export function inkOf(page: GreyPage): GreyPage {
  const threshold = inkThresholdOf(page)
  const ink = new Uint8Array(page.pixels.length)
  for (let at = 0; at < ink.length; at += 1) ink[at] = (page.pixels[at] ?? 255) < threshold ? 1 : 0
  return { ...page, pixels: ink }
}
