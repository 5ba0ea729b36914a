/** A mark on the strip: what it is and how large its error. */
export interface Score {
  readonly label: string
  readonly mse: number
  readonly kind: 'baseline' | 'whole' | 'altered'
}

export interface PlacedScore extends Score {
  /** From 0 at the left (small error) to 1 at the right. */
  readonly share: number
  /** Line of its name under the strip, so that names do not run into each other. */
  readonly line: number
}

/** Errors on one logarithmic line, from below the smallest to above the largest; an error of 0 lies at the left end. */
export function placeScores(scores: readonly Score[]): readonly PlacedScore[] {
  const positive = scores.map((score) => score.mse).filter((mse) => mse > 0)
  const low = Math.log(Math.min(...positive, 1)) - MARGIN
  const high = Math.log(Math.max(...positive, 1e-12)) + MARGIN
  const placed = scores.map((score) => ({
    ...score,
    share: score.mse > 0 ? (Math.log(score.mse) - low) / (high - low) : 0,
  }))
  return withLines(placed)
}

/** Room at both ends, in natural logarithms. */
const MARGIN = 0.25
/** Names nearer to each other than this share of the strip go on different lines. */
const NAME_WIDTH = 0.16

/** From left to right, each name on the first line where it is clear of the one before. */
function withLines(placed: readonly Omit<PlacedScore, 'line'>[]): readonly PlacedScore[] {
  const ends: number[] = []
  return [...placed]
    .sort((a, b) => a.share - b.share)
    .map((score) => {
      if (score.kind !== 'baseline') return { ...score, line: 0 }
      const free = ends.findIndex((end) => score.share - end >= NAME_WIDTH)
      const line = free < 0 ? ends.length : free
      ends[line] = score.share
      return { ...score, line }
    })
}
