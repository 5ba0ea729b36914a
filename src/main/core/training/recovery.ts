/** After a crash: runs that nobody carries on any more, and metrics that were written down but never told. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EpochMetrics, StepMetrics } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import type { Clock, OpenProject } from '../ports'
import { lastEpoch, storeEpoch, storeSteps } from './metrics-log'
import { runFolder } from './run-folder'
import { listLeftovers, updateRun } from './run-records'

/** One line of metrics.jsonl, which the compute process appends before it tells the engine. */
type MetricsLine = ({ readonly kind: 'step' } & StepMetrics) | ({ readonly kind: 'epoch' } & EpochMetrics)

/** Runs that were going on when an earlier process died can be resumed. */
export function interruptLeftovers(project: OpenProject, clock: Clock): void {
  for (const run of listLeftovers(project.database)) {
    recoverMetrics(project, run)
    const { message } = AppError.of('training/interrupted', { run, reason: 'Scorescope stopped' })
    const finishedAt = clock.now().toISOString()
    updateRun(project.database, run, { status: 'interrupted', finishedAt, problem: message })
  }
}

/** Takes over from metrics.jsonl what the catalogue lacks. */
export function recoverMetrics(project: OpenProject, run: string): void {
  const file = join(runFolder(project, run), 'metrics.jsonl')
  if (!existsSync(file)) return
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((text) => parseLine(text))
    .filter((line) => line !== null)
  const { database } = project
  database.transaction(() => {
    storeSteps(
      database,
      run,
      lines.filter((line) => line.kind === 'step'),
    )
    for (const line of lines) if (line.kind === 'epoch') storeEpoch(database, run, line)
    const last = lastEpoch(database, run)
    if (last === null) return
    const { epoch: epochs, step: steps, trainMse, validationMse, elapsedMs } = last
    updateRun(database, run, { epochs, steps, trainMse, validationMse, seconds: elapsedMs / 1000 })
  })()
}

/** null for the half line that a killed process leaves. */
function parseLine(text: string): MetricsLine | null {
  try {
    return JSON.parse(text) as MetricsLine
  } catch {
    return null
  }
}
