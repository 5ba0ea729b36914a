/** A run: one training of one plan. The plan holds everything that determines the result. */
import type { Architecture } from './architecture'

/** Seeds are whole numbers from 0 to this: 32 bits. */
export const LARGEST_SEED = 4_294_967_295

export type SplitUnit = 'piece' | 'page' | 'crop'
/** What the held-out crops keep the shares of. */
export type Stratum = 'style' | 'composer'
export type Preset = 'study' | 'quick'
export type RunStatus = 'running' | 'paused' | 'finished' | 'stopped' | 'interrupted' | 'failed' | 'cancelled'
export type Precision = 'float32' | 'mixed'
export type BackendKind = 'tensorflow' | 'js'

/** Which sample indices train and which are held out. */
export interface Split {
  readonly by: SplitUnit
  readonly fraction: number
  /** Held out within each style or composer; absent where the set was split as one. */
  readonly stratify?: Stratum
  /** Styles or composers with a single piece (page, crop), which is trained on; absent without strata. */
  readonly trainOnly?: readonly string[]
  readonly train: readonly number[]
  readonly validation: readonly number[]
}

/** How the learning rate moves. Floors and factors are shares of the rate that training starts with. */
export type LearningRateSchedule =
  | { readonly kind: 'constant' }
  /** Half a cosine over all planned steps, down to the floor (Loshchilov & Hutter 2017, without restarts). */
  | { readonly kind: 'cosine'; readonly floor: number }
  /** Multiplied by `factor` whenever the held-out error has not improved for `patience` epochs. */
  | {
      readonly kind: 'plateau'
      readonly factor: number
      readonly patience: number
      readonly floor: number
    }

/** Training ends when the held-out error has not improved for `patience` epochs; the best epoch's weights are kept. */
export interface EarlyStopping {
  readonly patience: number
  /** By how much, as a share of the best error so far, an epoch must be better to count. */
  readonly minimumGain: number
}

/** From a step on (the first of a run is step 1) another learning rate counts in the place of the plan's first. */
export interface RateChange {
  readonly fromStep: number
  readonly learningRate: number
}

export interface Optimizer {
  /** Adam's step size (Kingma & Ba 2015), with beta1 .9, beta2 .999, epsilon 1e-7 as in Keras. */
  readonly learningRate: number
  readonly epochs: number
  readonly batchSize: number
  /** Samples per native call; gradients of a batch are accumulated, batch statistics are per micro-batch. */
  readonly microBatch: number
  /** Absent in plans of before there were schedules: constant. */
  readonly schedule?: LearningRateSchedule
  readonly earlyStopping?: EarlyStopping
  /**
   * What the run was resumed with, in order of steps; absent where it never was with another rate. Part of what
   * determines the result: the same plan from its seed takes the same steps and gives the same weights.
   */
  readonly rateChanges?: readonly RateChange[]
}

/** Everything that determines a run's result; written to plan.json before the run starts. */
export interface RunPlan {
  readonly format: 1
  readonly run: string
  readonly name: string
  readonly preset: Preset | null
  readonly sampleSet: {
    readonly id: number
    readonly hash: string
    readonly size: number
    readonly samples: number
  }
  readonly split: Split
  readonly architecture: Architecture
  /** Class index per sample of the set, for the head; null without one. −1 where a sample has no label. */
  readonly labels: readonly number[] | null
  readonly optimizer: Optimizer
  readonly seed: number
  /** What the samples were chosen and split by, where it was not the seed. */
  readonly splitSeed?: number
  /** Threads that TensorFlow uses; null leaves the choice to it. */
  readonly threads: number | null
  /** Absent: float32. */
  readonly precision?: Precision
  /** cpu or gpu:N; absent: whichever there was. */
  readonly device?: string
  /** Compiles the graph with XLA, which changes results in their last digits; absent: no. */
  readonly xla?: boolean
  readonly versions: Readonly<Record<string, string>>
}

/** Trivial predictors scored on the same held-out crops: mean squared error of pixels in [0,1]. */
export interface Baselines {
  readonly constant: number
  readonly block8: number
  readonly block4: number
  readonly block2: number
}

/** How a run that trains goes on just now; the forecast made before it began, set right by what was measured since. */
export interface RunLive {
  readonly phase: 'training' | 'calibrating' | 'validating' | 'paused'
  readonly secondsPerStep: number | null
  readonly secondsLeft: number | null
  /** Of the whole run as it is expected now, and as it was when it began. */
  readonly totalSeconds: number | null
  readonly forecastSeconds: number | null
  readonly learningRate: number | null
  readonly memoryBytes: number | null
  readonly peakMemoryBytes: number | null
  /** Such as "cpu, 2 threads" or "gpu:0 NVIDIA A100". */
  readonly device: string
  readonly microBatch: number
  readonly checkpoints: number
  readonly checkpointBytes: number
}

export interface StepMetrics {
  readonly step: number
  readonly epoch: number
  readonly trainMse: number
  readonly headLoss: number | null
  readonly elapsedMs: number
}

export interface EpochMetrics {
  /** 1 for the first epoch. */
  readonly epoch: number
  readonly step: number
  readonly trainMse: number
  readonly validationMse: number
  /** Head accuracy on the held-out crops, null without a head. */
  readonly headAccuracy: number | null
  /** Of the epoch's last step; absent in records of before there were schedules. */
  readonly learningRate?: number
  readonly elapsedMs: number
}

/** What training reports when it ends, however it ends. */
export interface TrainingOutcome {
  readonly status: 'finished' | 'stopped' | 'cancelled'
  readonly epochs: number
  readonly steps: number
  readonly trainMse: number | null
  readonly validationMse: number | null
  readonly weightsSha256: string | null
  readonly seconds: number
  readonly peakMemoryBytes: number
  readonly backend: BackendKind
  /** Plain sentences for the record: per-micro-batch statistics, fallbacks, … */
  readonly remarks: readonly string[]
}

/** Run as the table and the command line show it. */
export interface RunSummary {
  readonly run: string
  readonly name: string
  readonly status: RunStatus
  readonly preset: Preset | null
  readonly sampleSet: number
  readonly spec: string
  readonly inputSize: number
  readonly parameters: number
  readonly seed: number
  readonly epochs: number
  readonly epochsPlanned: number
  readonly steps: number
  readonly trainMse: number | null
  readonly validationMse: number | null
  readonly baselines: Baselines | null
  readonly split: {
    readonly by: SplitUnit
    readonly train: number
    readonly validation: number
    /** Absent where the set was split as one. */
    readonly stratify?: Stratum
  }
  /** Why `validationMse` is better than it would be on new pieces, in one sentence; null where it needs no label. */
  readonly optimistic: string | null
  readonly backend: BackendKind | null
  readonly weightsSha256: string | null
  readonly seconds: number
  readonly peakMemoryBytes: number | null
  readonly startedAt: string
  readonly finishedAt: string | null
  /** One sentence where the run failed or was interrupted. */
  readonly problem: string | null
  readonly remarks: readonly string[]
  /** A checkpoint exists from which it can be explored or resumed. */
  readonly hasWeights: boolean
  readonly checkpoints: number
  readonly checkpointBytes: number
  readonly keepCheckpoints: number
  readonly tags: readonly string[]
  readonly notes: string
  /** The series that it belongs to. */
  readonly series: string | null
  readonly precision: Precision
  /** What it was trained on last, in words; null before it began. */
  readonly device: string | null
  readonly featuresReady: boolean
}

/** What training will cost, from steps measured on this machine. */
export interface Forecast {
  readonly secondsPerStep: number
  readonly stepsPerEpoch: number
  readonly totalSeconds: number
  readonly peakMemoryBytes: number
  readonly freeMemoryBytes: number
  readonly diskBytes: number
  readonly freeDiskBytes: number
  readonly backend: BackendKind
  /** Plain warnings, e.g. that memory will not suffice. */
  readonly warnings: readonly string[]
}

/** Reconstructions of a few fixed held-out crops after an epoch, grey, `count` × `size` × `size` bytes each. */
export interface EpochReconstructions {
  readonly epoch: number
  readonly size: number
  readonly indices: readonly number[]
  readonly originals: Uint8Array
  readonly reconstructions: Uint8Array
}
