/** What the folders of the core are given by core/parts.ts; they never import one another. */
import type Database from 'better-sqlite3'
import type { ComputeEvents, RemoteCompute } from '@shared/compute-api'
import type { PageRegion } from '@shared/domain/page'
import type { PageHealth, Portrait } from '@shared/domain/page-health'
import type { RemoteDecode } from '@shared/decode-api'
import type { JobKind, JobReference, JobResults } from '@shared/domain/job'
import type { RuntimeSettings } from '@shared/domain/system'
import type { EngineEventName, EngineEvents } from '@shared/events'

/** The one source of time; injected, so that tests can hold it still. */
export interface Clock {
  now(): Date
  /** Milliseconds from an arbitrary start, never going back. */
  elapsedMs(): number
}

/** Says what happened; throttling of progress is done behind it. */
export type Emit = <Name extends EngineEventName>(name: Name, value: EngineEvents[Name]) => void

/** The project that is open now. */
export interface OpenProject {
  readonly folder: string
  readonly name: string
  readonly database: Database.Database
  /** Absolute path inside the project folder. */
  path(...parts: readonly string[]): string
}

export interface ProjectAccess {
  /** @throws AppError project/none-open */
  required(): OpenProject
  current(): OpenProject | null
  /** Runs after a project was opened, before its first request. */
  onOpened(listener: (project: OpenProject) => void): void
  /** Runs before a project is closed; the close waits for it. */
  onClosing(listener: (project: OpenProject) => Promise<void>): void
  /** Says that counts shown on screens changed. */
  announceChange(): void
}

export interface JobProgressUpdate {
  readonly label: string
  readonly done: number
  readonly total: number
  /** Where the work knows better than its pace so far; absent: judged by that. */
  readonly secondsLeft?: number | null
}

export interface JobContext {
  readonly job: string
  readonly signal: AbortSignal
  progress(update: JobProgressUpdate): void
}

export interface JobOptions {
  readonly label: string
  readonly subject: string | null
}

/** Long work with a row, progress, time left and cancel. */
export interface Jobs {
  start<Kind extends JobKind>(
    kind: Kind,
    options: JobOptions,
    work: (context: JobContext) => Promise<JobResults[Kind]>,
  ): JobReference<Kind>
  /** The job's result, or its failure. */
  wait<Kind extends JobKind>(reference: JobReference<Kind>): Promise<JobResults[Kind]>
  cancel(job: string): void
  /** @throws AppError job/busy where such a job would be refused now */
  requireFree(kind: JobKind): void
}

export interface ComputeLaunch {
  /** null leaves the number of threads to TensorFlow. */
  readonly threads: number | null
  /** auto, cpu or gpu:N; absent: auto, the first GPU where there is one. */
  readonly device?: string
  /** Absent: TensorFlow's pool (bfc). */
  readonly allocator?: RuntimeSettings['allocator']
  /** Compiles graphs with XLA; absent: no. */
  readonly xla?: boolean
  /** For messages: "training run k3f9", "exploring". */
  readonly doing: string
}

/** A compute process that is ready. */
export interface ComputeProcess {
  readonly api: RemoteCompute
  on<Name extends keyof ComputeEvents>(name: Name, listener: (value: ComputeEvents[Name]) => void): () => void
  /** Settles when the process is gone, however that came. */
  readonly exited: Promise<{ readonly reason: string }>
  /** Asks it to end and waits; kills it when it does not. */
  stop(): Promise<void>
}

/** Starts a compute process. @throws AppError process/not-ready */
export type LaunchCompute = (launch: ComputeLaunch) => Promise<ComputeProcess>

/** A decoding process that is ready. */
export interface DecodeProcess {
  readonly api: RemoteDecode
  /** Settles when the process is gone, however that came. */
  readonly exited: Promise<{ readonly reason: string }>
  stop(): Promise<void>
}

/** Starts a decoding process. @throws AppError process/not-ready */
export type LaunchDecode = () => Promise<DecodeProcess>

/** What health asks of pages. @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed */
export interface PageLooks {
  measure(page: number): Promise<PageHealth>
  /** Null of a page without print. */
  portray(page: number): Promise<Portrait | null>
  /** In [-1, 1], once one is laid over the other. */
  likeness(one: Portrait, other: Portrait): Promise<number>
}

/** A page that can be sampled. */
export interface PageToSample {
  readonly id: number
  readonly file: string
  readonly sha256: string
  readonly width: number
  readonly height: number
  readonly style: string
  readonly composer: string
  readonly piece: string
  /** No crop may touch one. */
  readonly regions: readonly PageRegion[]
}

export interface PagesToSample {
  /** In natural order of style, composer, piece and position. */
  readonly pages: readonly PageToSample[]
  /** Left out as a whole, and why; in the same order. */
  readonly excluded: readonly { readonly sha256: string; readonly reason: string }[]
}

/** What a feature pass measured, as tables over the run's samples. Rows are in the order of `samples`. */
export interface FeatureTables {
  /** Sample indices, ascending: all of the set. */
  readonly samples: Int32Array
  /** Channels of all layers side by side, in the order of the layers. */
  readonly layers: readonly { readonly name: string; readonly channels: number; readonly from: number }[]
  readonly channels: number
  /** Mean activation over a map's positions: [samples, channels]. */
  readonly means: Float32Array
  /** Strongest activation on a map: [samples, channels]. */
  readonly maxima: Float32Array
  /** The bottleneck averaged over a grid of `grid` × `grid` cells, row by row: [samples, grid² × its channels]. */
  readonly codes: Float32Array
  readonly codeNumbers: number
  readonly grid: number
}

export interface FeatureAccess {
  /** @throws AppError exploration/features-missing, training/run-unknown */
  tables(run: string): FeatureTables
}
