/** What this machine can do, as doctor and the window tell it. */
import type { BackendReport, GpuReport } from '../compute-api'
import type { BackendKind } from './run'

/** How TensorFlow is set up in a compute process. */
export interface RuntimeSettings {
  /** Null leaves the number to TensorFlow. */
  readonly threads: number | null
  readonly allocator: 'system' | 'bfc'
  readonly xla: boolean
}

export interface TuningCandidate {
  readonly settings: RuntimeSettings
  readonly secondsPerStep: number
  readonly firstStepSeconds: number
  readonly peakMemoryBytes: number
  /** Why it could not be measured. */
  readonly problem: string | null
}

/** Which settings suit this machine, by short measurement; remembered for it. */
export interface TuningReport {
  /** What the figures are for: another processor, core count or TensorFlow is measured anew. */
  readonly machine: string
  readonly measuredAt: string
  readonly candidates: readonly TuningCandidate[]
  readonly chosen: RuntimeSettings
  /** One sentence on why. */
  readonly reason: string
}

export interface DoctorReport {
  readonly version: string
  readonly node: string
  readonly platform: string
  readonly backend: BackendKind
  readonly tensorflow: string | null
  readonly devices: readonly {
    readonly name: string
    readonly type: string
    readonly memoryBytes: number | null
  }[]
  readonly gpu: GpuReport
  readonly electron: { readonly available: boolean; readonly version: string | null; readonly reason: string }
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number }
  readonly cores: number
  /** Where each native part came from: SQLite, sharp, TensorFlow, Node. */
  readonly natives: readonly { readonly name: string; readonly version: string; readonly origin: string }[]
  /** Plain sentences on what does not work here and what to do. */
  readonly problems: readonly string[]
}

export type { BackendReport }
