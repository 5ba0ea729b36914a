/** Long work: what runs now, how far it is, and what to do when it has ended. */
import type { Job, JobKind } from '@shared/domain/job'
import type { Connection } from '../api'
import type { Toasts } from './toasts.svelte'

export class JobsState {
  #jobs = $state.raw<readonly Job[]>([])
  readonly #running = $derived(this.#jobs.filter((job) => job.status === 'running'))
  #doubted = $state.raw<Job | null>(null)
  readonly #listeners = new Set<(job: Job) => void>()

  constructor(
    private readonly connection: Connection,
    private readonly toasts: Toasts,
  ) {
    connection.on('job/started', (job) => this.put(job))
    connection.on('job/progressed', (progress) => {
      const job = this.#jobs.find((known) => known.job === progress.job)
      if (job?.status === 'running') this.put({ ...job, ...progress })
    })
    connection.on('job/ended', (job) => this.ended(job))
  }

  /** Newest first. */
  get all(): readonly Job[] {
    return this.#jobs
  }

  get running(): readonly Job[] {
    return this.#running
  }

  /** The newest job of a kind, or of a run. */
  newest(kind: JobKind, subject?: string): Job | null {
    const found = this.#jobs.find(
      (job) => job.kind === kind && (subject === undefined || job.subject === subject),
    )
    return found ?? null
  }

  /** Takes over what the engine was already doing when the window opened. */
  load(): void {
    this.connection.api.jobs.list().then(
      (jobs) => {
        // Events may have overtaken the list: what is known already is newer.
        const known = new Set(this.#jobs.map((job) => job.job))
        this.set([...this.#jobs, ...jobs.filter((job) => !known.has(job.job))])
      },
      (error: unknown) => this.toasts.fail(error),
    )
  }

  /** A training or series that is about to be cancelled, until the reader has decided: work would be lost. */
  get doubted(): Job | null {
    return this.#doubted
  }

  /** Cancels at once, except a training or a series of them: that waits for `confirmCancel` or `keepGoing`. */
  askCancel(id: string): void {
    const job = this.#jobs.find((known) => known.job === id)
    if (job?.kind === 'train' || job?.kind === 'series') this.#doubted = job
    else this.cancel(id)
  }

  confirmCancel(): void {
    if (this.#doubted !== null) this.cancel(this.#doubted.job)
    this.#doubted = null
  }

  keepGoing(): void {
    this.#doubted = null
  }

  /** Another project is open, or none: what ended before belongs to the one before. */
  forget(): void {
    this.set(this.#running)
  }

  /** The engine was started anew: nothing runs that ran before. */
  reset(): void {
    this.set([])
  }

  cancel(job: string): void {
    this.connection.api.jobs.cancel({ job }).then(
      (ended) => {
        if (this.#jobs.find((known) => known.job === ended.job)?.status === 'running') this.put(ended)
      },
      (error: unknown) => this.toasts.fail(error),
    )
  }

  /** Calls when any job has ended, however it ended; returns what stops that. */
  onEnded(listener: (job: Job) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  private ended(job: Job): void {
    this.put(job)
    if (this.#doubted?.job === job.job) this.#doubted = null
    if (job.status === 'failed' && job.problem !== null) {
      const { code, message } = job.problem
      this.toasts.say(code === 'bug' ? `This is a bug in Scorescope: ${message}` : message, 'danger')
    }
    for (const listener of this.#listeners) listener(job)
  }

  private put(job: Job): void {
    const known = this.#jobs.some((other) => other.job === job.job)
    this.set(known ? this.#jobs.map((other) => (other.job === job.job ? job : other)) : [job, ...this.#jobs])
  }

  private set(jobs: readonly Job[]): void {
    this.#jobs = jobs
    this.connection.host.setProgress(overallProgress(this.#running), this.#running[0]?.label ?? '')
  }
}

/** One share for the title bar: the mean over running jobs; null when none runs. */
export function overallProgress(running: readonly Job[]): number | null {
  if (running.length === 0) return null
  const shares = running.map((job) => (job.total > 0 ? Math.min(1, job.done / job.total) : 0))
  return shares.reduce((sum, share) => sum + share, 0) / shares.length
}
