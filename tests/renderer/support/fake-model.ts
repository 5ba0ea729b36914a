/** A small trained model for tests of the window: a finished run, its layers, features, kernels and reconstructions. */
import { type Architecture, describeArchitecture, parseArchitectureSpec } from '@shared/domain/architecture'
import type { ActivationMaps, KernelWeights } from '@shared/compute-api'
import type { ChannelPage, FeatureSummary, PlacedTop, Reconstruction } from '@shared/domain/feature'
import { optimismOf } from '@shared/domain/evaluation'
import { AppError } from '@shared/errors'
import type { EpochMetrics, EpochReconstructions, RunPlan, RunSummary, StepMetrics } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { fakeChannelDetails } from './fake-exploration'

const SPEC = '2x8@3,2x16@3'
const INPUT = 32
const CROP = 448
const STEPS_PER_EPOCH = 8

export const FAKE_ARCHITECTURE: Architecture = {
  blocks: parseArchitectureSpec(SPEC),
  inputSize: INPUT,
  dropout: 0,
  head: null,
}
export const FAKE_DESCRIPTION = describeArchitecture(FAKE_ARCHITECTURE)

export function fakeRun(change: Partial<RunSummary> = {}): RunSummary {
  return {
    run: 'r1',
    name: 'Quick look',
    status: 'finished',
    preset: 'quick',
    sampleSet: 1,
    spec: SPEC,
    inputSize: INPUT,
    parameters: FAKE_DESCRIPTION.parameters,
    seed: 1,
    epochs: 20,
    epochsPlanned: 20,
    steps: 20 * STEPS_PER_EPOCH,
    trainMse: 0.0061,
    validationMse: 0.0072,
    baselines: { constant: 0.081, block8: 0.052, block4: 0.031, block2: 0.0124 },
    split: { by: 'piece', train: 480, validation: 120 },
    optimistic: null,
    backend: 'tensorflow',
    weightsSha256: 'c0ffee'.padEnd(64, '0'),
    seconds: 214,
    peakMemoryBytes: 812_000_000,
    startedAt: '2025-11-20T10:00:00.000Z',
    finishedAt: '2025-11-20T10:03:34.000Z',
    problem: null,
    remarks: ['Batch statistics are per micro-batch of 32.'],
    hasWeights: true,
    checkpoints: 3,
    checkpointBytes: 14_200_000,
    keepCheckpoints: 3,
    tags: [],
    notes: '',
    series: null,
    precision: 'float32',
    device: 'cpu, 2 threads',
    featuresReady: true,
    ...change,
  }
}

/** A run whose model came from a file: it was never trained here. */
export function fakeImportedRun(file: string, name = file): RunSummary {
  const split = { by: 'crop', train: 0, validation: 600 } as const
  const untrained = { epochs: 0, epochsPlanned: 0, steps: 0, seconds: 0, preset: null, trainMse: null }
  return fakeRun({
    ...untrained,
    run: 'imported',
    name,
    split,
    optimistic: optimismOf(split),
    validationMse: null,
    baselines: null,
    backend: null,
    peakMemoryBytes: null,
    device: null,
    checkpoints: 1,
    startedAt: '2025-11-22T10:00:00.000Z',
    featuresReady: false,
    remarks: [`Imported from ${file}.`],
  })
}

const VARIANTS: readonly Partial<RunSummary>[] = [
  {},
  { name: 'Another seed', seed: 2, validationMse: 0.0081, epochs: 16, epochsPlanned: 16 },
  {
    name: 'By crop',
    split: { by: 'crop', train: 480, validation: 120 },
    optimistic: optimismOf({ by: 'crop', train: 480 }),
    validationMse: 0.0058,
  },
  { name: 'On other samples', sampleSet: 2, validationMse: 0.011 },
]

/** Runs that differ from each other in one thing, newest first: r1, r2 … */
export function fakeVariant(place: number): RunSummary {
  const day = String(20 - place).padStart(2, '0')
  const own = { run: `r${place + 1}`, startedAt: `2025-11-${day}T10:00:00.000Z` }
  return fakeRun({ ...VARIANTS[place % VARIANTS.length], ...own })
}

export function fakePlan(run: RunSummary, samples: number): RunPlan {
  const indices = Array.from({ length: samples }, (_, index) => index)
  const imported = run.split.train === 0
  return {
    format: 1,
    run: run.run,
    name: run.name,
    preset: run.preset,
    sampleSet: { id: run.sampleSet, hash: 'ab'.repeat(32), size: CROP, samples },
    split: {
      by: run.split.by,
      fraction: 0.2,
      train: imported ? [] : indices.filter((index) => index % 5 !== 0),
      validation: imported ? indices : indices.filter((index) => index % 5 === 0),
    },
    architecture: FAKE_ARCHITECTURE,
    labels: null,
    optimizer: {
      learningRate: 2e-3,
      epochs: run.epochsPlanned,
      batchSize: 32,
      microBatch: 32,
      ...(isScheduled(run)
        ? { schedule: { kind: 'cosine', floor: 0 }, earlyStopping: { patience: 4, minimumGain: 0 } }
        : {}),
    },
    seed: run.seed,
    threads: null,
    versions: { scorescope: '0.1.0', tensorflow: '2.21.0' },
  }
}

/** Runs that are tagged so learn with a sinking rate and may stop early. */
function isScheduled(run: RunSummary): boolean {
  return run.tags.includes('cosine')
}

export function fakeMetrics(run: RunSummary): {
  readonly steps: readonly StepMetrics[]
  readonly epochs: readonly EpochMetrics[]
} {
  const steps = Array.from({ length: run.steps }, (_, index) => ({
    step: index + 1,
    epoch: Math.floor(index / STEPS_PER_EPOCH) + 1,
    trainMse: lossAfter(index + 1, 0.006) * (1 + 0.08 * Math.sin(index * 1.7)),
    headLoss: null,
    elapsedMs: (index + 1) * 1300,
  }))
  const epochs = Array.from({ length: run.epochs }, (_, index) => ({
    epoch: index + 1,
    step: (index + 1) * STEPS_PER_EPOCH,
    trainMse: lossAfter((index + 1) * STEPS_PER_EPOCH, 0.006),
    validationMse: lossAfter((index + 1) * STEPS_PER_EPOCH, 0.007),
    headAccuracy: null,
    ...(isScheduled(run)
      ? { learningRate: 0.002 * Math.cos(((index + 1) / run.epochsPlanned) * (Math.PI / 2)) }
      : {}),
    elapsedMs: (index + 1) * STEPS_PER_EPOCH * 1300,
  }))
  return { steps, epochs }
}

/** Falls like a training loss towards `floor`. */
function lossAfter(step: number, floor: number): number {
  return floor + 0.09 * Math.exp(-step / 22)
}

export function fakeEpochReconstructions(epoch: number): EpochReconstructions {
  const indices = [0, 5, 10, 15]
  const picture = (blur: number): Uint8Array =>
    Uint8Array.from({ length: indices.length * INPUT * INPUT }, (_, index) =>
      greyAt(index % INPUT, Math.floor(index / INPUT) % INPUT, {
        index: Math.floor(index / INPUT ** 2),
        blur,
      }),
    )
  return { epoch, size: INPUT, indices, originals: picture(0), reconstructions: picture(6 / epoch) }
}

/** Switching channels off makes the picture paler, as long as the fake has anything to lose. */
export function fakeReconstruction(
  index: number,
  channels: readonly { readonly channel: number; readonly scale: number }[],
): Reconstruction {
  const off = channels.filter((setting) => setting.scale === 0)
  const picture = (blur: number): Uint8Array =>
    Uint8Array.from({ length: INPUT * INPUT }, (_, pixel) =>
      greyAt(pixel % INPUT, Math.floor(pixel / INPUT), { index, blur }),
    )
  return {
    index,
    size: INPUT,
    original: picture(0),
    reconstruction: picture(0.6 + off.length),
    mse: 0.004 + 0.003 * off.length,
    without: off.map((setting) => `bottleneck/${setting.channel}`),
  }
}

/** Staff lines and a note head or two, so that a test picture has something to see. */
function greyAt(x: number, y: number, { index, blur }: { index: number; blur: number }): number {
  const line = y % 6 === 2 && y > 2 && y < 28
  const head = (x - 8 - (index % 5) * 3) ** 2 + (y - 10 - (index % 3) * 4) ** 2 < 7
  const stem = x === 10 + (index % 5) * 3 && y > 2 && y < 12
  const ink = head || stem ? 1 : line ? 0.8 : 0
  return Math.round(255 * (1 - ink / (1 + 0.4 * blur)))
}

/** @throws exploration/layer-unknown */
export function fakeLayer(name: string): (typeof FAKE_DESCRIPTION.layers)[number] {
  const layer = FAKE_DESCRIPTION.layers.find((known) => known.name === name)
  if (layer !== undefined) return layer
  const layers = FAKE_DESCRIPTION.layers.map((known) => known.name)
  throw AppError.of('exploration/layer-unknown', { layer: name, layers })
}

export function fakeFeatures(
  run: string,
  samples: readonly SampleWithPage[],
  only?: string,
): readonly FeatureSummary[] {
  return FAKE_DESCRIPTION.layers
    .filter((layer) => only === undefined || layer.name === only)
    .flatMap((layer) =>
      Array.from({ length: layer.channels }, (_, channel): FeatureSummary => {
        const page = placedTop(layer.name, channel, samples)
        return {
          address: `${run}/${layer.name}/${channel}`,
          layer: layer.name,
          channel,
          bottleneck: layer.kind === 'bottleneck',
          density: ((channel * 7) % 10) / 12,
          mean: 0.1 + (channel % 5) / 20,
          maximum: 1 + (channel % 4),
          dead: false,
          lossWhenAbsent: null,
          top: page.map(({ index, x, y, size, activation }) => ({ index, x, y, size, activation })),
        }
      }),
    )
}

export function fakeChannel(
  run: string,
  name: string,
  at: {
    readonly channel: number
    readonly samples: readonly SampleWithPage[]
  },
): ChannelPage {
  const layer = fakeLayer(name)
  if (at.channel >= layer.channels)
    throw AppError.of('exploration/channel-unknown', {
      layer: name,
      channel: at.channel,
      channels: layer.channels,
    })
  const top = placedTop(name, at.channel, at.samples)
  return {
    address: `${run}/${name}/${at.channel}`,
    run,
    layer: name,
    channel: at.channel,
    bottleneck: layer.kind === 'bottleneck',
    density: ((at.channel * 7) % 10) / 12,
    mean: 0.1 + (at.channel % 5) / 20,
    maximum: 1 + (at.channel % 4),
    layerHeight: layer.height,
    layerWidth: layer.width,
    channels: layer.channels,
    kernel: layer.kernel,
    inputChannels: layer.inputChannels,
    receptiveField: layer.receptiveField,
    reduction: CROP / INPUT,
    dead: false,
    lossWhenAbsent: null,
    top,
    ...fakeChannelDetails(at.channel, top),
  }
}

function placedTop(name: string, channel: number, samples: readonly SampleWithPage[]): readonly PlacedTop[] {
  const size = fakeLayer(name).receptiveField.size * (CROP / INPUT)
  return samples
    .filter((sample) => sample.index % 11 === channel % 11)
    .slice(0, 9)
    .map((sample, rank) => {
      const x = (rank * 61 + channel * 17) % (CROP - 60)
      const y = (rank * 43 + channel * 29) % (CROP - 60)
      return {
        index: sample.index,
        x,
        y,
        size,
        activation: 3 - rank * 0.2,
        page: sample.page,
        file: sample.file,
        style: sample.style,
        composer: sample.composer,
        piece: sample.piece,
        pageNumber: sample.pageNumber,
        pageX: sample.x + x,
        pageY: sample.y + y,
      }
    })
}

export function fakeKernels(name: string): KernelWeights {
  const { kernel, inputChannels, channels } = fakeLayer(name)
  const weights = Float32Array.from(
    { length: kernel * kernel * inputChannels * channels },
    (_, index) => Math.sin(index * 0.9) * 0.4,
  )
  return { kernel, inputChannels, filters: channels, weights }
}

export function fakeActivations(name: string, index: number): ActivationMaps {
  const { height, width, channels } = fakeLayer(name)
  const maps = Float32Array.from({ length: height * width * channels }, (_, at) => {
    const channel = at % channels
    const column = Math.floor(at / channels) % width
    const row = Math.floor(at / channels / width)
    return Math.max(0, Math.sin((row + channel) * 0.6 + index) * Math.cos(column * 0.5 * (1 + (channel % 3))))
  })
  return { height, width, channels, maps }
}
