/**
 * What a linear reader of codes tells of pieces that it has not seen (Alain & Bengio 2017), beside what it tells when
 * labels are shuffled among pieces (Hewitt & Liang 2019).
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { discriminate } from './discriminant'
import { type Fold, prepareFold } from './fold'
import { dealGroups } from './grouped-folds'
import type { Matrix } from './matrix'
import { RidgeFold } from './ridge'
import type { Pause } from './symmetric-eigen'

export const FOLDS = 5
/** One piece cannot be both learnt from and held out; two are dealt to different folds. */
export const LEAST_PIECES = 2
export const SHUFFLES = 39

export interface ProbeInput {
  readonly codes: Matrix
  /** Numbers to be regressed out of the codes on the training side of each fold [rows, controls]. */
  readonly controls: Matrix | null
  /** Rows that are read apart from one another, each list with folds of its own; rows in none are left out. */
  readonly strata: readonly (readonly number[])[]
  /** Piece of each row: rows of one are held out together. */
  readonly pieces: ArrayLike<number>
  /** What has one label throughout, of each row: what labels are shuffled among, within each stratum. */
  readonly units: ArrayLike<number>
  readonly seed: number
}

export interface ProbeContext {
  readonly pause: Pause
  readonly onProgress: (done: number, total: number) => void
}

export interface Shuffled {
  readonly shuffles: number
  readonly mean: number
  readonly high: number
  readonly p: number
}

/** @param labels class of each row; those of rows in strata are in [0, classes) */
export async function probeClasses(
  input: ProbeInput,
  { labels, classes }: { readonly labels: ArrayLike<number>; readonly classes: number },
  context: ProbeContext,
): Promise<{ readonly predicted: Int32Array; readonly shuffled: Shuffled }> {
  const folds = await prepareFolds(input, labels, context)
  const predict = async (assigned: ArrayLike<number>): Promise<Int32Array> => {
    const predicted = new Int32Array(input.codes.rows).fill(-1)
    for (const fold of folds) {
      const decided = discriminate(fold, { labels: assigned, classes })
      for (const [at, row] of fold.testRows.entries()) predicted[row] = decided[at] ?? -1
      await context.pause()
    }
    return predicted
  }
  const score = async (assigned: ArrayLike<number>): Promise<number> =>
    balancedAccuracy(input.strata.flat(), assigned, await predict(assigned))
  const predicted = await predict(labels)
  const observed = balancedAccuracy(input.strata.flat(), labels, predicted)
  return { predicted, shuffled: await shuffledControl(input, labels, { observed, score, context }) }
}

/** @param targets number of each row */
export async function probeNumbers(
  input: ProbeInput,
  targets: ArrayLike<number>,
  context: ProbeContext,
): Promise<{ readonly predicted: Float64Array; readonly shuffled: Shuffled }> {
  const folds = await prepareFolds(input, [], context)
  const fitted = folds.map((fold) => ({ fold, ridge: new RidgeFold(fold) }))
  const predict = async (assigned: ArrayLike<number>): Promise<Float64Array> => {
    const predicted = new Float64Array(input.codes.rows).fill(NaN)
    for (const { fold, ridge } of fitted) {
      const values = ridge.predict(assigned)
      for (const [at, row] of fold.testRows.entries()) predicted[row] = values[at] ?? NaN
      await context.pause()
    }
    return predicted
  }
  const score = async (assigned: ArrayLike<number>): Promise<number> =>
    explainedVariance(input.strata.flat(), assigned, await predict(assigned))
  const predicted = await predict(targets)
  const observed = explainedVariance(input.strata.flat(), targets, predicted)
  return { predicted, shuffled: await shuffledControl(input, targets, { observed, score, context }) }
}

/** Mean over classes of the share of their rows that is named rightly. */
export function balancedAccuracy(
  rows: readonly number[],
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
): number {
  const hits = new Map<number, { right: number; all: number }>()
  for (const row of rows) {
    const label = labels[row] ?? -1
    const count = hits.get(label) ?? { right: 0, all: 0 }
    count.all += 1
    if (predicted[row] === label) count.right += 1
    hits.set(label, count)
  }
  return [...hits.values()].reduce((sum, { right, all }) => sum + right / all, 0) / hits.size
}

/** R²: 1 less the squared errors over the squared differences from the mean. */
export function explainedVariance(
  rows: readonly number[],
  targets: ArrayLike<number>,
  predicted: ArrayLike<number>,
): number {
  const mean = rows.reduce((sum, row) => sum + (targets[row] ?? 0), 0) / rows.length
  let [errors, differences] = [0, 0]
  for (const row of rows) {
    errors += ((targets[row] ?? 0) - (predicted[row] ?? 0)) ** 2
    differences += ((targets[row] ?? 0) - mean) ** 2
  }
  return 1 - errors / differences
}

/** Folds of every stratum; one whose pieces cannot be divided is left out. */
async function prepareFolds(
  { codes, controls, strata, pieces, seed }: ProbeInput,
  labels: ArrayLike<number>,
  { pause }: ProbeContext,
): Promise<readonly Fold[]> {
  const folds: Fold[] = []
  for (const rows of strata) {
    const groups = new Map<number, { label: number; rows: number[] }>()
    for (const row of rows) {
      const group = groups.get(pieces[row] ?? -1) ?? { label: labels[row] ?? 0, rows: [] }
      group.rows.push(row)
      groups.set(pieces[row] ?? -1, group)
    }
    const members = [...groups.values()]
    const count = Math.min(FOLDS, members.length)
    const dealt = dealGroups({ groupClasses: members.map(({ label }) => label), folds: count, seed })
    for (let fold = 0; fold < count; fold += 1) {
      const side = (isTest: boolean): readonly number[] =>
        members
          .filter((_, group) => (dealt[group] === fold) === isTest)
          .flatMap((member) => member.rows)
          .sort((a, b) => a - b)
      const [train, test] = [side(false), side(true)]
      if (train.length > 1) folds.push(await prepareFold({ codes, controls, train, test }, pause))
    }
  }
  return folds
}

interface Scored {
  readonly observed: number
  readonly score: (assigned: ArrayLike<number>) => Promise<number>
  readonly context: ProbeContext
}

async function shuffledControl(
  input: ProbeInput,
  labels: ArrayLike<number>,
  { observed, score, context }: Scored,
): Promise<Shuffled> {
  const random = xoroshiro128plus(~input.seed)
  const scores: number[] = []
  for (let shuffle = 0; shuffle < SHUFFLES; shuffle += 1) {
    scores.push(await score(shuffledAmongUnits(input, labels, (most) => uniformInt(random, 0, most))))
    context.onProgress(shuffle + 1, SHUFFLES)
  }
  const sorted = Float64Array.from(scores).sort()
  return {
    shuffles: SHUFFLES,
    mean: scores.reduce((sum, each) => sum + each, 0) / SHUFFLES,
    high: sorted[Math.ceil(0.95 * SHUFFLES) - 1] ?? NaN,
    p: (scores.filter((each) => each >= observed).length + 1) / (SHUFFLES + 1),
  }
}

/** Every unit gets the label that another unit of its stratum has, or keeps its own. */
function shuffledAmongUnits(
  { strata, units, codes }: ProbeInput,
  labels: ArrayLike<number>,
  draw: (most: number) => number,
): Float64Array {
  const assigned = new Float64Array(codes.rows).fill(-1)
  for (const rows of strata) {
    const names = [...new Set(rows.map((row) => units[row] ?? -1))]
    const labelOf = new Map(rows.map((row) => [units[row] ?? -1, labels[row] ?? -1]))
    const dealt = names.map((name) => labelOf.get(name) ?? -1)
    for (let last = dealt.length - 1; last > 0; last -= 1) {
      const chosen = draw(last)
      const moved = dealt[last] ?? -1
      dealt[last] = dealt[chosen] ?? -1
      dealt[chosen] = moved
    }
    const given = new Map(names.map((name, at) => [name, dealt[at] ?? -1]))
    for (const row of rows) assigned[row] = given.get(units[row] ?? -1) ?? -1
  }
  return assigned
}
