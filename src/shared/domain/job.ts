/** Long work: has a row before it starts, says how far it is, can be cancelled, survives the window. */
import type { Evaluation } from './evaluation'
import type { AblationReport, FeatureReport } from './feature'
import type { CheckReport, ConsolidateReport, FindReport, RenewReport } from './files'
import type { Contrasts, Recurrence } from './findings'
import type { HealthReport } from './health'
import type { ConfoundReport, MapReport, ProbeReport } from './latent'
import type { ImportReport } from './page'
import type { ProjectSummary } from './project'
import type { RunSummary } from './run'
import type { SeriesReport } from './series'
import type { TuningReport } from './system'
import type { SymbolReport } from './symbols'
import type { SampleReport } from './sample-set'
import type { SurveyReport } from './sampling-rules'

export interface DemoReport {
  readonly project: string
  readonly import: ImportReport
  readonly sample: SampleReport
  readonly train: RunSummary
  readonly features: FeatureReport
}

/** What each kind of job gives when it is done. */
export interface JobResults {
  readonly import: ImportReport
  readonly 'check-files': CheckReport
  readonly 'find-files': FindReport
  readonly 'renew-files': RenewReport
  readonly consolidate: ConsolidateReport
  readonly sample: SampleReport
  readonly survey: SurveyReport
  readonly train: RunSummary
  readonly features: FeatureReport
  readonly ablate: AblationReport
  readonly evaluate: Evaluation
  readonly series: SeriesReport
  readonly symbols: SymbolReport
  readonly tune: TuningReport
  readonly map: MapReport
  readonly probe: ProbeReport
  readonly confounds: ConfoundReport
  readonly contrasts: Contrasts
  readonly recur: Recurrence
  readonly health: HealthReport
  readonly demo: DemoReport
}

export type JobKind = keyof JobResults
export type JobStatus = 'running' | 'finished' | 'failed' | 'cancelled' | 'interrupted'

export interface JobProgress {
  readonly job: string
  readonly kind: JobKind
  /** What is being done now, e.g. "Importing pages". */
  readonly label: string
  readonly done: number
  readonly total: number
  /** Estimated from what is done so far; null while unknown. */
  readonly secondsLeft: number | null
}

export interface Job extends JobProgress {
  readonly status: JobStatus
  readonly startedAt: string
  readonly finishedAt: string | null
  /** The sentence of a failed job. */
  readonly problem: { readonly code: string; readonly message: string } | null
  /** What it belongs to: a run's id for training, features and evaluations, a series' for series. */
  readonly subject: string | null
}

/** A job that was started; wait for it with jobs.wait. */
export interface JobReference<Kind extends JobKind = JobKind> {
  readonly job: string
  readonly kind: Kind
}

export type { ProjectSummary }
