/** A run's network over many samples, to be scored: with its trained weights, or with those that training starts from. */
import type {
  ModelReference,
  ReconstructedSamples,
  ReconstructManyRequest,
  SamplePatterns,
  SeveralSamplesRequest,
} from '@shared/compute-api'
import { setImmediate } from 'node:timers/promises'
import { type Architecture, describeArchitecture } from '@shared/domain/architecture'
import type { RunPlan } from '@shared/domain/run'
import { AppError, throwIfCancelled } from '@shared/errors'
import { CheckpointFolder } from './checkpoint'
import { samplesPerCall } from './feature-pass'
import { hashValues, initialValues, modelParameters, type ParameterValues, valueOf } from './parameters'
import { PatternTable } from './pattern-table'
import { openSamples, type SampleSource } from './samples'
import type { TrainedModel } from './trained-model'

interface LoadedNetwork {
  readonly key: string
  readonly values: ParameterValues
  readonly weightsSha256: string
  readonly model: TrainedModel
  readonly samples: SampleSource
}

/** One request at a time: whoever scores waits for each answer. The network asked for last stays loaded. */
export class Scorer {
  private loaded: LoadedNetwork | null = null

  constructor(
    private readonly loadModel: (
      architecture: Architecture,
      values: ParameterValues,
    ) => Promise<TrainedModel>,
  ) {}

  /** @throws training/no-checkpoint, sampling/index-unknown */
  async reconstructMany(request: ReconstructManyRequest): Promise<ReconstructedSamples> {
    const { model, samples, weightsSha256 } = await this.load(request, request.untrained)
    const reconstructions = model.layer('output', samples.pixels(request.indices))
    return { size: request.plan.architecture.inputSize, reconstructions, weightsSha256 }
  }

  /** @throws training/no-checkpoint, sampling/index-unknown, Cancelled */
  async patterns(request: ReconstructManyRequest, signal: AbortSignal): Promise<SamplePatterns> {
    const { model, samples, weightsSha256 } = await this.load(request, request.untrained)
    const { architecture } = request.plan
    const { layers } = describeArchitecture(architecture)
    const table = new PatternTable(layers, request.indices.length)
    const each = samplesPerCall(architecture.inputSize)
    for (let from = 0; from < request.indices.length; from += each) {
      await setImmediate()
      throwIfCancelled(signal)
      const some = request.indices.slice(from, from + each)
      table.add(model.summarize(samples.pixels(some)).layers, { from, count: some.length })
    }
    const { channels, means, maxima } = table
    return { channels, means, maxima, weightsSha256 }
  }

  /** @throws training/no-checkpoint, evaluation/no-head, sampling/index-unknown */
  async classify(request: SeveralSamplesRequest): Promise<Int32Array> {
    const { plan, indices } = request
    const { head } = plan.architecture
    if (head === null) throw AppError.of('evaluation/no-head', { run: plan.run })
    const { model, samples, values } = await this.load(request, false)
    const bottleneck = model.layer('bottleneck', samples.pixels(indices))
    return classesOf(bottleneck, {
      samples: indices.length,
      kernel: valueOf(values, 'head/kernel'),
      bias: valueOf(values, 'head/bias'),
    })
  }

  private async load(reference: ModelReference, untrained: boolean): Promise<LoadedNetwork> {
    const { plan, runFolder, sampleFile } = reference
    const key = [runFolder, untrained, new CheckpointFolder(runFolder).newestName(), sampleFile].join('\n')
    if (this.loaded?.key === key) return this.loaded
    const values = valuesOf(plan, runFolder, untrained)
    this.loaded?.model.close()
    this.loaded?.samples.close()
    this.loaded = null
    const model = await this.loadModel(plan.architecture, values)
    const weightsSha256 = hashValues(modelParameters(plan.architecture), values)
    this.loaded = { key, values, weightsSha256, model, samples: openSamples(sampleFile, plan) }
    return this.loaded
  }
}

function valuesOf(plan: RunPlan, runFolder: string, untrained: boolean): ParameterValues {
  const parameters = modelParameters(plan.architecture)
  if (untrained) return initialValues(parameters, plan.seed)
  const { checkpoint } = new CheckpointFolder(runFolder).newest(parameters)
  if (checkpoint === null) throw AppError.of('training/no-checkpoint', { run: plan.run })
  return checkpoint.values
}

/**
 * The head by hand: the bottleneck averaged over its positions, times the kernel, plus the bias.
 * @param bottleneck [samples, height, width, channels]
 * @param head kernel [channels, classes], bias [classes]
 */
function classesOf(
  bottleneck: Float32Array,
  head: { readonly samples: number; readonly kernel: Float32Array; readonly bias: Float32Array },
): Int32Array {
  const { samples, kernel, bias } = head
  const classes = bias.length
  const channels = kernel.length / classes
  const each = bottleneck.length / samples
  return Int32Array.from({ length: samples }, (_, sample) => {
    const means = new Float64Array(channels)
    for (let at = 0; at < each; at += 1) {
      const channel = at % channels
      means[channel] = (means[channel] ?? 0) + (bottleneck[sample * each + at] ?? 0)
    }
    const logits = Array.from(bias, (offset, label) =>
      means.reduce(
        (sum, mean, channel) => sum + (mean * channels * (kernel[channel * classes + label] ?? 0)) / each,
        offset,
      ),
    )
    return logits.indexOf(Math.max(...logits))
  })
}
