/**
 * The engine as the window sees it, in memory: the whole contract over a small made-up project. Requests are checked
 * with the contract's own schemas. Jobs move only when a test says so, unless `lively`.
 */
import { METHODS, type LocalApi, type Noun, type RemoteApi, type Verb } from '@shared/api'
import type { EngineState, ExportedFile, HostCommand, Theme } from '@shared/bridge'
import { createApi } from '@shared/caller'
import type { Evaluation } from '@shared/domain/evaluation'
import type { AblationReport } from '@shared/domain/feature'
import type { Job, JobKind, JobResults } from '@shared/domain/job'
import type { ImportReport, Page, PageRegion, PageSelection } from '@shared/domain/page'
import type { ProjectSummary, RecentProject } from '@shared/domain/project'
import type { CatalogueCopies } from '@shared/domain/repair'
import type { RunLive, RunSummary } from '@shared/domain/run'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import type { SeriesReport } from '@shared/domain/series'
import type { DoctorReport, TuningReport } from '@shared/domain/system'
import { AppError, Cancelled } from '@shared/errors'
import type { EngineEvents } from '@shared/events'
import type { PictureAddress } from '@shared/pictures'
import { REQUESTS } from '@shared/requests'
import { Subscriptions } from '@shared/subscriptions'
import type { z } from 'zod'
import type { Connection, Host } from '../../../src/renderer/src/api'
import { FAKE_DOCTOR, fakeCoreApi } from './fake-api'
import { fakePages, fakeSamples, fakeSampleSet, fakeTree } from './fake-corpus'
import { FakeFindings } from './fake-findings'
import { FakeLatent } from './fake-latent'
import { fakeRun } from './fake-model'
import { FakeCatalogue } from './fake-catalogue'
import { FakeFiles } from './fake-files'
import { FakeNaming } from './fake-naming'
import { FakeSampling } from './fake-sampling'
import { fakePictureUrl } from './fake-pictures'
import { fakeCopies } from './fake-repair'
import { FakeSymbols } from './fake-symbols'

export interface FakeOptions {
  /** No project is open. */
  readonly closed?: boolean
  /** The open project has no pages, samples or runs. */
  readonly empty?: boolean
  /** Repeats every piece's pages this often, for long lists. */
  readonly scale?: number
  /** As a browser has it: folders are typed. */
  readonly browser?: boolean
  readonly pictureUrl?: (address: PictureAddress) => string
}

export interface FakeCall {
  readonly noun: string
  readonly verb: string
  readonly request: unknown
}

export const FAKE_FOLDER = '/home/researcher/Styles.scorescope'

export class FakeEngine {
  readonly connection: Connection
  readonly api: RemoteApi
  /** Every request so far, in order. */
  readonly calls: FakeCall[] = []
  readonly events = new Subscriptions<EngineEvents>()
  readonly host = new FakeHost()
  pages: readonly Page[]
  /** Pages on which no staff can be made out. */
  staffless: readonly number[] = []
  /** Staff spaces in pixels by page, where they are not as usual. */
  staffSpaces: ReadonlyMap<number, number> = new Map()
  /** By page, where it has any. */
  regions: ReadonlyMap<number, readonly PageRegion[]> = new Map()
  sets: SampleSet[]
  samples: readonly SampleWithPage[]
  runs: RunSummary[]
  /** By run. */
  readonly evaluations = new Map<string, Evaluation>()
  /** By run, while it trains. */
  readonly lives = new Map<string, RunLive>()
  /** What `exploration.losses` answers, by run/layer; nothing until a test puts it there. */
  readonly losses = new Map<string, AblationReport>()
  readonly findings = new FakeFindings()
  readonly naming = new FakeNaming()
  readonly sampling = new FakeSampling()
  readonly catalogue = new FakeCatalogue()
  readonly files = new FakeFiles()
  readonly symbols = new FakeSymbols()
  readonly latent = new FakeLatent()
  series: readonly SeriesReport[] = []
  doctor: DoctorReport = FAKE_DOCTOR
  tuning: TuningReport | null = null
  jobs: Job[] = []
  lastImport: ImportReport | null = null
  project: ProjectSummary | null = null
  copies: CatalogueCopies = fakeCopies()
  recent: RecentProject[] = [
    { folder: FAKE_FOLDER, name: 'Styles', openedAt: '2025-11-23T16:20:00.000Z', exists: true },
    {
      folder: '/media/archive/Rags.scorescope',
      name: 'Rags',
      openedAt: '2025-10-02T11:05:00.000Z',
      exists: false,
    },
  ]
  readonly #failures = new Map<string, Error>()
  readonly #held = new Map<string, Promise<void>>()

  constructor(options: FakeOptions = {}) {
    this.pages = options.empty === true ? [] : fakePages(options.scale ?? 1)
    this.samples = fakeSamples(this.pages, 448)
    this.sets = options.empty === true ? [] : [fakeSampleSet(1, this.samples.length)]
    this.runs = options.empty === true ? [] : [fakeRun()]
    if (options.closed !== true) this.project = this.summary(FAKE_FOLDER)
    const local = fakeCoreApi(this)
    this.api = createApi<RemoteApi>(METHODS, (noun, verb, request, callOptions) =>
      this.answer(local, { noun, verb, request }, callOptions?.signal),
    )
    this.connection = {
      api: this.api,
      on: (name, listener) => this.events.on(name, listener),
      pictureUrl: options.pictureUrl ?? fakePictureUrl,
      host: this.host.connected(options.browser === true),
    }
  }

  /** The next such request fails with this. */
  failNext<N extends Noun>(noun: N, verb: Verb<N>, error: Error): void {
    this.#failures.set(`${noun}.${String(verb)}`, error)
  }

  /** Such requests wait until the returned function is called. */
  hold<N extends Noun>(noun: N, verb: Verb<N>): () => void {
    let release: () => void = () => undefined
    const name = `${noun}.${String(verb)}`
    this.#held.set(name, new Promise((resolve) => (release = resolve)))
    return () => {
      this.#held.delete(name)
      release()
    }
  }

  /** The requests of one kind, in order. */
  requests<N extends Noun>(noun: N, verb: Verb<N>): readonly unknown[] {
    return this.calls.filter((call) => call.noun === noun && call.verb === verb).map((call) => call.request)
  }

  startJob(kind: JobKind, label: string, subject: string | null = null): Job {
    const job: Job = {
      job: `j${this.jobs.length + 1}`,
      kind,
      label,
      done: 0,
      total: 0,
      secondsLeft: null,
      status: 'running',
      startedAt: '2025-11-24T08:00:00.000Z',
      finishedAt: null,
      problem: null,
      subject,
    }
    this.jobs = [job, ...this.jobs]
    this.events.emit('job/started', job)
    return job
  }

  progressJob(id: string, done: number, total: number, secondsLeft: number | null = null): void {
    const { kind, label } = this.job(id)
    this.change(id, { done, total, secondsLeft })
    this.events.emit('job/progressed', { job: id, kind, label, done, total, secondsLeft })
  }

  endJob(id: string, change: Partial<Job> = {}): Job {
    const ended = this.change(id, { status: 'finished', finishedAt: '2025-11-24T08:05:00.000Z', ...change })
    this.events.emit('job/ended', ended)
    return ended
  }

  job(id: string): Job {
    const job = this.jobs.find((known) => known.job === id)
    if (job === undefined) throw AppError.of('job/unknown', { job: id })
    return job
  }

  /** What `jobs.wait` answers; tests may set it. */
  resultOf: (job: Job) => JobResults[keyof JobResults] = (job) => {
    throw AppError.of('job/unknown', { job: job.job })
  }

  open(folder: string): ProjectSummary {
    this.project = this.summary(folder)
    this.events.emit('project/changed', this.project)
    return this.project
  }

  summary(folder: string): ProjectSummary {
    const tree = fakeTree(this.pages)
    const composers = tree.flatMap((style) => style.composers)
    const name = folder.split('/').at(-1)?.replace('.scorescope', '') ?? folder
    return {
      folder,
      name,
      synthetic: name.includes('demo'),
      counts: {
        styles: tree.length,
        composers: composers.length,
        pieces: composers.flatMap((composer) => composer.pieces).length,
        pages: this.pages.length,
        sampleSets: this.sets.length,
        runs: this.runs.length,
      },
    }
  }

  selectPages(selection: PageSelection): readonly Page[] {
    const tree = fakeTree(this.pages)
    const composers = tree.flatMap((style) => style.composers)
    const style = tree.find((node) => node.id === selection.style)?.name
    const composer = composers.find((node) => node.id === selection.composer)?.name
    const piece = composers.flatMap((node) => node.pieces).find((node) => node.id === selection.piece)?.name
    const words = (selection.query ?? '').toLowerCase().split(/\s+/).filter(Boolean)
    return this.pages.filter(
      (page) =>
        (style === undefined || page.style === style) &&
        (composer === undefined || page.composer === composer) &&
        (piece === undefined || page.piece === piece) &&
        words.every((word) => page.file.toLowerCase().includes(word.replace(/^\w+:/, ''))),
    )
  }

  private change(id: string, change: Partial<Job>): Job {
    const changed = { ...this.job(id), ...change }
    this.jobs = this.jobs.map((job) => (job.job === id ? changed : job))
    return changed
  }

  private async answer(local: LocalApi, call: FakeCall, signal?: AbortSignal): Promise<unknown> {
    this.calls.push(call)
    const name = `${call.noun}.${call.verb}`
    await this.#held.get(name)
    if (signal?.aborted === true) throw new Cancelled()
    const failure = this.#failures.get(name)
    this.#failures.delete(name)
    if (failure !== undefined) throw failure
    const schema = (REQUESTS as Record<string, Record<string, z.ZodType>>)[call.noun]?.[call.verb]
    const handlers = local as unknown as Record<
      string,
      Record<string, (request: unknown, context: object) => unknown>
    >
    const request = schema?.parse(call.request)
    return await handlers[call.noun]?.[call.verb]?.(request, {
      signal: signal ?? new AbortController().signal,
    })
  }
}

/** What surrounds the page; remembers what it was told. */
export class FakeHost {
  progress: (number | null)[] = []
  themes: Theme[] = []
  /** What the folder dialog answers next. */
  folder: string | null = null
  /** What the file dialogs answer next. */
  file: string | null = null
  /** What the dialog for pages answers next. */
  files: readonly string[] = []
  readonly savedFiles: ExportedFile[] = []
  #state: (state: EngineState) => void = () => undefined
  #command: (command: HostCommand) => void = () => undefined

  connected(browser: boolean): Host {
    return {
      kind: browser ? 'browser' : 'desktop',
      platform: browser ? 'browser' : 'linux',
      chooseFolder: browser ? null : () => Promise.resolve(this.folder),
      saveFile: (file) => {
        this.savedFiles.push(file)
        return Promise.resolve(`/home/researcher/${file.name}`)
      },
      chooseFile: browser ? null : () => Promise.resolve(this.file),
      choosePages: browser ? null : () => Promise.resolve(this.files),
      pathOf: browser ? null : (dropped) => `/dropped/${dropped.name}`,
      setProgress: (fraction) => this.progress.push(fraction),
      setTheme: (theme) => this.themes.push(theme),
      onEngineState: (listener) => {
        this.#state = listener
        listener({ state: 'ready', sentence: null })
        return () => undefined
      },
      onCommand: (listener) => {
        this.#command = listener
        return () => undefined
      },
    }
  }

  becomes(state: EngineState): void {
    this.#state(state)
  }

  command(command: HostCommand): void {
    this.#command(command)
  }
}
