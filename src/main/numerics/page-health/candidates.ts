/**
 * Which of many pages may be copies of one another: all pairs of short hashes, compared by counting bits. Memory is a
 * quarter of a kilobyte per page; 20,000 pages are 200 million pairs.
 */

/** A hash has one bit per cell, each of four cells of a fingerprint: whether there is more ink than along its row. */
const SIDE = 32
const WORDS = (SIDE * SIDE) / 32
/** Cells whose ink differs from the row's by less than this share of the usual difference say nothing. */
const BLANK = 0.15
/** Of the bits that say something, so many may differ between copies; measured, see docs/decisions/0022-health.md. */
const MOST_DIFFERENT = 0.31

/** Hashes of many pages side by side. */
export class PageHashes {
  private readonly signs: Uint32Array
  private readonly said: Uint32Array

  constructor(private readonly count: number) {
    this.signs = new Uint32Array(count * WORDS)
    this.said = new Uint32Array(count * WORDS)
  }

  /** @param fingerprint as fingerprint.ts makes it */
  set(page: number, fingerprint: Int8Array): void {
    const cells = quartered(fingerprint)
    const usual = Math.sqrt(cells.reduce((sum, value) => sum + value ** 2, 0) / cells.length)
    for (const [cell, value] of cells.entries()) {
      const word = page * WORDS + (cell >>> 5)
      const bit = 1 << (cell & 31)
      if (value > 0) this.signs[word] = (this.signs[word] ?? 0) | bit
      if (Math.abs(value) > BLANK * usual) this.said[word] = (this.said[word] ?? 0) | bit
    }
  }

  /** Pages that may be copies of `page`, among those that are marked with 1; ascending. */
  candidatesOf(page: number, among: Uint8Array): readonly number[] {
    const found: number[] = []
    for (let other = 0; other < this.count; other += 1)
      if (among[other] === 1 && other !== page && this.difference(page, other) <= MOST_DIFFERENT)
        found.push(other)
    return found
  }

  /** 1 where neither page says anything. */
  difference(one: number, other: number): number {
    const { signs, said } = this
    const [first, second] = [one * WORDS, other * WORDS]
    let [compared, different] = [0, 0]
    for (let word = 0; word < WORDS; word += 1) {
      const either = (said[first + word] ?? 0) | (said[second + word] ?? 0)
      compared += countBits(either)
      different += countBits(((signs[first + word] ?? 0) ^ (signs[second + word] ?? 0)) & either)
    }
    return compared === 0 ? 1 : different / compared
  }
}

/** Sums of two by two cells: [SIDE, SIDE]. */
function quartered(fingerprint: Int8Array): Float32Array {
  const cells = new Float32Array(SIDE * SIDE)
  for (const [place, value] of fingerprint.entries()) {
    const row = Math.floor(place / (2 * SIDE))
    const cell = (row >> 1) * SIDE + ((place % (2 * SIDE)) >> 1)
    cells[cell] = (cells[cell] ?? 0) + value
  }
  return cells
}

/** Bits that are set. Source: H. S. Warren, "Hacker's Delight", §5-1. */
function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
