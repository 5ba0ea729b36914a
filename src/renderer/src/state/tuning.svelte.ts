/** Which settings of TensorFlow suit this machine: as measured, being measured, or not yet. */
import type { TuningReport } from '@shared/domain/system'
import type { Job } from '@shared/domain/job'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class TuningState {
  /** Null until it was measured here. */
  readonly report = new Loadable<TuningReport | null>()
  readonly starting = new Loadable<string>()

  constructor(private readonly application: Application) {}

  /** The job that measures, while it does. */
  get job(): Job | null {
    return this.application.jobs.running.find((job) => job.kind === 'tune') ?? null
  }

  /** Why there is nothing to show although it was asked for. */
  get problem(): string | null {
    return this.starting.failure?.message ?? this.report.failure?.message ?? null
  }

  /** Asks again whenever it was measured; returns what stops that. */
  attach(): () => void {
    this.load()
    return this.application.jobs.onEnded((job) => {
      if (job.kind === 'tune') this.load()
    })
  }

  /** @param thorough tries XLA too, which takes minutes */
  measure(thorough: boolean): void {
    if (this.job !== null || this.starting.status === 'loading') return
    void this.starting.load(async () => (await this.application.api.system.tune({ thorough })).job)
  }

  stop(): void {
    if (this.job !== null) this.application.jobs.cancel(this.job.job)
  }

  private load(): void {
    void this.report.load((signal) => this.application.api.system.tuning(undefined, { signal }))
  }
}
