/** The scores of the run looked at: as they were found, being found, or not found yet. */
import type { Listing } from '@shared/api'
import type { ConfusionCell, Evaluation } from '@shared/domain/evaluation'
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class EvaluationState {
  /** Null once it is known that the run's present weights were not scored yet. */
  readonly evaluation = new Loadable<Evaluation | null>()
  /** Where held-out crops are from; asked for only where scores name pages. */
  readonly samples = new Loadable<Listing<SampleWithPage>>()
  readonly starting = new Loadable<Job['job']>()
  #run = $state.raw<Pick<RunSummary, 'run' | 'sampleSet' | 'weightsSha256'> | null>(null)
  #cell = $state.raw<ConfusionCell | null>(null)

  /** By page id: a crop of it. */
  readonly #pages = $derived(
    new Map(this.samples.value?.items.map((sample) => [sample.page, sample] as const)),
  )

  constructor(private readonly application: Application) {}

  /** The job that scores the run, while it does. */
  get job(): Job | null {
    return this.newestJob?.status === 'running' ? this.newestJob : null
  }

  /** Why there are no scores although they were asked for. */
  get problem(): string | null {
    const failed = this.newestJob?.status === 'failed' ? (this.newestJob.problem?.message ?? null) : null
    return this.starting.failure?.message ?? failed ?? this.evaluation.failure?.message ?? null
  }

  /** The cell of the confusion matrix whose crops are shown. */
  get cell(): ConfusionCell | null {
    return this.#cell
  }

  /** Asks again whenever scored jobs end; returns what stops that. */
  attach(): () => void {
    return this.application.jobs.onEnded((job) => {
      if (job.kind === 'evaluate' && job.subject === this.#run?.run) this.load()
    })
  }

  /** Asks for the scores of a run, once for the same weights. */
  look(run: RunSummary): void {
    const { run: id, sampleSet, weightsSha256 } = run
    if (this.#run?.run === id && this.#run.weightsSha256 === weightsSha256) return
    const sameSamples = this.#run?.sampleSet === sampleSet
    this.#run = { run: id, sampleSet, weightsSha256 }
    this.#cell = null
    this.evaluation.reset()
    this.starting.reset()
    if (!sameSamples) this.samples.reset()
    this.load()
  }

  evaluate(): void {
    const run = this.#run?.run
    if (run === undefined || this.job !== null || this.starting.status === 'loading') return
    void this.starting.load(async () => (await this.application.api.training.evaluate({ run })).job)
  }

  stop(): void {
    if (this.job !== null) this.application.jobs.askCancel(this.job.job)
  }

  /** Shows the crops of a cell; the same cell again puts them away. */
  toggleCell(cell: ConfusionCell): void {
    this.#cell = this.#cell === cell ? null : cell
  }

  /** A crop of the page, which says what the page is of; null while unknown. */
  pageOf(page: number): SampleWithPage | null {
    return this.#pages.get(page) ?? null
  }

  private get newestJob(): Job | null {
    return this.#run === null ? null : this.application.jobs.newest('evaluate', this.#run.run)
  }

  private load(): void {
    const run = this.#run
    if (run === null) return
    const { api } = this.application
    void this.evaluation
      .load((signal) => api.training.evaluation({ run: run.run }, { signal }))
      .then((evaluation) => {
        if (evaluation === null || evaluation.classification === null || this.samples.status !== 'idle')
          return
        void this.samples.load((signal) => api.sampling.samples({ sampleSet: run.sampleSet }, { signal }))
      })
  }
}
