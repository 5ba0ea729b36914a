/** Feature tables with planted answers: what a channel answers to is known, so that statistics can be held to it. */
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import type { FeatureTables } from '../../src/main/core/ports'

export const CORPUS = { styles: 3, composersEach: 3, piecesEach: 4, samplesEach: 5 } as const

/** In the order of the samples: styles, then composers, then pieces. */
export const plantedSamples: readonly SampleWithPage[] = makeSamples()

export const LAYERS = [
  ['encoder-1-1', 4],
  ['encoder-2-1', 6],
  ['bottleneck', 6],
  ['decoder-2-1', 6],
  ['decoder-1-1', 4],
  ['output', 1],
] as const

/** The model whose layers these are. */
export function plantedPlan(run: string, seed: number, sampleSet = 1): RunPlan {
  const samples = plantedSamples.length
  return {
    format: 1,
    run,
    name: `Run ${run}`,
    preset: null,
    sampleSet: { id: sampleSet, hash: String(sampleSet).repeat(64), size: 64, samples },
    split: { by: 'piece', fraction: 0.2, train: [0], validation: [1] },
    architecture: {
      blocks: [
        { convolutions: 1, filters: 4, kernel: 3 },
        { convolutions: 1, filters: 6, kernel: 3 },
      ],
      inputSize: 16,
      dropout: 0,
      head: null,
    },
    labels: null,
    optimizer: { learningRate: 0.001, epochs: 1, batchSize: 1, microBatch: 1 },
    seed,
    threads: 1,
    versions: {},
  }
}

/** What channel `column` answers to a sample, before noise. */
export type Answer = (sample: SampleWithPage, column: number) => number

/** @param noise how much of each channel is noise of the seed, beside an answer of size about 1 */
export function plantedTables(
  answer: Answer,
  { seed, noise }: { readonly seed: number; readonly noise: number },
): FeatureTables {
  const channels = LAYERS.reduce((sum, [, count]) => sum + count, 0)
  const random = normal(seed)
  const means = new Float32Array(plantedSamples.length * channels)
  for (const [row, sample] of plantedSamples.entries())
    for (let column = 0; column < channels; column += 1)
      means[row * channels + column] = answer(sample, column) + noise * random()
  let from = 0
  const layers = LAYERS.map(([name, count]) => {
    const layer = { name, channels: count, from }
    from += count
    return layer
  })
  return {
    samples: Int32Array.from(plantedSamples, ({ index }) => index),
    layers,
    channels,
    means,
    maxima: means.map((value) => value + 3),
    codes: new Float32Array(),
    codeNumbers: 0,
    grid: 1,
  }
}

/** A number of each piece that has nothing to do with style or composer. */
export function ofPiece(seed: number): (sample: SampleWithPage) => number {
  const random = normal(seed)
  const drawn = new Map<string, number>()
  return ({ style, composer, piece }) => {
    const key = [style, composer, piece].join('/')
    const known = drawn.get(key) ?? random()
    drawn.set(key, known)
    return known
  }
}

/** Sums of four bytes of Lehmer's generator: nearly normal, variance 1. */
export function normal(seed: number): () => number {
  let state = 1 + seed * 7919
  const byte = (): number => {
    state = (state * 48271) % 2147483647
    return state >>> 23
  }
  for (let warm = 0; warm < 8; warm += 1) byte()
  return () => (byte() + byte() + byte() + byte() - 510) / 147.8
}

/** As much of a run's summary as statistics look at. */
export function plantedSummary(run: string, weightsSha256: string): RunSummary {
  return { run, weightsSha256 } as RunSummary
}

function makeSamples(): readonly SampleWithPage[] {
  const { styles, composersEach, piecesEach, samplesEach } = CORPUS
  const random = normal(77)
  const pieces = styles * composersEach * piecesEach
  return Array.from({ length: pieces * samplesEach }, (_, index) => {
    const piece = Math.floor(index / samplesEach)
    const composer = Math.floor(piece / piecesEach)
    const style = Math.floor(composer / composersEach)
    return {
      index,
      page: piece + 1,
      x: 0,
      y: 0,
      size: 64,
      draw: 1,
      whiteness: 0.7 + 0.05 * random(),
      file: `${piece}.png`,
      style: `Style ${style}`,
      composer: `Composer ${composer}`,
      piece: `Piece ${piece % piecesEach}`,
      pageNumber: 1,
    }
  })
}
