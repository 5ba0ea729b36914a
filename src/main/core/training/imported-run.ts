/** The record of a run whose weights came from elsewhere. */
import { rmSync } from 'node:fs'
import type { RunPlan } from '@shared/domain/run'
import { Cancelled } from '@shared/errors'
import type { Clock, Emit, ProjectAccess } from '../ports'
import { runFolder, writePlan } from './run-folder'
import { insertRun, updateRun } from './run-records'

/** A run that is being imported: its folder and plan are there, its row is not yet. */
export interface ImportedRun {
  /** Absolute path of runs/<id>/. */
  readonly folder: string
  /** Makes the row, finished. @throws Cancelled when the project was closed meanwhile */
  record(facts: { readonly weightsSha256: string; readonly remarks: readonly string[] }): void
  /** Removes the folder. */
  discard(): void
}

export interface ImportedRunDependencies {
  readonly projects: ProjectAccess
  readonly clock: Clock
  readonly emit: Emit
}

/** @throws AppError project/none-open, project/no-write */
export function beginImport({ projects, clock, emit }: ImportedRunDependencies, plan: RunPlan): ImportedRun {
  const project = projects.required()
  const folder = runFolder(project, plan.run)
  writePlan(project, plan)
  return {
    folder,
    record(facts) {
      if (projects.current() !== project) throw new Cancelled()
      const now = clock.now().toISOString()
      project.database.transaction(() => {
        insertRun(project.database, plan, now)
        updateRun(project.database, plan.run, { ...facts, status: 'finished', finishedAt: now })
      })()
      emit('run/changed', { run: plan.run, status: 'finished' })
      projects.announceChange()
    },
    discard() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
