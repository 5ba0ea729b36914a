/** How many channels of each run recur in each other, beside networks that were never trained. */
import type { Estimate } from '@shared/domain/evaluation'
import type { PairRecurrence } from '@shared/domain/findings'
import { LEVEL, quantile } from '../../numerics/bootstrap'
import type { Pause } from '../../numerics/correlation'
import { drawWithin } from '../../numerics/labelings'
import {
  type BestPartners,
  bestPartners,
  bestSimilarities,
  ResampledShare,
  shareAbove,
} from './best-partners'
import type { ComparedRun } from './compared-run'

export const RESAMPLES = 500
/** At the threshold that is chosen, this share of the channels of untrained networks finds a partner. */
export const UNTRAINED_SHARE = 0.05

/** One run beside another, or beside itself where it is the only one. */
export interface ComparedPair {
  readonly one: ComparedRun
  readonly other: ComparedRun
  readonly trained: BestPartners
  /** Both before training. */
  readonly untrained: BestPartners
  /** The trained channels of one, in the other before training. */
  readonly across: BestPartners
}

export async function comparePairs(
  runs: readonly ComparedRun[],
  pause: Pause,
  onCompared: () => void,
): Promise<readonly ComparedPair[]> {
  const pairs: ComparedPair[] = []
  for (const one of runs)
    for (const other of runs) {
      const self = one === other
      if (self && runs.length > 1) continue
      pairs.push({
        one,
        other,
        trained: await bestPartners(one.trained, other.trained, { self, pause }),
        untrained: await bestPartners(one.untrained, other.untrained, { self, pause }),
        across: await bestPartners(one.trained, other.untrained, { self: false, pause }),
      })
      onCompared()
    }
  return pairs
}

/** The similarity above which 5 % of the channels of untrained networks find a partner. */
export function thresholdFromControl(pairs: readonly ComparedPair[]): number {
  const best = pairs.flatMap(({ untrained }) => [...bestSimilarities(untrained)])
  return quantile(Float64Array.from(best).sort(), 1 - UNTRAINED_SHARE)
}

export interface ShareOptions {
  readonly threshold: number
  readonly seed: number
  readonly pieceOf: Int32Array
  readonly pieces: number
  readonly pause: Pause
}

export interface RecurrenceShares {
  readonly pairs: readonly PairRecurrence[]
  readonly overall: Omit<PairRecurrence, 'run' | 'other'>
}

/** Every share with its interval over pieces, all on the same draws. */
export async function recurrenceShares(
  pairs: readonly ComparedPair[],
  options: ShareOptions,
): Promise<RecurrenceShares> {
  const { threshold, seed, pieces, pause } = options
  const groupOf = Array<string>(pieces).fill('')
  const counts = drawWithin(groupOf, { count: RESAMPLES, seed, purpose: 'pieces of recurrence' })
  const drawn = Array.from({ length: RESAMPLES }, (_, at) => counts.subarray(at * pieces, (at + 1) * pieces))
  const measured: MeasuredPair[] = []
  for (const pair of pairs) {
    const shares: Record<Kind, MeasuredShare> = { trained: NOTHING, untrained: NOTHING, across: NOTHING }
    for (const kind of KINDS) {
      const resampled = new ResampledShare(pair[kind], options)
      const draws = new Float64Array(RESAMPLES)
      for (const [at, each] of drawn.entries()) {
        if (at % 50 === 0) await pause()
        draws[at] = resampled.under(each, threshold)
      }
      shares[kind] = { value: shareAbove(bestSimilarities(pair[kind]), threshold), draws }
    }
    measured.push({ channels: pair.trained.rows, shares })
  }
  return {
    pairs: pairs.map(({ one, other }, at) => {
      const { run } = one.plan
      return { run, other: other.plan.run, ...described(measured.slice(at, at + 1)) }
    }),
    overall: described(measured),
  }
}

const KINDS = ['trained', 'untrained', 'across'] as const
type Kind = (typeof KINDS)[number]

interface MeasuredShare {
  readonly value: number
  readonly draws: Float64Array
}

const NOTHING: MeasuredShare = { value: 0, draws: new Float64Array() }

interface MeasuredPair {
  readonly channels: number
  readonly shares: Readonly<Record<Kind, MeasuredShare>>
}

/** Over all channels of these pairs. */
function described(pairs: readonly MeasuredPair[]): Omit<PairRecurrence, 'run' | 'other'> {
  const channels = pairs.reduce((sum, pair) => sum + pair.channels, 0)
  const over = (pick: (share: MeasuredShare) => number, kind: Kind): number =>
    pairs.reduce((sum, pair) => sum + pair.channels * pick(pair.shares[kind]), 0) / channels
  const share = (kind: Kind): MeasuredShare => ({
    value: over(({ value }) => value, kind),
    draws: Float64Array.from({ length: RESAMPLES }, (_, at) => over(({ draws }) => draws[at] ?? 0, kind)),
  })
  const [trained, untrained, across] = [share('trained'), share('untrained'), share('across')]
  const beyond: MeasuredShare = {
    value: trained.value - untrained.value,
    draws: trained.draws.map((each, at) => each - (untrained.draws[at] ?? 0)),
  }
  return {
    channels,
    recurring: Math.round(trained.value * channels),
    share: estimate(trained),
    untrained: estimate(untrained),
    foundUntrained: estimate(across),
    beyondUntrained: estimate(beyond),
  }
}

function estimate({ value, draws }: MeasuredShare): Estimate {
  const sorted = draws.slice().sort()
  return { value, low: quantile(sorted, (1 - LEVEL) / 2), high: quantile(sorted, (1 + LEVEL) / 2) }
}
