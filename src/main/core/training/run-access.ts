/** Runs as others see them: their summary, their plan, where they lie. */
import type { RunPlan, RunSummary } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import type { OpenProject, ProjectAccess } from '../ports'
import { checkpointUse } from './checkpoints'
import { hasCheckpoint, readPlan, runFolder } from './run-folder'
import { getRun, listRuns, type RunRecord } from './run-records'

export interface RunAccess {
  /** Newest first. */
  readonly list: () => readonly RunSummary[]
  /** @throws AppError training/run-unknown */
  readonly summary: (run: string) => RunSummary
  /** @throws AppError training/run-unknown, training/plan-damaged */
  readonly plan: (run: string) => RunPlan
  /** Absolute path of runs/<id>/. */
  readonly folder: (run: string) => string
  /** @throws AppError training/no-checkpoint */
  readonly requireWeights: (run: string) => void
}

export function createRunAccess(projects: ProjectAccess): RunAccess {
  const complete = (project: OpenProject, record: RunRecord): RunSummary => {
    const use = checkpointUse(runFolder(project, record.run))
    return { ...record, ...use, hasWeights: use.checkpoints > 0 }
  }
  return {
    list() {
      const project = projects.required()
      return listRuns(project.database).map((record) => complete(project, record))
    },
    summary(run) {
      const project = projects.required()
      return complete(project, getRun(project.database, run))
    },
    plan(run) {
      const project = projects.required()
      getRun(project.database, run)
      return readPlan(project, run)
    },
    folder: (run) => runFolder(projects.required(), run),
    requireWeights(run) {
      if (!hasCheckpoint(projects.required(), run)) throw AppError.of('training/no-checkpoint', { run })
    },
  }
}
