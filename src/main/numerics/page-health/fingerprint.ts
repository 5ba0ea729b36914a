/**
 * What a page looks like in a few bytes, the same however it was scanned: where its notes stand between its margins,
 * not its staff lines, which pages of one layout share.
 */
import type { InkPicture } from './ink'
import { type InkFrame, REACH, turning } from './ink-frame'

/** Cells across and down. */
const SIDE = 64
/** The root mean square of a fingerprint's cells, so that most fit a byte with its sign. */
const SPREAD = 25

/**
 * Ink per cell of the frame less the mean of its row of cells: [SIDE, SIDE], signed bytes. Null where the ink has no
 * spread to cut a frame from.
 */
export function fingerprintOf(picture: InkPicture, degrees: number, frame: InkFrame): Int8Array | null {
  if (frame.across < 1 || frame.down < 1) return null
  const cells = sumCells(picture, degrees, frame)
  subtractRowMeans(cells)
  const power = cells.reduce((sum, value) => sum + value ** 2, 0) / cells.length
  if (power === 0) return null
  const scale = SPREAD / Math.sqrt(power)
  return Int8Array.from(cells, (value) => Math.max(-127, Math.min(127, Math.round(value * scale))))
}

function sumCells({ width, height, ink }: InkPicture, degrees: number, frame: InkFrame): Float32Array {
  const turn = turning(degrees)
  const cells = new Float32Array(SIDE * SIDE)
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const value = ink[row * width + column] ?? 0
      if (value === 0) continue
      const [dx, dy] = [column - width / 2, row - height / 2]
      const x = (dx * turn.cosine + dy * turn.sine + width / 2 - frame.x) / (2 * REACH * frame.across) + 0.5
      const y = (dy * turn.cosine - dx * turn.sine + height / 2 - frame.y) / (2 * REACH * frame.down) + 0.5
      addBetween(cells, x * SIDE - 0.5, y * SIDE - 0.5, value)
    }
  return cells
}

function subtractRowMeans(cells: Float32Array): void {
  for (let start = 0; start < cells.length; start += SIDE) {
    const row = cells.subarray(start, start + SIDE)
    const mean = row.reduce((sum, value) => sum + value, 0) / SIDE
    for (const [place, value] of row.entries()) row[place] = value - mean
  }
}

/** Shared among the four cells around, so that a small shift changes little. */
function addBetween(cells: Float32Array, x: number, y: number, value: number): void {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  for (let row = top; row <= top + 1; row += 1)
    for (let column = left; column <= left + 1; column += 1) {
      if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) continue
      const share = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row))
      cells[row * SIDE + column] = (cells[row * SIDE + column] ?? 0) + share * value
    }
}

/** Cells may lie so far from one another on two copies of a page. */
const PLAY = 2

/** Correlation of two fingerprints where they agree best, −1 to 1. */
export function fingerprintLikeness(one: Int8Array, other: Int8Array): number {
  let best = -1
  for (let down = -PLAY; down <= PLAY; down += 1)
    for (let across = -PLAY; across <= PLAY; across += 1)
      best = Math.max(best, shiftedLikeness(one, other, down * SIDE + across))
  return best
}

function shiftedLikeness(one: Int8Array, other: Int8Array, shift: number): number {
  let [product, squares, otherSquares] = [0, 0, 0]
  for (let row = PLAY; row < SIDE - PLAY; row += 1)
    for (let place = row * SIDE + PLAY; place < (row + 1) * SIDE - PLAY; place += 1) {
      const [value, against] = [one[place] ?? 0, other[place + shift] ?? 0]
      product += value * against
      squares += value * value
      otherSquares += against * against
    }
  const scale = Math.sqrt(squares * otherSquares)
  return scale === 0 ? 0 : product / scale
}
