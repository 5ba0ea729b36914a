/**
 * What the compute process promises to the engine: the only door to TensorFlow.
 * Samples are read from the sample store by index; reduction from crop size to input size by area averaging happens there.
 */
import type { BackendKind, EpochMetrics, RunLive, RunPlan, StepMetrics, TrainingOutcome } from './domain/run'
import type { MethodTable, Remote } from './remote'

export interface ComputeDevice {
  readonly name: string
  readonly type: string
  readonly memoryBytes: number | null
}

/** Whether TensorFlow computes on a GPU here, and if not, why. */
export interface GpuReport {
  readonly used: boolean
  /** There is an NVIDIA driver, so that one could be expected. */
  readonly present: boolean
  /** One sentence. */
  readonly reason: string
}

/** The backend that was loaded, or why the native one could not be. */
export interface BackendReport {
  readonly backend: BackendKind
  readonly tensorflow: string | null
  /** The first is the one that computes. */
  readonly devices: readonly ComputeDevice[]
  /** The one that computes, in words: "cpu, 2 threads" or "gpu:0 NVIDIA A100". */
  readonly device: string
  readonly gpu: GpuReport
  /** Where the native library came from (a folder and a source such as "wheel tensorflow-cpu 2.21.0"), or why there is none. */
  readonly origin: string
  /** Versions that belong in a run's record. */
  readonly versions: Readonly<Record<string, string>>
}

export interface TrainRequest {
  readonly plan: RunPlan
  /** Absolute path of samples/<id>.u8. */
  readonly sampleFile: string
  /** Absolute path of runs/<id>/: metrics.jsonl, checkpoints/ and reconstructions/ are written there. */
  readonly runFolder: string
  /** Go on from the newest good checkpoint instead of from the seed. */
  readonly resume: boolean
  /** The newest so many checkpoints stay on disk, and the best epoch's. */
  readonly keep: number
}

/** How training goes on just now. */
export interface ComputeLive {
  readonly phase: RunLive['phase']
  /** Of the coming step. */
  readonly learningRate: number
  /** Resident now, and at most so far. */
  readonly memoryBytes: number
  readonly peakMemoryBytes: number
  /** Such as "cpu, 2 threads" or "gpu:0 NVIDIA A100". */
  readonly device: string
  /** Median of the last 20 steps; null before the first. */
  readonly secondsPerStep: number | null
  /** As it is now: smaller than planned where memory ran out. */
  readonly microBatch: number
}

export interface MeasureRequest {
  readonly plan: RunPlan
  readonly sampleFile: string
  /** Steps to time after one to warm up. */
  readonly steps: number
}

/** A few measured training steps. */
export interface StepMeasurement {
  readonly secondsPerStep: number
  /** The step to warm up, which takes longer. */
  readonly firstStepSeconds: number
  readonly peakMemoryBytes: number
  readonly backend: BackendKind
}

/** A trained model by its run folder; stays loaded until another is asked for (the warm process). */
export interface ModelReference {
  readonly plan: RunPlan
  readonly runFolder: string
  readonly sampleFile: string
}

/** A run's weights, whichever samples they were trained on. */
export type WeightsReference = Pick<ModelReference, 'plan' | 'runFolder'>

/** Every parameter of a model by its documented name, in their fixed order. */
export interface RunWeights {
  readonly weights: readonly { readonly name: string; readonly values: Float32Array }[]
  readonly weightsSha256: string
}

export interface AdoptRequest extends WeightsReference {
  /** One per parameter of the plan's model, of its size. */
  readonly weights: RunWeights['weights']
}

/** A channel of some layer scaled before what follows is computed: 0 switches it off, 1 leaves it. */
export interface ChannelScale {
  readonly layer: string
  readonly channel: number
  readonly scale: number
}

export interface ReconstructRequest extends ModelReference {
  readonly index: number
  /** Of a channel that is named twice, the last counts. */
  readonly channels: readonly ChannelScale[]
}

/** Grey bytes, size × size each. */
export interface ReconstructedSample {
  readonly size: number
  readonly original: Uint8Array
  readonly reconstruction: Uint8Array
  /** Mean squared error of pixels in [0,1], from the unrounded output. */
  readonly mse: number
}

export interface SeveralSamplesRequest extends ModelReference {
  readonly indices: readonly number[]
}

export interface ReconstructManyRequest extends SeveralSamplesRequest {
  /** By the same network with the values that training starts from, for comparison. */
  readonly untrained: boolean
}

export interface ReconstructedSamples {
  readonly size: number
  /** In [0,1], not rounded: [indices.length, size, size]. */
  readonly reconstructions: Float32Array
  /** Fingerprint of the weights that made them. */
  readonly weightsSha256: string
}

/** Every channel's mean and strongest activation on some samples: [indices.length, channels], layers side by side in their order. */
export interface SamplePatterns {
  readonly channels: number
  readonly means: Float32Array
  readonly maxima: Float32Array
  readonly weightsSha256: string
}

export interface ActivationRequest extends ModelReference {
  readonly layer: string
  readonly index: number
}

/** Activation maps of one layer on one sample: maps[(row · width + column) · channels + channel]. */
export interface ActivationMaps {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly maps: Float32Array
}

/** One layer's kernels [kernel, kernel, inputChannels, filters], row-major, as TensorFlow keeps them. */
export interface KernelWeights {
  readonly kernel: number
  readonly inputChannels: number
  readonly filters: number
  readonly weights: Float32Array
}

export interface FeaturePassRequest extends ModelReference {
  readonly indices: readonly number[]
  /** How many top samples to keep per channel. */
  readonly top: number
  /** Samples over the activation range: into how many equal shares, and how many picks from each. */
  readonly bands: number
  readonly picks: number
}

/** A channel's strongest unit on one sample; row and column on the layer's map. */
export interface SampledUnit {
  readonly index: number
  readonly row: number
  readonly column: number
  readonly activation: number
}

export interface RelatedChannel {
  readonly layer: string
  readonly channel: number
  /** Pearson's correlation. */
  readonly correlation: number
}

/** Strongest first, at most 8 each. */
export interface RelatedChannels {
  readonly positive: readonly RelatedChannel[]
  readonly negative: readonly RelatedChannel[]
}

/** One channel over the whole sample set. */
export interface ChannelStatistics {
  readonly layer: string
  readonly channel: number
  /** Mean activation over all positions of all samples. */
  readonly mean: number
  /** Share of positions with activation above 0. */
  readonly density: number
  readonly maximum: number
  /** Best samples first. One entry per sample. */
  readonly top: readonly SampledUnit[]
  /** Activations at evenly spread positions of every map: how many in each bin (domain/histogram.ts), how many not above 0. */
  readonly histogram: { readonly counts: readonly number[]; readonly silent: number }
  /** Samples by their strongest activation in equal shares, weakest first; picks drawn from each, strongest first. */
  readonly bands: readonly {
    readonly low: number
    readonly high: number
    readonly samples: number
    readonly picks: readonly SampledUnit[]
  }[]
  /** By means per sample, among the channels of all layers. */
  readonly related: RelatedChannels
  /** Position by position, among the channels of its layer. */
  readonly relatedWithin: RelatedChannels
}

export interface FeaturePass {
  readonly channels: readonly ChannelStatistics[]
  readonly seconds: number
  /** Samples whose numbers an earlier pass, that was ended, had measured. */
  readonly resumed: number
  readonly weightsSha256: string
}

export interface AblateRequest extends SeveralSamplesRequest {
  readonly layer: string
  readonly channels: readonly number[]
}

/** Mean squared errors of pixels in [0,1], per sample. */
export interface AblatedErrors {
  /** With everything as it is [indices.length]. */
  readonly intact: Float32Array
  /** Without each channel in turn [channels.length, indices.length]. */
  readonly without: Float32Array
  readonly weightsSha256: string
}

/** A whole page, reduced as crops are, as grey bytes [height, width]. */
export interface PageMapRequest extends ModelReference {
  readonly layer: string
  readonly channel: number
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** One channel's activations on a page [height, width]: every unit whose stride begins on the page. */
export interface PageMap {
  readonly width: number
  readonly height: number
  readonly map: Float32Array
}

/** Every channel of all layers, side by side in their order, on some pictures: [pictures, channels]. */
export interface PictureResponses {
  readonly channels: number
  /** Mean activation over the map. */
  readonly means: Float32Array
  /** Strongest activation on the map. */
  readonly maxima: Float32Array
}

/** Samples whose bottlenecks are added up, each with its weight. */
export type CodeMix = readonly { readonly index: number; readonly weight: number }[]

export interface DecodeMixRequest extends ModelReference {
  readonly mixes: readonly CodeMix[]
}

/** One picture per mix: size × size grey bytes. */
export interface DecodedMixes {
  readonly size: number
  readonly pictures: readonly Uint8Array[]
}

export interface Standing {
  /** The steps that the newest good checkpoint has done, 0 without one. */
  readonly step: number
  /** On newer checkpoints that are damaged, in sentences. */
  readonly remarks: readonly string[]
}

export interface ComputeApi {
  device: {
    describe(): BackendReport
  }
  training: {
    /** Runs until finished, stopped or cancelled (by the request's signal). Events: compute/step, compute/epoch, compute/checkpoint, compute/live. */
    train(request: TrainRequest): TrainingOutcome
    pause(): { paused: boolean }
    resume(): { paused: boolean }
    /** Ends after the current step, keeping the weights. */
    stop(): { stopping: boolean }
    /** Where training would go on. */
    standing(request: WeightsReference): Standing
    measure(request: MeasureRequest): StepMeasurement
  }
  model: {
    reconstruct(request: ReconstructRequest): ReconstructedSample
    reconstructMany(request: ReconstructManyRequest): ReconstructedSamples
    /** Of the trained or the untrained network, without keeping anything. Cancelled by the request's signal. */
    patterns(request: ReconstructManyRequest): SamplePatterns
    /** The class that the head gives each sample; of equally likely ones the first. Fails without a head. */
    classify(request: SeveralSamplesRequest): Int32Array
    activations(request: ActivationRequest): ActivationMaps
    /** Of any pictures that lie in a sample store. Event: compute/features-progress. Cancelled by the request's signal. */
    respond(request: SeveralSamplesRequest): PictureResponses
    kernels(request: ModelReference & { readonly layer: string }): KernelWeights
    /** Event: compute/features-progress. Cancelled by the request's signal. */
    featurePass(request: FeaturePassRequest): FeaturePass
    /** Event: compute/ablate-progress. Cancelled by the request's signal. */
    ablate(request: AblateRequest): AblatedErrors
    /** Cancelled by the request's signal. */
    pageMap(request: PageMapRequest): PageMap
    /** Sums of bottlenecks, place by place, decoded. Cancelled by the request's signal. */
    decodeMix(request: DecodeMixRequest): DecodedMixes
    /** The newest good weights. */
    weights(request: WeightsReference): RunWeights
    /** Keeps weights from elsewhere as a run's checkpoint. */
    adopt(request: AdoptRequest): Pick<RunWeights, 'weightsSha256'>
  }
}

export type RemoteCompute = Remote<ComputeApi>

/** What compute says unasked. */
export interface ComputeEvents {
  'compute/step': StepMetrics
  'compute/epoch': EpochMetrics & { readonly reconstructionsFile: string | null }
  /** Said only after the checkpoint's rename. */
  'compute/checkpoint': {
    readonly step: number
    readonly epoch: number
    readonly file: string
    /** Of all that are on disk now. */
    readonly checkpoints: number
    readonly bytes: number
  }
  /** At most once a second; and when a pause begins or ends. */
  'compute/live': ComputeLive
  'compute/features-progress': { readonly done: number; readonly total: number }
  /** In reconstructions of one sample without one channel. */
  'compute/ablate-progress': { readonly done: number; readonly total: number }
}

/** Nouns and verbs at run time; the engine is trusted, so requests are not checked again here. */
export const COMPUTE_METHODS = {
  device: ['describe'],
  training: ['train', 'pause', 'resume', 'stop', 'standing', 'measure'],
  model: [
    'reconstruct',
    'reconstructMany',
    'patterns',
    'classify',
    'activations',
    'respond',
    'kernels',
    'featurePass',
    'ablate',
    'pageMap',
    'decodeMix',
    'weights',
    'adopt',
  ],
} as const satisfies MethodTable<ComputeApi>
