/** Metrics of a run in SQLite: steps in batches, epochs at once, and nothing twice after a resumption. */
import type Database from 'better-sqlite3'
import type { EpochMetrics, StepMetrics } from '@shared/domain/run'
import type { Clock } from '../ports'

/** Steps wait at most this long before they are written. */
const FLUSH_AFTER_MS = 1000

/** Writes the metrics of one session of a run: from its start or resumption to its end. */
export class MetricsLog {
  private waiting: StepMetrics[] = []
  private flushedMs: number
  private begun = false

  constructor(
    private readonly database: Database.Database,
    private readonly run: string,
    private readonly clock: Clock,
  ) {
    this.flushedMs = clock.elapsedMs()
  }

  step(metrics: StepMetrics): void {
    this.begin({ step: metrics.step, epoch: metrics.epoch })
    this.waiting.push(metrics)
    if (this.clock.elapsedMs() - this.flushedMs >= FLUSH_AFTER_MS) this.flush()
  }

  epoch(metrics: EpochMetrics): void {
    // Its last step was told before it, in this session or in an earlier one.
    this.begin({ step: metrics.step + 1, epoch: metrics.epoch })
    this.flush()
    storeEpoch(this.database, this.run, metrics)
  }

  flush(): void {
    const steps = this.waiting
    this.waiting = []
    this.flushedMs = this.clock.elapsedMs()
    if (steps.length > 0) storeSteps(this.database, this.run, steps)
  }

  /** The first thing that a session says tells from where it goes on: what an earlier one did beyond is done again. */
  private begin(from: { readonly step: number; readonly epoch: number }): void {
    if (this.begun) return
    this.begun = true
    this.database.transaction(() => {
      this.database.prepare('DELETE FROM step_metrics WHERE run = ? AND step >= ?').run(this.run, from.step)
      this.database
        .prepare('DELETE FROM epoch_metrics WHERE run = ? AND epoch >= ?')
        .run(this.run, from.epoch)
    })()
  }
}

export function storeSteps(database: Database.Database, run: string, steps: readonly StepMetrics[]): void {
  const insert = database.prepare(
    `INSERT OR REPLACE INTO step_metrics (run, step, epoch, train_mse, head_loss, elapsed_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  database.transaction(() => {
    for (const { step, epoch, trainMse, headLoss, elapsedMs } of steps)
      insert.run(run, step, epoch, trainMse, headLoss, elapsedMs)
  })()
}

export function storeEpoch(database: Database.Database, run: string, metrics: EpochMetrics): void {
  const { epoch, step, trainMse, validationMse, headAccuracy, learningRate, elapsedMs } = metrics
  database
    .prepare(
      `INSERT OR REPLACE INTO epoch_metrics (run, epoch, step, train_mse, validation_mse, head_accuracy,
         learning_rate, elapsed_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(run, epoch, step, trainMse, validationMse, headAccuracy, learningRate ?? null, elapsedMs)
}

const EPOCH_COLUMNS = `epoch, step, train_mse AS trainMse, validation_mse AS validationMse,
  head_accuracy AS headAccuracy, learning_rate AS learningRate, elapsed_ms AS elapsedMs`

type EpochRow = Omit<EpochMetrics, 'learningRate'> & { readonly learningRate: number | null }

/** Records of before there were schedules say nothing about the rate. */
function toEpoch({ learningRate, ...metrics }: EpochRow): EpochMetrics {
  return learningRate === null ? metrics : { ...metrics, learningRate }
}

/** The newest epoch of a run, null before the first. */
export function lastEpoch(database: Database.Database, run: string): EpochMetrics | null {
  const found = database
    .prepare<[string], EpochRow>(
      `SELECT ${EPOCH_COLUMNS} FROM epoch_metrics WHERE run = ? ORDER BY epoch DESC LIMIT 1`,
    )
    .get(run)
  return found === undefined ? null : toEpoch(found)
}

export function readMetrics(
  database: Database.Database,
  run: string,
): { readonly steps: readonly StepMetrics[]; readonly epochs: readonly EpochMetrics[] } {
  const steps = database
    .prepare<[string], StepMetrics>(
      `SELECT step, epoch, train_mse AS trainMse, head_loss AS headLoss, elapsed_ms AS elapsedMs
       FROM step_metrics WHERE run = ? ORDER BY step`,
    )
    .all(run)
  const epochs = database
    .prepare<[string], EpochRow>(`SELECT ${EPOCH_COLUMNS} FROM epoch_metrics WHERE run = ? ORDER BY epoch`)
    .all(run)
    .map(toEpoch)
  return { steps, epochs }
}
