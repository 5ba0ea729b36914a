/** Long work: a row before it starts, progress with time left, cancel, and a memory of how it ended. */
import { AppError, Cancelled, fromWire, toWire } from '@shared/errors'
import type { LocalApi } from '@shared/api'
import type { Job, JobKind, JobReference, JobResults } from '@shared/domain/job'
import { type RandomBytes, shortIdentifier } from '../identifiers'
import { isClosing, ProjectClosing } from '../interruption'
import type {
  Clock,
  Emit,
  JobContext,
  JobOptions,
  JobProgressUpdate,
  Jobs,
  OpenProject,
  ProjectAccess,
} from '../ports'
import { endJob, findJob, insertJob, interruptLeftovers, listJobs, resultOf } from './job-records'
import { TimeLeft } from './time-left'

export interface JobsDependencies {
  readonly projects: ProjectAccess
  readonly clock: Clock
  readonly emit: Emit
  readonly randomBytes: RandomBytes
  /** Told of failures that nobody foresaw, to be logged with their stack. */
  readonly onBug: (error: unknown, doing: string) => void
  /** What a failure means for the project; absent: what it says itself. */
  readonly explain?: (error: unknown) => unknown
}

/** A job of this process that has not ended. */
interface LiveJob {
  job: Job
  readonly project: OpenProject
  readonly controller: AbortController
  readonly timeLeft: TimeLeft
  readonly result: Promise<JobResults[JobKind]>
}

type Work = (context: JobContext) => Promise<JobResults[JobKind]>

export interface JobsModule {
  readonly jobs: Jobs
  readonly api: LocalApi['jobs']
}

export function createJobs(dependencies: JobsDependencies): JobsModule {
  const desk = new JobDesk(dependencies)
  dependencies.projects.onOpened((project) => {
    desk.accept(project)
    interruptLeftovers(project.database, dependencies.clock.now().toISOString())
  })
  dependencies.projects.onClosing(() => desk.interruptAll())
  return { jobs: desk, api: createJobsApi(desk, dependencies.projects) }
}

function createJobsApi(desk: JobDesk, projects: ProjectAccess): LocalApi['jobs'] {
  return {
    list: () => {
      const project = projects.current()
      return project === null ? [] : desk.list(project)
    },
    get: ({ job }) => desk.get(projects.required(), job),
    wait: ({ job }, { signal }) => unlessAborted(desk.waitFor(projects.required(), job), signal),
    cancel: ({ job }) => {
      desk.cancel(job)
      return desk.get(projects.required(), job)
    },
  }
}

/** Gives up waiting, not the work, when the signal says so. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stopWaiting = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stopWaiting = () => {
      reject(new Cancelled())
    }
    if (signal.aborted) stopWaiting()
    else signal.addEventListener('abort', stopWaiting, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stopWaiting)
  }
}

class JobDesk implements Jobs {
  private readonly live = new Map<string, LiveJob>()
  /** The project that takes jobs: none while it closes. */
  private open: OpenProject | null = null

  constructor(private readonly dependencies: JobsDependencies) {}

  /** @throws AppError job/busy, project/none-open */
  start<Kind extends JobKind>(
    kind: Kind,
    options: JobOptions,
    work: (context: JobContext) => Promise<JobResults[Kind]>,
  ): JobReference<Kind> {
    const { randomBytes, clock, emit } = this.dependencies
    const project = this.open
    if (project === null) throw AppError.of('project/none-open', {})
    this.requireFree(kind)
    const job: Job = {
      job: shortIdentifier(randomBytes),
      kind,
      subject: options.subject,
      status: 'running',
      label: options.label,
      done: 0,
      total: 0,
      secondsLeft: null,
      startedAt: clock.now().toISOString(),
      finishedAt: null,
      problem: null,
    }
    insertJob(project.database, job)
    emit('job/started', job)
    this.launch(job, project, work)
    return { job: job.job, kind }
  }

  /** The job's result, or its failure. */
  async wait<Kind extends JobKind>(reference: JobReference<Kind>): Promise<JobResults[Kind]> {
    const project = this.dependencies.projects.required()
    return (await this.waitFor(project, reference.job)) as JobResults[Kind]
  }

  cancel(job: string): void {
    this.live.get(job)?.controller.abort()
  }

  /** @throws AppError job/busy */
  requireFree(kind: JobKind): void {
    for (const { job } of this.live.values())
      if (collide(job.kind, kind)) throw AppError.of('job/busy', { job: job.job, label: job.label })
  }

  list(project: OpenProject): readonly Job[] {
    return listJobs(project.database).map((row) => this.live.get(row.job)?.job ?? row)
  }

  /** @throws AppError job/unknown */
  get(project: OpenProject, job: string): Job {
    const found = this.live.get(job)?.job ?? findJob(project.database, job)
    if (found === null) throw AppError.of('job/unknown', { job })
    return found
  }

  async waitFor(project: OpenProject, job: string): Promise<JobResults[JobKind]> {
    const live = this.live.get(job)
    if (live !== undefined) return live.result
    const ended = this.get(project, job)
    if (ended.status === 'cancelled') throw new Cancelled()
    if (ended.problem !== null) throw failureOf(ended.problem)
    const result = resultOf(project.database, job)
    if (result === null) throw AppError.of('job/interrupted', { job })
    return result
  }

  accept(project: OpenProject): void {
    this.open = project
  }

  /** Ends everything because the project closes; what can be gone on from later is kept. */
  async interruptAll(): Promise<void> {
    this.open = null
    const jobs = [...this.live.values()]
    for (const { controller } of jobs) controller.abort(new ProjectClosing())
    await Promise.allSettled(jobs.map(({ result }) => result))
  }

  private launch(job: Job, project: OpenProject, work: Work): void {
    const controller = new AbortController()
    const result = this.run(job.job, controller.signal, work)
    // Whoever waits gets the failure; a job that nobody waits for has it in its row.
    result.catch(() => undefined)
    this.live.set(job.job, { job, project, controller, timeLeft: new TimeLeft(), result })
  }

  private async run(job: string, signal: AbortSignal, work: Work): Promise<JobResults[JobKind]> {
    // The caller holds the reference before the work says anything.
    await Promise.resolve()
    try {
      const result = await work({
        job,
        signal,
        progress: (update) => {
          this.progress(job, update)
        },
      })
      this.end(job, { status: 'finished', problem: null }, result)
      return result
    } catch (thrown) {
      const error = this.dependencies.explain?.(thrown) ?? thrown
      this.end(job, this.endingOf(job, error, signal), undefined)
      throw error
    }
  }

  private endingOf(job: string, error: unknown, signal: AbortSignal): Pick<Job, 'status' | 'problem'> {
    const wire = toWire(error)
    if (wire.kind === 'cancelled' && isClosing(signal)) {
      const { code, message } = AppError.of('job/interrupted', { job })
      return { status: 'interrupted', problem: { code, message } }
    }
    if (wire.kind === 'cancelled') return { status: 'cancelled', problem: null }
    if (wire.kind === 'bug') this.dependencies.onBug(error, `job ${job}`)
    return { status: 'failed', problem: { code: wire.code, message: wire.message } }
  }

  private progress(id: string, update: JobProgressUpdate): void {
    const live = this.live.get(id)
    if (live === undefined) return
    const judged = live.timeLeft.update(update, this.dependencies.clock.elapsedMs())
    const secondsLeft = update.secondsLeft === undefined ? judged : update.secondsLeft
    live.job = { ...live.job, label: update.label, done: update.done, total: update.total, secondsLeft }
    const { job, kind, label, done, total } = live.job
    this.dependencies.emit('job/progressed', { job, kind, label, done, total, secondsLeft })
  }

  private end(id: string, ending: Pick<Job, 'status' | 'problem'>, result: unknown): void {
    const live = this.live.get(id)
    if (live === undefined) return
    const finishedAt = this.dependencies.clock.now().toISOString()
    const job: Job = { ...live.job, ...ending, finishedAt, secondsLeft: null }
    this.live.delete(id)
    try {
      endJob(live.project.database, job, result)
    } catch (error) {
      // The row is put right when the project is next opened; whoever waits is told now all the same.
      this.dependencies.onBug(error, `recording the end of job ${id}`)
    }
    this.dependencies.emit('job/ended', job)
  }
}

/** Kinds that train: one at a time, whichever it is. */
const TRAINING: readonly JobKind[] = ['train', 'series']

/** Kinds that write where the files of pages are: what one of them has read, another may change. */
const FILES: readonly JobKind[] = ['import', 'check-files', 'find-files', 'renew-files', 'consolidate']

/** Two of a kind would fight over the same rows and cores; the demo is all kinds in one. */
function collide(one: JobKind, other: JobKind): boolean {
  if (one === other || one === 'demo' || other === 'demo') return true
  return [TRAINING, FILES].some((kinds) => kinds.includes(one) && kinds.includes(other))
}

function failureOf(problem: { readonly code: string; readonly message: string }): Error {
  const kind = problem.code === 'bug' ? 'bug' : 'expected'
  return fromWire({ kind, ...problem, details: {}, cause: null })
}
