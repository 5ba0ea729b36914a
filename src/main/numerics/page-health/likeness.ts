/**
 * How alike two pages are, pixel by pixel, once one is laid over the other: shifted, stretched and turned a little until
 * their print agrees best. Staff lines are taken out first, as pages of one layout share them.
 */
import type { Portrait } from '@shared/domain/page-health'
import type { InkPicture } from './ink'
import { type InkFrame, REACH, turning } from './ink-frame'

const SIZE = { width: 320, height: 416 } as const
/** What is inked evenly over so many pixels to either side along a row is a line and no note. */
const LINE = 12
/** The search begins on portraits no wider than this, each level twice as fine as the one before. */
const COARSEST = 40
const UNLIKE = 0.35

export function portraitOf(picture: InkPicture, degrees: number, frame: InkFrame): Portrait {
  const { width, height } = SIZE
  const turn = turning(degrees)
  const values = new Float32Array(width * height)
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const x = frame.x + ((column + 0.5) / width - 0.5) * 2 * REACH * frame.across - picture.width / 2
      const y = frame.y + ((row + 0.5) / height - 0.5) * 2 * REACH * frame.down - picture.height / 2
      values[row * width + column] = between(
        { width: picture.width, height: picture.height, values: picture.ink },
        x * turn.cosine - y * turn.sine + picture.width / 2,
        y * turn.cosine + x * turn.sine + picture.height / 2,
      )
    }
  return { width, height, values: withoutLines(values, width, LINE) }
}

/** Each pixel less the mean of those up to `reach` beside it in its row. */
export function withoutLines(values: Float32Array, width: number, reach: number): Float32Array {
  const result = new Float32Array(values.length)
  for (let start = 0; start < values.length; start += width) {
    let sum = 0
    for (let column = 0; column < reach; column += 1) sum += values[start + column] ?? 0
    for (let column = 0; column < width; column += 1) {
      if (column + reach < width) sum += values[start + column + reach] ?? 0
      if (column - reach - 1 >= 0) sum -= values[start + column - reach - 1] ?? 0
      const count = Math.min(width - 1, column + reach) - Math.max(0, column - reach) + 1
      result[start + column] = (values[start + column] ?? 0) - sum / count
    }
  }
  return result
}

/** Value between four pixels; 0 outside. */
function between({ width, height, values }: Portrait, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return 0
  const at = top * width + left
  const upper = (values[at] ?? 0) + ((values[at + 1] ?? 0) - (values[at] ?? 0)) * (x - left)
  const lower =
    (values[at + width] ?? 0) + ((values[at + width + 1] ?? 0) - (values[at + width] ?? 0)) * (x - left)
  return upper + (lower - upper) * (y - top)
}

/** Shares of the portrait's width and height, and of 1. */
interface Laying {
  readonly across: number
  readonly down: number
  readonly widen: number
  readonly heighten: number
  readonly turn: number
}

const IDENTITY: Laying = { across: 0, down: 0, widen: 0, heighten: 0, turn: 0 }

/** Correlation of the two portraits where they agree best, −1 to 1. */
export function likeness(one: Portrait, other: Portrait): number {
  const levels = [{ one, other }]
  for (let level = levels[0]; level !== undefined && level.one.width > COARSEST; level = levels[0])
    levels.unshift({ one: halve(level.one), other: halve(level.other) })
  const [coarsest, ...finer] = levels
  if (coarsest === undefined) return 0
  let best = { laying: IDENTITY, score: -1 }
  for (const start of starts(coarsest.one)) {
    const score = correlation(coarsest.one, coarsest.other, start)
    if (score > best.score) best = { laying: start, score }
  }
  best = climb(coarsest.one, coarsest.other, best.laying)
  for (const level of finer) {
    // Pages that are so unlike when seen from afar are no more alike from near: nothing finer need be tried.
    if (best.score < UNLIKE) return best.score
    best = climb(level.one, level.other, best.laying)
  }
  return best.score
}

/** Shifts by up to two pixels of the coarsest level and stretches about their middle, all together. */
function starts({ width, height }: Portrait): readonly Laying[] {
  const shifts = [-2, -1, 0, 1, 2]
  const stretches = [-0.08, -0.04, 0, 0.04, 0.08]
  return shifts.flatMap((x) =>
    shifts.flatMap((y) =>
      stretches.flatMap((widen) =>
        stretches.map((heighten) => ({ across: x / width, down: y / height, widen, heighten, turn: 0 })),
      ),
    ),
  )
}

function halve({ width, height, values }: Portrait): Portrait {
  const half = { width: width >> 1, height: height >> 1 }
  const means = new Float32Array(half.width * half.height)
  for (let row = 0; row < half.height; row += 1)
    for (let column = 0; column < half.width; column += 1) {
      const at = 2 * row * width + 2 * column
      means[row * half.width + column] =
        ((values[at] ?? 0) +
          (values[at + 1] ?? 0) +
          (values[at + width] ?? 0) +
          (values[at + width + 1] ?? 0)) /
        4
    }
  return { ...half, values: means }
}

/** Tries a step of one pixel either way in each direction until none is better; then half a step. */
function climb(one: Portrait, other: Portrait, start: Laying): { laying: Laying; score: number } {
  let best = { laying: start, score: correlation(one, other, start) }
  for (const step of [1, 0.5]) {
    for (let round = 0; round < 6; round += 1) {
      const before = best.score
      for (const laying of steps(best.laying, step, one)) {
        const score = correlation(one, other, laying)
        if (score > best.score) best = { laying, score }
      }
      if (best.score - before < 1e-4) break
    }
  }
  return best
}

function steps(from: Laying, step: number, { width, height }: Portrait): readonly Laying[] {
  const [x, y] = [step / width, step / height]
  return [x, -x].flatMap((dx, place) => {
    const dy = place === 0 ? y : -y
    return [
      { ...from, across: from.across + dx },
      { ...from, down: from.down + dy },
      { ...from, widen: from.widen + 2 * dx },
      { ...from, heighten: from.heighten + 2 * dy },
      { ...from, turn: from.turn + 2 * dx },
    ]
  })
}

function correlation(one: Portrait, other: Portrait, laying: Laying): number {
  const { width, height, values } = one
  const { values: against } = other
  const [right, down] = [1 + laying.widen, (laying.turn * height) / width]
  const [below, aside] = [1 + laying.heighten, (laying.turn * width) / height]
  let [product, squaresOne, squaresOther] = [0, 0, 0]
  for (let row = 0; row < height; row += 1) {
    const v = row + 0.5 - height / 2
    for (let column = 0; column < width; column += 1) {
      const here = values[row * width + column] ?? 0
      squaresOne += here * here
      const u = column + 0.5 - width / 2
      const x = u * right - v * aside + (laying.across + 0.5) * width - 0.5
      const y = v * below + u * down + (laying.down + 0.5) * height - 0.5
      const [left, top] = [Math.floor(x), Math.floor(y)]
      if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) continue
      const at = top * width + left
      const [first, third] = [against[at] ?? 0, against[at + width] ?? 0]
      const upper = first + ((against[at + 1] ?? 0) - first) * (x - left)
      const lower = third + ((against[at + width + 1] ?? 0) - third) * (x - left)
      const there = upper + (lower - upper) * (y - top)
      product += here * there
      squaresOther += there * there
    }
  }
  const scale = Math.sqrt(squaresOne * squaresOther)
  return scale === 0 ? 0 : product / scale
}
