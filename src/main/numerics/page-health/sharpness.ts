/** How wide the edges of print are, in pixels: a sharp scan takes one to two from paper to ink, a blurred one more. */
import type { GreyPicture } from '../staff-space'
import type { Tones } from './ink'

/** An edge goes at least so far of the way from paper to print, without turning back. */
const LEAST_RISE = 0.5
/** Fewer edges than this say nothing. */
const LEAST_EDGES = 200
const ROW_STEP = 3
/** Of the edges in order of their width, this share is narrower than the one that is told. */
const SHARE = 0.5

/**
 * Median width of the edges met along rows (stems, bar lines, note heads), each its height over its steepest step.
 * Null on a page without print.
 */
export function measureEdgeWidth(
  { width, height, pixels }: GreyPicture,
  { paper, print }: Tones,
): number | null {
  const least = LEAST_RISE * (paper - print) * 255
  if (least < 10) return null
  const widths: number[] = []
  for (let row = 0; row < height; row += ROW_STEP)
    edgesOf(pixels.subarray(row * width, (row + 1) * width), least, widths)
  if (widths.length < LEAST_EDGES) return null
  const sorted = Float32Array.from(widths).sort()
  return sorted[Math.floor(sorted.length * SHARE)] ?? null
}

function edgesOf(line: Uint8Array, least: number, widths: number[]): void {
  let [start, steepest, direction] = [line[0] ?? 0, 0, 0]
  for (let column = 1; column < line.length; column += 1) {
    const [before, here] = [line[column - 1] ?? 0, line[column] ?? 0]
    const step = here - before
    if (step !== 0 && Math.sign(step) === direction) {
      steepest = Math.max(steepest, Math.abs(step))
      continue
    }
    const rise = Math.abs(before - start)
    if (rise >= least) widths.push(rise / steepest)
    start = before
    direction = Math.sign(step)
    steepest = Math.abs(step)
  }
}
