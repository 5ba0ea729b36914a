/** runs/<id>/: plan.json, and what the compute process writes beside it. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunPlan } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import { writeFileAtomically } from '../../storage/atomic-file'
import { refusingFailedWrites } from '../../storage/write-problem'
import type { OpenProject } from '../ports'

export function runFolder(project: OpenProject, run: string): string {
  return project.path('runs', run)
}

/** @throws AppError project/no-write */
export function writePlan(project: OpenProject, plan: RunPlan): void {
  const folder = runFolder(project, plan.run)
  refusingFailedWrites(project.folder, () => {
    mkdirSync(folder, { recursive: true })
    writeFileAtomically(join(folder, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`)
  })
}

/** @throws AppError training/plan-damaged */
export function readPlan(project: OpenProject, run: string): RunPlan {
  const damaged = (problem: string, cause?: unknown): AppError =>
    AppError.of('training/plan-damaged', { run, problem }, { cause })
  let value: unknown
  try {
    value = JSON.parse(readFileSync(join(runFolder(project, run), 'plan.json'), 'utf8'))
  } catch (error) {
    throw damaged(error instanceof SyntaxError ? 'plan.json cannot be read' : 'plan.json is missing', error)
  }
  const plan = value as Partial<RunPlan> | null
  if (plan?.format !== 1) throw damaged('it was written by another version of Scorescope')
  if (plan.run !== run) throw damaged(`it belongs to run ${String(plan.run)}`)
  return plan as RunPlan
}

/** Something from which the run can be gone on with or explored. */
export function hasCheckpoint(project: OpenProject, run: string): boolean {
  const folder = join(runFolder(project, run), 'checkpoints')
  return existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith('.'))
}
