/** A command at work: the core in this process, an open project, progress on standard error, Ctrl-C. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RemoteApi } from '@shared/api'
import type { JobKind, JobReference, JobResults } from '@shared/domain/job'
import type { AssembledCore } from '../assemble'
import type { Console } from './console'

export interface Session {
  readonly api: RemoteApi
  readonly console: Console
  readonly assembled: AssembledCore
  /** Aborted by the first Ctrl-C: requests give up. */
  readonly signal: AbortSignal
}

/** A project as it is written on the command line, made absolute. */
export function projectFolder(given: string): string {
  return resolve(given)
}

/** @throws AppError project/not-found, project/locked, … */
export async function openProject({ api, signal }: Session, given: string): Promise<void> {
  await api.project.open({ folder: projectFolder(given) }, { signal })
}

/** Opens the project, or makes it where there is none yet. */
export async function openOrCreateProject(session: Session, given: string): Promise<void> {
  const folder = projectFolder(given)
  if (existsSync(join(folder, 'project.sqlite'))) await openProject(session, given)
  else await session.api.project.create({ folder }, { signal: session.signal })
}

/** Shows a job's progress until it ends; Ctrl-C cancels it. Resolves or rejects as the job does. */
export async function follow<Kind extends JobKind>(
  session: Session,
  reference: JobReference<Kind>,
  onInterrupt: () => Promise<unknown> = () => session.api.jobs.cancel({ job: reference.job }),
): Promise<JobResults[Kind]> {
  const { api, console, assembled, signal } = session
  const stop = assembled.core.on('job/progressed', (progress) => {
    if (progress.job === reference.job) console.progress(progress)
  })
  const interrupt = (): void => {
    console.say('Stopping …')
    onInterrupt().catch((error: unknown) => {
      console.say(`It could not be stopped: ${error instanceof Error ? error.message : String(error)}`)
    })
  }
  if (signal.aborted) interrupt()
  else signal.addEventListener('abort', interrupt, { once: true })
  try {
    return (await api.jobs.wait({ job: reference.job })) as JobResults[Kind]
  } finally {
    signal.removeEventListener('abort', interrupt)
    stop()
    console.endProgress()
  }
}
