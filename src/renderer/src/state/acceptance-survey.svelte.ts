/** Whether the squares are measured that drawing would look at, and the job that measures them. */
import type { Job } from '@shared/domain/job'
import type { SamplingRules, SurveyKey, SurveyReport } from '@shared/domain/sampling-rules'
import type { Application } from './application.svelte'
import { describeFailure, type Failure } from './failure'
import { Loadable } from './loadable.svelte'
import { NewestQuestion } from './newest-question.svelte'

export class AcceptanceSurvey {
  readonly state = new Loadable<SurveyReport>()
  #failure = $state.raw<Failure | null>(null)
  /** Measured on this machine, for an estimate before the first survey. */
  #secondsPerPage = $state<number | null>(null)
  readonly #question = new NewestQuestion<SurveyKey>((key) =>
    this.state.load((signal) => this.application.api.sampling.surveyState(key, { signal })),
  )

  constructor(private readonly application: Application) {}

  /** The survey that runs now, of whatever squares. */
  get job(): Job | null {
    return this.application.jobs.running.find(({ kind }) => kind === 'survey') ?? null
  }

  /** Why it could not be started. */
  get failure(): Failure | null {
    return this.#failure
  }

  /** Pages that are not measured yet; null until it is known. */
  get missing(): number | null {
    const report = this.state.value
    if (report === null || !this.#question.current) return null
    return Math.max(0, report.pages - report.surveyed - report.unreadable.length)
  }

  /** How long measuring what is missing would take, from what it took before; null where nothing is known. */
  get secondsNeeded(): number | null {
    const { missing } = this
    const perPage = secondsPerPage(this.application.jobs.all) ?? this.#secondsPerPage
    return missing === null || perPage === null ? null : missing * perPage
  }

  /** One page took so long to be measured. */
  timed(seconds: number): void {
    this.#secondsPerPage = seconds
  }

  follow({ seed, size, triesPerPage, background }: SamplingRules): void {
    this.#question.want({ seed, size, triesPerPage, background })
  }

  /** A survey has ended, or pages have changed. */
  again(rules: SamplingRules): void {
    this.#question.forget()
    this.follow(rules)
  }

  async start({ seed, size, triesPerPage, background }: SamplingRules): Promise<void> {
    this.#failure = null
    try {
      await this.application.api.sampling.survey({ seed, size, triesPerPage, background })
    } catch (error) {
      this.#failure = describeFailure(error)
    }
  }

  cancel(): void {
    if (this.job !== null) this.application.jobs.cancel(this.job.job)
  }
}

/** Of the newest survey that ran to its end and measured anything. */
function secondsPerPage(jobs: readonly Job[]): number | null {
  const done = jobs.find(({ kind, status, total }) => kind === 'survey' && status === 'finished' && total > 0)
  if (done?.finishedAt == null) return null
  return (Date.parse(done.finishedAt) - Date.parse(done.startedAt)) / 1000 / done.total
}
