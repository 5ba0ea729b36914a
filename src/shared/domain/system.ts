/** What this machine can do, as doctor and the window tell it. */
import type { BackendReport } from '../compute-api'
import type { BackendKind } from './run'

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
  readonly electron: { readonly available: boolean; readonly version: string | null; readonly reason: string }
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number }
  readonly cores: number
  /** Where each native part came from: SQLite, sharp, TensorFlow, Node. */
  readonly natives: readonly { readonly name: string; readonly version: string; readonly origin: string }[]
  /** Plain sentences on what does not work here and what to do. */
  readonly problems: readonly string[]
}

export type { BackendReport }
