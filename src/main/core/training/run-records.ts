/** The runs' rows. */
import type Database from 'better-sqlite3'
import { describeArchitecture, formatArchitectureSpec } from '@shared/domain/architecture'
import { optimismOf } from '@shared/domain/evaluation'
import type {
  Baselines,
  BackendKind,
  Precision,
  Preset,
  RunPlan,
  RunStatus,
  RunSummary,
  SplitUnit,
  Stratum,
} from '@shared/domain/run'
import { AppError } from '@shared/errors'

/** A run as its row has it; what lies on disk is added by the caller. */
export type RunRecord = Omit<RunSummary, 'hasWeights' | 'checkpoints' | 'checkpointBytes'>

interface RunRow extends Omit<
  RunRecord,
  'split' | 'optimistic' | 'baselines' | 'remarks' | 'tags' | 'featuresReady'
> {
  readonly preset: Preset | null
  readonly status: RunStatus
  readonly backend: BackendKind | null
  readonly splitBy: SplitUnit
  readonly splitTrain: number
  readonly splitValidation: number
  readonly splitStratify: Stratum | null
  readonly constant: number | null
  readonly block8: number | null
  readonly block4: number | null
  readonly block2: number | null
  /** JSON */
  readonly remarks: string
  /** JSON */
  readonly tags: string
  readonly featuresReady: 0 | 1
}

const SELECT = `
  SELECT run, name, status, preset, sample_set AS sampleSet, spec, input_size AS inputSize, parameters, seed,
    epochs, epochs_planned AS epochsPlanned, steps, train_mse AS trainMse, validation_mse AS validationMse,
    baseline_constant AS constant, baseline_block8 AS block8, baseline_block4 AS block4,
    baseline_block2 AS block2, split_by AS splitBy, split_train AS splitTrain,
    split_validation AS splitValidation, split_stratify AS splitStratify, backend, weights_sha256 AS weightsSha256, seconds,
    peak_memory_bytes AS peakMemoryBytes, started_at AS startedAt, finished_at AS finishedAt, problem, remarks,
    tags, notes, series, precision, device, keep_checkpoints AS keepCheckpoints,
    EXISTS (SELECT 1 FROM feature_passes WHERE feature_passes.run = runs.run) AS featuresReady
  FROM runs`

/** A new row, status running. */
export function insertRun(database: Database.Database, plan: RunPlan, startedAt: string): void {
  database
    .prepare(
      `INSERT INTO runs (run, name, status, preset, sample_set, spec, input_size, parameters, seed,
         epochs_planned, split_by, split_train, split_validation, split_stratify, precision, started_at)
       VALUES (:run, :name, 'running', :preset, :sampleSet, :spec, :inputSize, :parameters, :seed,
         :epochsPlanned, :splitBy, :splitTrain, :splitValidation, :splitStratify, :precision, :startedAt)`,
    )
    .run({
      run: plan.run,
      name: plan.name,
      preset: plan.preset,
      sampleSet: plan.sampleSet.id,
      spec: formatArchitectureSpec(plan.architecture.blocks),
      inputSize: plan.architecture.inputSize,
      parameters: describeArchitecture(plan.architecture).parameters,
      seed: plan.seed,
      epochsPlanned: plan.optimizer.epochs,
      splitBy: plan.split.by,
      splitTrain: plan.split.train.length,
      splitValidation: plan.split.validation.length,
      splitStratify: plan.split.stratify ?? null,
      precision: (plan.precision ?? 'float32') satisfies Precision,
      startedAt,
    })
}

/** Newest first. */
export function listRuns(database: Database.Database): readonly RunRecord[] {
  return database.prepare<[], RunRow>(`${SELECT} ORDER BY sequence DESC`).all().map(toRecord)
}

/** @throws AppError training/run-unknown */
export function getRun(database: Database.Database, run: string): RunRecord {
  const row = database.prepare<[string], RunRow>(`${SELECT} WHERE run = ?`).get(run)
  if (row === undefined) throw AppError.of('training/run-unknown', { run })
  return toRecord(row)
}

/** Runs that an earlier process left as if they were going on. */
export function listLeftovers(database: Database.Database): readonly string[] {
  return database
    .prepare<[], { run: string }>("SELECT run FROM runs WHERE status IN ('running', 'paused')")
    .all()
    .map(({ run }) => run)
}

/** How long a run was expected to take when it began; null where that was not found out. */
export function forecastSecondsOf(database: Database.Database, run: string): number | null {
  const row = database
    .prepare<[string], { forecast: number | null }>(
      'SELECT forecast_seconds AS forecast FROM runs WHERE run = ?',
    )
    .get(run)
  return row?.forecast ?? null
}

/** The columns that change while a run goes on. */
export interface RunChanges {
  readonly status?: RunStatus
  readonly epochs?: number
  readonly steps?: number
  readonly trainMse?: number | null
  readonly validationMse?: number | null
  readonly backend?: BackendKind
  readonly weightsSha256?: string | null
  readonly seconds?: number
  readonly peakMemoryBytes?: number
  readonly finishedAt?: string | null
  readonly problem?: string | null
  readonly remarks?: readonly string[]
  readonly baselines?: Baselines
  readonly name?: string
  readonly tags?: readonly string[]
  readonly notes?: string
  readonly series?: string
  readonly seriesPlace?: number
  readonly device?: string
  readonly keepCheckpoints?: number
  readonly forecastSeconds?: number
}

const COLUMNS: Readonly<Record<Exclude<keyof RunChanges, 'remarks' | 'tags' | 'baselines'>, string>> = {
  status: 'status',
  epochs: 'epochs',
  steps: 'steps',
  trainMse: 'train_mse',
  validationMse: 'validation_mse',
  backend: 'backend',
  weightsSha256: 'weights_sha256',
  seconds: 'seconds',
  peakMemoryBytes: 'peak_memory_bytes',
  finishedAt: 'finished_at',
  problem: 'problem',
  name: 'name',
  notes: 'notes',
  series: 'series',
  seriesPlace: 'series_place',
  device: 'device',
  keepCheckpoints: 'keep_checkpoints',
  forecastSeconds: 'forecast_seconds',
}

/** Writes the named columns in one statement. */
export function updateRun(database: Database.Database, run: string, changes: RunChanges): void {
  const { remarks, tags, baselines, ...plain } = changes
  const values: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(plain)) values[COLUMNS[field as keyof typeof COLUMNS]] = value
  if (remarks !== undefined) values['remarks'] = JSON.stringify(remarks)
  if (tags !== undefined) values['tags'] = JSON.stringify(tags)
  if (baselines !== undefined)
    for (const [name, value] of Object.entries(baselines)) values[`baseline_${name}`] = value
  const assignments = Object.keys(values).map((column) => `${column} = :${column}`)
  if (assignments.length === 0) return
  database.prepare(`UPDATE runs SET ${assignments.join(', ')} WHERE run = :run`).run({ ...values, run })
}

function toRecord(row: RunRow): RunRecord {
  const { splitBy, splitTrain, splitValidation, splitStratify, constant, block8, block4, block2, ...rest } =
    row
  const measured = constant !== null && block8 !== null && block4 !== null && block2 !== null
  return {
    ...rest,
    baselines: measured ? { constant, block8, block4, block2 } : null,
    split: {
      by: splitBy,
      train: splitTrain,
      validation: splitValidation,
      ...(splitStratify === null ? {} : { stratify: splitStratify }),
    },
    optimistic: optimismOf({ by: splitBy, train: splitTrain }),
    remarks: JSON.parse(row.remarks) as readonly string[],
    tags: JSON.parse(row.tags) as readonly string[],
    featuresReady: row.featuresReady === 1,
  }
}
