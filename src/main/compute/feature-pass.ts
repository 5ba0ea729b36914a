/**
 * Every channel over many samples, in one pass: how strongly and how often it fires, where, on which samples, and what
 * it goes together with. What was measured is kept in parts, so that a pass that was ended goes on where it was.
 */
import type { ChannelStatistics } from '@shared/compute-api'
import type { Layer } from '@shared/domain/architecture'
import { throwIfCancelled } from '@shared/errors'
import { setImmediate } from 'node:timers/promises'
import {
  FEATURE_VERSION,
  type FeatureIdentity,
  readFeaturePart,
  removeFeatureParts,
  writeFeaturePart,
  writeFeatureTables,
} from '../storage/feature-tables'
import { channelStatistics, type StatisticsOptions } from './feature-statistics'
import { type PassShape, PassTally, shapeOfPass } from './feature-tally'
import { gridCells } from '@shared/domain/code-grid'
import type { SampleSource } from './samples'
import type { TrainedModel } from './trained-model'

/** Samples per native call: as many pixels as eight crops of 448 × 448, at most 64 samples. */
const PIXELS_PER_CALL = 8 * 448 * 448
const SAMPLES_PER_CALL = 64
/** At most so many parts are kept on the way. */
const PARTS = 64

export interface FeaturePassOptions extends StatisticsOptions {
  readonly model: TrainedModel
  readonly samples: SampleSource
  readonly layers: readonly Layer[]
  readonly runFolder: string
  readonly weightsSha256: string
  /** Hash of the sample set. */
  readonly sampleSet: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** How many samples go through the network together, for an input of some size. */
export function samplesPerCall(inputSize: number): number {
  return Math.max(1, Math.min(SAMPLES_PER_CALL, Math.floor(PIXELS_PER_CALL / inputSize ** 2)))
}

/** @throws Cancelled */
export async function runFeaturePass(options: FeaturePassOptions): Promise<{
  readonly channels: readonly ChannelStatistics[]
  /** Samples whose numbers were there from an earlier pass that was ended. */
  readonly resumed: number
}> {
  const { layers, indices, runFolder, signal } = options
  const shape = shapeOfPass(layers, codeNumbersOf(layers))
  const identity = identityOf(shape, options)
  const whole = new PassTally(shape, indices.length)
  const resumed = await measure(options, whole, identity)
  const channels: ChannelStatistics[] = []
  for (const statistics of channelStatistics(whole, options)) {
    channels.push(statistics)
    await setImmediate()
    throwIfCancelled(signal)
  }
  writeFeatureTables(runFolder, identity, whole.tables)
  removeFeatureParts(runFolder)
  return { channels, resumed }
}

/** Fills the tables part by part. Returns how many samples were taken from parts that were there. */
async function measure(
  options: FeaturePassOptions,
  whole: PassTally,
  identity: FeatureIdentity,
): Promise<number> {
  const { layers, indices, runFolder, onProgress } = options
  const each = samplesPerCall(layers.at(-1)?.height ?? 1)
  const partSize = each * Math.max(1, Math.ceil(indices.length / PARTS / each))
  let resumed = 0
  for (let from = 0; from < indices.length; from += partSize) {
    const some = indices.slice(from, from + partSize)
    const kept = readFeaturePart(runFolder, identity, from)
    if (kept !== null && whole.merge(kept, some.length)) {
      resumed += some.length
      onProgress(from + some.length, indices.length)
      continue
    }
    const part = new PassTally(whole.shape, some.length)
    await measurePart(options, part, { from, some, each })
    const blocks = part.blocks()
    // One part is the whole: nothing to go on from.
    if (partSize < indices.length) writeFeaturePart(runFolder, { identity, from, blocks })
    whole.merge(blocks, some.length)
  }
  return resumed
}

async function measurePart(
  { model, samples, indices, signal, onProgress }: FeaturePassOptions,
  part: PassTally,
  of: { readonly from: number; readonly some: readonly number[]; readonly each: number },
): Promise<void> {
  for (let at = 0; at < of.some.length; at += of.each) {
    await setImmediate()
    throwIfCancelled(signal)
    const together = of.some.slice(at, at + of.each)
    part.add(model.summarize(samples.pixels(together)), together.length)
    onProgress(of.from + at + together.length, indices.length)
  }
}

function codeNumbersOf(layers: readonly Layer[]): number {
  const bottleneck = layers.find(({ kind }) => kind === 'bottleneck')
  if (bottleneck === undefined) throw new Error('A model without a bottleneck.')
  return gridCells(bottleneck.height).length ** 2 * bottleneck.channels
}

function identityOf(
  { channels, codeNumbers }: PassShape,
  { weightsSha256, sampleSet }: FeaturePassOptions,
): FeatureIdentity {
  return { version: FEATURE_VERSION, weightsSha256, sampleSet, channels, codeNumbers }
}
