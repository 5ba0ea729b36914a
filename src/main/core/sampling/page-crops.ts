/** Draws the crops of one page, as the study does: places from one stream, each taken unless a rule refuses it. */
import { describeRefusals, NO_REFUSALS } from '@shared/domain/refusal-words'
import {
  type PlaceMeasures,
  type Refusal,
  type RefusalCounts,
  refusalOf,
  type SampledPage,
  type SamplingRules,
} from '@shared/domain/sampling-rules'
import type { GreyPage } from './pixel-sums'
import { type RandomStream, randomStream } from './random-stream'

/** The rules that decide about one page by itself. */
export type PageRules = Pick<
  SamplingRules,
  'perPage' | 'size' | 'whiteness' | 'triesPerPage' | 'minimumInk' | 'margin'
>

export interface DrawnCrop {
  readonly x: number
  readonly y: number
  /** Which draw on its page this was, from 1. */
  readonly draw: number
  /** Mean pixel in [0,1]. */
  readonly whiteness: number
}

export interface PageCrops {
  readonly crops: readonly DrawnCrop[]
  readonly draws: number
  readonly refused: RefusalCounts
}

/**
 * The stream of a page depends only on the seed and on the page's bytes: not on other pages, not on the order or the way
 * in which they were imported. A page that occurs twice gives the same crops twice.
 */
export function pageStream(seed: number, sha256: string): RandomStream {
  return randomStream('crops', seed, sha256)
}

/** The next place of a page's stream: each square of the page as likely as any other. */
export function nextPlace(
  stream: RandomStream,
  { width, height }: Pick<SampledPage, 'width' | 'height'>,
  size: number,
): Pick<PlaceMeasures, 'x' | 'y'> {
  const x = stream.upTo(width - size)
  return { x, y: stream.upTo(height - size) }
}

export function holdsCrop({ width, height }: Pick<SampledPage, 'width' | 'height'>, size: number): boolean {
  return width >= size && height >= size
}

/**
 * Judges the draws of a page in their order until there are enough crops or tries run out. Drawing and forecasting both
 * go this way, so that they agree.
 * @param measure what the n-th draw gives, from 1; asked for in order
 */
export function drawPageCrops(
  page: SampledPage,
  rules: PageRules,
  measure: (draw: number) => PlaceMeasures,
): PageCrops {
  const crops: DrawnCrop[] = []
  const refused: Record<Refusal, number> = { ...NO_REFUSALS }
  let draws = 0
  if (holdsCrop(page, rules.size))
    while (crops.length < rules.perPage && draws < rules.triesPerPage) {
      draws += 1
      const place = measure(draws)
      const refusal = refusalOf(place, rules, page)
      if (refusal === null) crops.push({ x: place.x, y: place.y, draw: draws, whiteness: place.whiteness })
      else refused[refusal] += 1
    }
  return { crops, draws, refused }
}

/** Why a page gave fewer crops than wanted; null where it did not. */
export function shortageOf(
  { width, height }: SampledPage,
  { perPage, size }: PageRules,
  { crops, draws, refused }: PageCrops,
): string | null {
  if (crops.length >= perPage) return null
  if (!holdsCrop({ width, height }, size))
    return `it has ${String(width)} × ${String(height)} pixels, less than a crop of ${String(size)} × ${String(size)}`
  const counted = `in ${String(draws)} draws ${String(crops.length)} of ${String(perPage)} crops were accepted`
  const refusals = describeRefusals(refused)
  return refusals === '' ? counted : `${counted}: ${refusals}`
}

/** Copies a crop out of its page, [size, size]. */
export function cutCrop(page: GreyPage, { x, y }: Pick<DrawnCrop, 'x' | 'y'>, size: number): Uint8Array {
  const crop = new Uint8Array(size * size)
  for (let row = 0; row < size; row += 1) {
    const start = (y + row) * page.width + x
    crop.set(page.pixels.subarray(start, start + size), row * size)
  }
  return crop
}
