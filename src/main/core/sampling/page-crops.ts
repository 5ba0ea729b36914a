/** Draws the crops of one page, as the study does. */
import type { GreyPage, PixelSums } from './pixel-sums'
import { type RandomStream, randomStream } from './random-stream'

export interface DrawSettings {
  readonly seed: number
  /** Crops wanted from each page. */
  readonly perPage: number
  /** Side of the square crops in pixels. */
  readonly size: number
  /** A crop is refused when its mean pixel in [0,1] is over this. */
  readonly whiteness: number
  /** Draws after which a page is given up, accepted ones included. */
  readonly triesPerPage: number
}

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
  readonly refusedDraws: number
  /** Why there are fewer crops than wanted; null where there are not. */
  readonly shortage: string | null
}

/**
 * The stream of a page depends only on the seed and on the page's bytes: not on other pages, not on the order or the way
 * in which they were imported. A page that occurs twice gives the same crops twice.
 */
export function pageStream(seed: number, sha256: string): RandomStream {
  return randomStream('crops', seed, sha256)
}

/** Squares at uniformly random places, drawn again while they are too white, until there are enough or tries run out. */
export function drawPageCrops(sums: PixelSums, settings: DrawSettings, stream: RandomStream): PageCrops {
  const { size, perPage, whiteness: limit, triesPerPage } = settings
  const { width, height } = sums.page
  if (width < size || height < size) {
    const shortage = `it has ${String(width)} × ${String(height)} pixels, less than a crop of ${String(size)} × ${String(size)}`
    return { crops: [], refusedDraws: 0, shortage }
  }
  const crops: DrawnCrop[] = []
  let draw = 0
  while (crops.length < perPage && draw < triesPerPage) {
    draw += 1
    const x = stream.upTo(width - size)
    const y = stream.upTo(height - size)
    const whiteness = sums.square(x, y, size) / (size * size * 255)
    if (whiteness <= limit) crops.push({ x, y, draw, whiteness })
  }
  const isShort = crops.length < perPage
  const shortage = `in ${String(draw)} draws ${String(crops.length)} of ${String(perPage)} crops had a mean pixel of at most ${String(limit)}`
  return { crops, refusedDraws: draw - crops.length, shortage: isShort ? shortage : null }
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
