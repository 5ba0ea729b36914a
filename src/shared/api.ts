/**
 * THE CONTRACT: what the engine promises to whoever asks: window, command line, serve, tests.
 * One entry per request gives its reply; request shapes live in requests.ts; near and far views are derived.
 */
import type { ArchitectureDescription, Architecture } from './domain/architecture'
import type { ActivationMaps, KernelWeights } from './compute-api'
import type { ImportedModel, ModelExport } from './domain/exchange'
import type { Evaluation, LeakReport } from './domain/evaluation'
import type { ChannelPage, FeatureSummary, Reconstruction } from './domain/feature'
import type { Job, JobReference, JobResults } from './domain/job'
import type { ImportReport, Page, StyleNode } from './domain/page'
import type { CorpusCounts, ProjectSummary, RecentProject } from './domain/project'
import type {
  EpochMetrics,
  EpochReconstructions,
  Forecast,
  RunPlan,
  RunSummary,
  StepMetrics,
} from './domain/run'
import type { SampleReport, SampleSet, SampleWithPage } from './domain/sample-set'
import type { DoctorReport } from './domain/system'
import type { CallContext, CallOptions } from './remote'
import { REQUESTS, type RequestInput, type RequestOutput, type Requests } from './requests'

/** A page of a long list, with how many there are in all. */
export interface Listing<Item> {
  readonly total: number
  readonly items: readonly Item[]
}

export interface EncodedPicture {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp'
  readonly bytes: Uint8Array
  /** Its content can never change under this address. */
  readonly immutable: boolean
}

/** What each request answers. */
export interface Replies {
  project: {
    create: ProjectSummary
    open: ProjectSummary
    close: null
    current: ProjectSummary | null
    recent: readonly RecentProject[]
    forget: readonly RecentProject[]
    demo: JobReference<'demo'>
  }
  corpus: {
    import: JobReference<'import'>
    tree: readonly StyleNode[]
    counts: CorpusCounts
    pages: Listing<Page>
    page: Page
    lastImport: ImportReport | null
  }
  sampling: {
    draw: JobReference<'sample'>
    sets: readonly SampleSet[]
    report: SampleReport
    samples: Listing<SampleWithPage>
    crop: SampleWithPage
    /** What the held-out crops of such a split would share with its training crops. */
    leaks: LeakReport
  }
  training: {
    start: JobReference<'train'> & { readonly run: string }
    resume: JobReference<'train'> & { readonly run: string }
    pause: RunSummary
    unpause: RunSummary
    stop: RunSummary
    cancel: RunSummary
    /** Checks a plan and measures a few real steps on this machine; nothing is kept. */
    forecast: Forecast & {
      readonly architecture: Architecture
      readonly description: ArchitectureDescription
    }
    runs: readonly RunSummary[]
    run: RunSummary
    plan: RunPlan
    metrics: { readonly steps: readonly StepMetrics[]; readonly epochs: readonly EpochMetrics[] }
    epochReconstructions: EpochReconstructions
    evaluate: JobReference<'evaluate'>
    /** Null until the run's present weights have been evaluated. */
    evaluation: Evaluation | null
  }
  exploration: {
    layers: ArchitectureDescription
    computeFeatures: JobReference<'features'>
    features: readonly FeatureSummary[]
    channel: ChannelPage
    kernels: KernelWeights
    activations: ActivationMaps
    reconstruct: Reconstruction
  }
  sharing: {
    exportModel: ModelExport
    importModel: ImportedModel
  }
  jobs: {
    list: readonly Job[]
    get: Job
    wait: JobResults[keyof JobResults]
    cancel: Job
  }
  pictures: {
    read: EncodedPicture
  }
  system: {
    doctor: DoctorReport
    ping: { readonly echo: unknown }
  }
}

export type Noun = keyof Replies & keyof Requests
export type Verb<N extends Noun> = keyof Replies[N] & keyof Requests[N]

/** What callers hold, over any border: `api.corpus.pages({ query }, { signal })`. */
export type RemoteApi = {
  readonly [N in Noun]: {
    readonly [V in Verb<N>]: undefined extends RequestInput<N, V>
      ? (request?: undefined, options?: CallOptions) => Promise<Replies[N][V]>
      : (request: RequestInput<N, V>, options?: CallOptions) => Promise<Replies[N][V]>
  }
}

/** What the core implements, after its door has checked the request. */
export type LocalApi = {
  readonly [N in Noun]: {
    readonly [V in Verb<N>]: (
      request: RequestOutput<N, V>,
      context: CallContext,
    ) => Replies[N][V] | Promise<Replies[N][V]>
  }
}

const verbsOf = <N extends Noun>(noun: N): readonly Verb<N>[] => Object.keys(REQUESTS[noun]) as Verb<N>[]

type MissingReplies = {
  [N in keyof Requests]: Exclude<keyof Requests[N], keyof Replies[N & keyof Replies]>
}[keyof Requests]
type MissingRequests = {
  [N in keyof Replies]: Exclude<keyof Replies[N], keyof Requests[N & keyof Requests]>
}[keyof Replies]

/** `never`, so that nothing compiles, when a request has no reply or a reply no request. */
type Methods = [MissingReplies, MissingRequests] extends [never, never]
  ? { readonly [N in Noun]: readonly Verb<N>[] }
  : never

/** Nouns and verbs at run time. */
export const METHODS: Methods = {
  project: verbsOf('project'),
  corpus: verbsOf('corpus'),
  sampling: verbsOf('sampling'),
  training: verbsOf('training'),
  exploration: verbsOf('exploration'),
  sharing: verbsOf('sharing'),
  jobs: verbsOf('jobs'),
  pictures: verbsOf('pictures'),
  system: verbsOf('system'),
}
