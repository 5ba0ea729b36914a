/** What the engine says unasked, in the past tense. At most 10 a second per kind and subject; the latest wins. */
import type { EpochMetrics, RunLive, RunStatus, StepMetrics } from './domain/run'
import type { Job, JobProgress } from './domain/job'
import type { ProjectSummary } from './domain/project'

export interface EngineEvents {
  /** A project was opened, closed (null) or its counts changed. */
  'project/changed': ProjectSummary | null
  'job/started': Job
  'job/progressed': JobProgress
  /** Finished, failed, cancelled or interrupted. */
  'job/ended': Job
  'run/step': { readonly run: string } & StepMetrics
  'run/epoch': { readonly run: string } & EpochMetrics
  /** At most once a second while it trains. */
  'run/live': { readonly run: string } & RunLive
  'run/changed': { readonly run: string; readonly status: RunStatus }
}

export type EngineEventName = keyof EngineEvents

export const ENGINE_EVENTS = [
  'project/changed',
  'job/started',
  'job/progressed',
  'job/ended',
  'run/step',
  'run/epoch',
  'run/live',
  'run/changed',
] as const satisfies readonly EngineEventName[]
