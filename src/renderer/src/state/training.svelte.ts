/** The training screen: choices for a new run, the runs there are, and the one that is looked at. */
import type { Replies } from '@shared/api'
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type { SampleSet } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { Application } from './application.svelte'
import { ComparisonState } from './comparison.svelte'
import { EvaluationState } from './evaluation.svelte'
import { LeakMeter } from './leak-meter.svelte'
import { ModelExchange } from './exchange.svelte'
import { Loadable } from './loadable.svelte'
import type { Places } from './navigation.svelte'
import { SeriesState } from './series.svelte'
import { TrainingForm } from './training-form.svelte'
import { RunList } from './training-list.svelte'
import { RunRecord } from './training-record.svelte'
import { WatchedRun } from './watched-run.svelte'

type Forecast = Replies['training']['forecast']
/** What the screen shows: the runs and one of them, several beside each other, series, or the form for a new run. */
export type TrainingPart = 'runs' | 'compare' | 'series' | 'new'
/** What is shown of a run: how it learned, or what it scores. */
type RunAspect = 'learning' | 'scores'
/** Between an epoch's end and asking what the table shows of its run. */
const REFRESH_MS = 250

type RunVerb = 'pause' | 'unpause' | 'stop' | 'cancel'

export class TrainingState {
  readonly form = new TrainingForm()
  readonly sets = new Loadable<readonly SampleSet[]>()
  readonly runs = new Loadable<readonly RunSummary[]>()
  readonly forecast = new Loadable<Forecast>()
  readonly starting = new Loadable<string>()
  readonly leaks: LeakMeter
  readonly evaluation: EvaluationState
  readonly comparison: ComparisonState
  readonly series: SeriesState
  readonly record: RunRecord
  readonly exchange: ModelExchange
  readonly list = new RunList(() => this.runs.value ?? [])
  /** The choices that the forecast was measured for. */
  #measured = $state.raw<string | null>(null)
  #part = $state<TrainingPart>('runs')
  #watched = $state.raw<WatchedRun | null>(null)
  #cancelAsked = $state(false)
  #rateAsked = $state(false)
  #aspect = $state<RunAspect>('learning')

  private readonly refreshing = new Set<string>()
  /** What this screen itself made navigation point at: nothing to follow. */
  private own: Places['training'] | null = null

  constructor(private readonly application: Application) {
    this.leaks = new LeakMeter(application.api)
    this.evaluation = new EvaluationState(application)
    this.comparison = new ComparisonState(application, () => this.runs.value ?? [])
    this.series = new SeriesState(application)
    this.exchange = new ModelExchange(application)
    this.record = new RunRecord(application, (run) => this.put(run))
  }

  /** What is shown: the form while there is nothing else, one run while fewer than two are ticked. */
  get part(): TrainingPart {
    if (this.#part === 'series' && this.hasSeries) return 'series'
    if ((this.runs.value?.length ?? 0) === 0) return 'new'
    if (this.#part === 'compare') return this.comparison.summaries.length > 1 ? 'compare' : 'runs'
    return this.#part === 'series' ? 'runs' : this.#part
  }

  get hasSeries(): boolean {
    return (this.series.list.value?.length ?? 0) > 0
  }

  /** The run looked at: the chosen one, else the newest. */
  get selected(): RunSummary | null {
    const runs = this.runs.value ?? []
    return runs.find((run) => run.run === this.application.navigation.on('training').run) ?? runs[0] ?? null
  }

  get watched(): WatchedRun | null {
    return this.#watched
  }

  /** The forecast was measured for other choices than those on screen. */
  get forecastIsStale(): boolean {
    return this.forecast.value !== null && this.#measured !== JSON.stringify(this.form.request)
  }

  /** The job that trains the selected run, while it does. */
  get job(): Job | null {
    const run = this.selected
    if (run === null) return null
    return (
      this.application.jobs.running.find((job) => job.kind === 'train' && job.subject === run.run) ?? null
    )
  }

  /** The ticked runs are beside each other, not one alone. */
  get comparing(): boolean {
    return this.part === 'compare'
  }

  get aspect(): RunAspect {
    return this.#aspect
  }

  showAspect(aspect: RunAspect): void {
    this.#aspect = aspect
  }

  /** Whether cancelling was asked for and waits to be confirmed. */
  get cancelAsked(): boolean {
    return this.#cancelAsked
  }

  /** Listens to the engine and asks for what may have changed; returns what stops that. */
  attach(): () => void {
    const { connection, jobs } = this.application
    this.load()
    const ends = [
      this.evaluation.attach(),
      this.series.attach(),
      connection.on('run/live', ({ run, ...live }) => this.watchedOf(run)?.live.set(live)),
      connection.on('run/step', (step) => this.watchedOf(step.run)?.addStep(step)),
      connection.on('run/epoch', (epoch) => {
        this.watchedOf(epoch.run)?.addEpoch(epoch)
        this.comparison.grow(epoch.run)
        this.refreshSoon(epoch.run)
      }),
      connection.on('run/changed', ({ run }) => {
        void this.loadRuns()
        this.watchedOf(run)?.load()
        this.comparison.renew(run)
      }),
      jobs.onEnded((job) => {
        if (job.kind === 'sample') this.loadSets()
        if (job.kind === 'train' || job.kind === 'features' || job.kind === 'demo') void this.loadRuns()
      }),
    ]
    return () => ends.forEach((end) => end())
  }

  /** Shows what navigation points at. */
  follow(place: Places['training']): void {
    const { run, series, part } = place
    if (place === this.own) return
    if (part === 'series') {
      this.#part = 'series'
      if (series !== undefined) this.series.show()
    } else if (this.#part === 'series' || (run !== undefined && this.#part === 'new')) this.#part = 'runs'
    this.watch()
  }

  compose(): void {
    this.show('new')
  }

  showSeries(series?: string): void {
    if (series !== undefined) this.series.choose(series)
    this.show('series')
  }

  /** Shows the runs of a series in the table. */
  showRunsOf(series: string): void {
    this.list.ofSeries(series)
    const first = this.list.shown[0]
    if (first === undefined) this.showRuns()
    else this.choose(first.run)
  }

  /** Reads the model and shows the run that it has become. */
  async takeIn(): Promise<void> {
    const run = await this.exchange.takeIn()
    if (run === null) return
    await this.loadRuns()
    this.choose(run.run)
  }

  /** Fills the form with the plan of the selected run, to be changed and started again. */
  duplicate(): void {
    const plan = this.#watched?.plan.value
    if (plan == null) return
    const set = this.sets.value?.find((one) => one.id === plan.sampleSet.id)
    if (set === undefined) {
      this.application.toasts.fail(AppError.of('sampling/set-unknown', { sampleSet: plan.sampleSet.id }))
      return
    }
    this.form.duplicate(plan, set)
    this.forecast.reset()
    this.compose()
  }

  compare(): void {
    this.show('compare')
  }

  /** Ticks or unticks a run for the comparison, which is shown as soon as there are two. */
  tick(run: string, ticked: boolean, range: boolean): void {
    this.comparison.tick(run, ticked, range)
    if (ticked) this.compare()
  }

  showRuns(): void {
    this.show('runs')
    this.watch()
  }

  choose(run: string): void {
    this.application.navigation.refine('training', { run })
    this.showRuns()
  }

  /** The series are a place that is found again at the next start. */
  private show(part: TrainingPart): void {
    const { navigation } = this.application
    this.#part = part
    const place = part === 'series' ? part : undefined
    if (navigation.on('training').part !== place) navigation.refine('training', { part: place })
    this.own = navigation.on('training')
  }

  /** Measures a few real steps on this machine. */
  measure(): void {
    const request = this.form.request
    if (request === null) return
    this.#measured = JSON.stringify(request)
    void this.forecast.load((signal) => this.application.api.training.forecast(request, { signal }))
  }

  stopMeasuring(): void {
    this.forecast.reset()
  }

  /** Trains what was chosen, once or as a series. */
  start(): void {
    const series = this.form.seriesRequest
    if (series !== null) {
      void this.series.start(series).then((begun) => {
        if (begun) this.showSeries()
      })
      return
    }
    const request = this.form.request
    if (request === null || !this.form.ready || this.starting.status === 'loading') return
    void this.begin(() => this.application.api.training.start(request))
  }

  /** Goes on from the last checkpoint, from there on with another learning rate where one is given. */
  resume(learningRate?: number): void {
    const run = this.selected?.run
    const rate = learningRate === undefined ? {} : { learningRate }
    this.#rateAsked = false
    if (run !== undefined) void this.begin(() => this.application.api.training.resume({ run, ...rate }))
  }

  /** Whether the learning rate to resume with is asked for. */
  get rateAsked(): boolean {
    return this.#rateAsked
  }

  askForRate(asked: boolean): void {
    this.#rateAsked = asked
  }

  pause(): void {
    this.tell('pause')
  }

  unpause(): void {
    this.tell('unpause')
  }

  /** Ends after the current step and keeps the weights. */
  stop(): void {
    this.tell('stop')
  }

  askToCancel(asked: boolean): void {
    this.#cancelAsked = asked
  }

  cancel(): void {
    this.#cancelAsked = false
    this.tell('cancel')
  }

  private load(): void {
    this.loadSets()
    void this.loadRuns()
  }

  private loadSets(): void {
    void this.sets
      .load((signal) => this.application.api.sampling.sets(undefined, { signal }))
      .then((sets) => {
        const newest = sets?.reduce<SampleSet | null>(
          (best, set) => (best === null || set.id > best.id ? set : best),
          null,
        )
        if (newest && this.form.sampleSet === null) this.form.chooseSampleSet(newest)
      })
  }

  private async loadRuns(): Promise<void> {
    const runs = await this.runs.load((signal) => this.application.api.training.runs(undefined, { signal }))
    if (runs === null) return
    this.runs.set([...runs].sort((a, b) => b.startedAt.localeCompare(a.startedAt)))
    this.watch()
  }

  private watch(): void {
    const run = this.selected?.run
    if (run === undefined || this.#watched?.run === run) return
    this.record.edit(false)
    this.#watched = new WatchedRun(this.application.api, run)
    this.#watched.load()
  }

  private watchedOf(run: string): WatchedRun | null {
    return this.#watched?.run === run ? this.#watched : null
  }

  private async begin(ask: () => Promise<{ run: string }>): Promise<void> {
    const run = await this.starting.load(async () => (await ask()).run)
    if (run === null) return
    await this.loadRuns()
    this.choose(run)
    this.watchedOf(run)?.load()
  }

  private tell(verb: RunVerb): void {
    const run = this.selected?.run
    if (run === undefined) return
    this.application.api.training[verb]({ run }).then(
      (summary) => this.put(summary),
      (error: unknown) => this.application.toasts.fail(error),
    )
  }

  /** Epochs may end many times a second: the table need not. */
  private refreshSoon(run: string): void {
    if (this.refreshing.has(run)) return
    this.refreshing.add(run)
    setTimeout(() => {
      this.refreshing.delete(run)
      this.refresh(run)
    }, REFRESH_MS)
  }

  private refresh(run: string): void {
    this.application.api.training.run({ run }).then(
      (summary) => this.put(summary),
      (error: unknown) => this.application.toasts.fail(error),
    )
  }

  private put(summary: RunSummary): void {
    if (this.runs.status !== 'ready' || this.runs.value === null) return
    this.runs.set(this.runs.value.map((run) => (run.run === summary.run ? summary : run)))
  }
}
