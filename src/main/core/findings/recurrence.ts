/** Recurrence: channels of several runs compared, clustered, and set beside networks that were never trained. */
import type { Recurrence } from '@shared/domain/findings'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { LEVEL } from '../../numerics/bootstrap'
import type { Pause } from '../../numerics/correlation'
import { compareReady, type MeasuredRun, type PatternChoices, piecesOfRows } from './compared-run'
import { clusterChannels, stabilityOf } from './feature-clusters'
import { KernelShelf, type ReadKernels, withKernels } from './kernel-likeness'
import {
  comparePairs,
  recurrenceShares,
  RESAMPLES,
  thresholdFromControl,
  UNTRAINED_SHARE,
} from './recurring-pairs'

export interface RecurrenceChoices extends PatternChoices {
  /** Null: chosen against the control. */
  readonly threshold: number | null
  readonly seed: number
}

export interface RecurrenceOptions {
  readonly choices: RecurrenceChoices
  readonly readKernels: ReadKernels
  readonly pause: Pause
  /** Steps done, of how many. */
  readonly onProgress: (done: number, total: number) => void
}

export type RecurrenceResult = Omit<Recurrence, 'recurrence' | 'seconds' | 'finishedAt'>

/** @throws AppError findings/nothing-differs */
export async function findRecurrence(
  measured: readonly [MeasuredRun, ...MeasuredRun[]],
  samples: readonly SampleWithPage[],
  { choices, readKernels, pause, onProgress }: RecurrenceOptions,
): Promise<RecurrenceResult> {
  const runs = measured.map((run) => compareReady(run, samples, choices))
  const [{ tables }] = measured
  const unit = piecesOfRows(tables, samples)
  const comparisons = Math.max(1, runs.length * (runs.length - 1))
  const total = 2 * comparisons + 2
  let done = 0
  const step = (steps = 1): void => {
    onProgress((done += steps), total)
  }
  const pairs = await comparePairs(runs, pause, step)
  const threshold = choices.threshold ?? thresholdFromControl(pairs)
  const shares = await recurrenceShares(pairs, { ...unit, threshold, seed: choices.seed, pause })
  step(comparisons)
  const clustering = await clusterChannels(runs, { threshold, samples: tables.samples, pause })
  step()
  const plans = runs.map(({ plan }) => plan)
  const shelf = await KernelShelf.read(plans, readKernels, choices.layer)
  const duplicateKernels = await shelf.duplicates(pause)
  step()
  const { clusterOf } = clustering
  const alone = runs.length === 1
  return {
    runs: plans.map(({ run, name, seed }) => ({ run, name, seed })),
    layer: choices.layer,
    pattern: choices.pattern,
    correlation: choices.correlation,
    adjusted:
      'whiteness of the sample (partial correlation), since every channel follows how much ink there is',
    samples: tables.samples.length,
    pieces: unit.pieces,
    threshold,
    thresholdFrom:
      choices.threshold === null
        ? `chosen so that ${100 * UNTRAINED_SHARE} % of the channels of untrained networks find a partner`
        : 'as given',
    pairs: alone ? [] : shares.pairs,
    overall: alone ? null : shares.overall,
    interval: { name: 'bootstrap over pieces, percentile', level: LEVEL, resamples: RESAMPLES },
    clusters: clustering.clusters.map((cluster) => ({
      ...cluster,
      members: withKernels(
        cluster.members.map(({ place: _, ...member }) => member),
        shelf,
      ),
    })),
    stability: stabilityOf(runs, pairs, { threshold, clusterOf }),
    duplicateKernels,
    silent: runs.flatMap(({ silent }) => silent),
    sentence: sentenceOf(alone ? null : shares.overall, clustering.clusters.length),
    remarks: remarksOf(alone, plans, choices),
    seed: choices.seed,
  }
}

function countOfClusters(clusters: number): string {
  return clusters === 1 ? '1 cluster' : `${clusters} clusters`
}

function sentenceOf(overall: Recurrence['overall'], clusters: number): string {
  if (overall === null)
    return `${countOfClusters(clusters)} of channels that answer alike; with a second run, recurrence can be measured.`
  const percent = (share: number | null): string => `${(100 * (share ?? 0)).toFixed(0)} %`
  const { share, untrained, beyondUntrained } = overall
  const bounds = `${percent(share.low)} to ${percent(share.high)}`
  const found = `${percent(share.value)} of the channels (${bounds}) recur in another run; of untrained networks ${percent(untrained.value)}.`
  const sure = (beyondUntrained.low ?? 0) > 0
  return `${found} ${sure ? 'Training makes channels recur.' : 'That is not surely more than without training.'}`
}

function remarksOf(
  alone: boolean,
  plans: readonly { readonly seed: number; readonly architecture: unknown }[],
  { threshold }: RecurrenceChoices,
): readonly string[] {
  const remarks: string[] = []
  const seeds = new Set(plans.map(({ seed }) => seed)).size
  if (!alone && seeds < plans.length)
    remarks.push('Some runs began from the same seed, so their channels may be alike from the start.')
  if (threshold === null && !alone)
    remarks.push(
      'The share of untrained networks is what the threshold was chosen by: the figure to look at is how far the trained runs lie beyond it.',
    )
  return remarks
}
