/** Health of the corpus: the checks with their counts, the findings of one of them, and what is decided. */
import type { Listing } from '@shared/api'
import {
  COPY_CHECKS,
  HEALTH_CHECKS,
  type HealthCheck,
  type HealthFinding,
  type HealthSummary,
} from '@shared/domain/health'
import type { EditHistory } from '@shared/domain/catalogue'
import type { Job } from '@shared/domain/job'
import type { Application } from './application.svelte'
import type { CatalogueState } from './catalogue.svelte'
import { countOf } from './format'
import { Loadable } from './loadable.svelte'

/** What each check is called, and what its findings mean for a study. */
export const CHECK_WORDS: Readonly<Record<HealthCheck, { readonly name: string; readonly meaning: string }>> =
  {
    'exact-copies': {
      name: 'Exact copies',
      meaning: 'The same bytes more than once: what is held out is also trained on.',
    },
    'near-copies': {
      name: 'Near copies',
      meaning: 'The same print scanned, saved or cut in another way.',
    },
    'no-music': { name: 'No music', meaning: 'Title pages, prefaces, adverts: no staff lines.' },
    'nearly-empty': { name: 'Nearly empty', meaning: 'Little is written on these pages.' },
    blur: { name: 'Blur', meaning: 'Edges are wider than on other pages, whatever the resolution.' },
    tone: { name: 'Tone', meaning: 'Paper or print is unusually dark or pale.' },
    resolution: { name: 'Resolution', meaning: 'Staves or pages are unusually large or small in pixels.' },
    orientation: { name: 'Orientation', meaning: 'Pages on their side, or unlike nearly all others.' },
    skew: { name: 'Skew', meaning: 'Lines are turned further than is usual.' },
  }

export class HealthState {
  readonly summary = new Loadable<HealthSummary>()
  readonly findings = new Loadable<Listing<HealthFinding>>()
  #check = $state<HealthCheck>(HEALTH_CHECKS[0])
  #decidedShown = $state(false)
  #active = $state(0)
  #enlarged = $state.raw<HealthFinding | null>(null)

  #followed: EditHistory | null = null

  constructor(
    private readonly application: Application,
    private readonly catalogue: CatalogueState,
  ) {}

  get check(): HealthCheck {
    return this.#check
  }

  get decidedShown(): boolean {
    return this.#decidedShown
  }

  /** The finding that the keyboard is on. */
  get active(): number {
    return this.#active
  }

  /** The finding whose pages are shown large. */
  get enlarged(): HealthFinding | null {
    return this.#enlarged
  }

  get job(): Job | null {
    return this.application.jobs.running.find((job) => job.kind === 'health') ?? null
  }

  attach(): () => void {
    return this.application.jobs.onEnded((job) => {
      if (job.kind === 'health' || job.kind === 'import') this.load()
    })
  }

  /** Asks again when the catalogue's history is another than when last asked. */
  follow(history: EditHistory | null): void {
    if (this.#followed === history && this.summary.value !== null) return
    this.#followed = history
    this.load()
  }

  load(): void {
    const { api } = this.application
    const isFirst = this.summary.value === null
    void this.summary
      .load((signal) => api.health.summary(undefined, { signal }))
      .then(() => {
        if (isFirst) this.beginWhereUndecided()
      })
    void this.list()
  }

  /** What wants a decision is shown first. */
  private beginWhereUndecided(): void {
    const first = this.summary.value?.checks.find(({ undecided }) => undecided > 0)
    if (first !== undefined && first.check !== this.#check) this.choose(first.check)
  }

  choose(check: HealthCheck): void {
    this.#check = check
    this.#active = 0
    this.findings.reset()
    void this.list()
  }

  showDecided(shown: boolean): void {
    this.#decidedShown = shown
    this.#active = 0
    void this.list()
  }

  activate(index: number): void {
    const last = (this.findings.value?.items.length ?? 0) - 1
    this.#active = Math.max(0, Math.min(last, index))
  }

  enlarge(finding: HealthFinding | null): void {
    this.#enlarged = finding
  }

  /** Two pages in the reader, zoomed and moved together. */
  compare({ pages: [one, other] }: HealthFinding): void {
    if (one === undefined || other === undefined) return
    this.enlarge(null)
    this.application.navigation.go('corpus', { page: one.id, beside: other.id })
  }

  start(): void {
    this.application.toasts.watch(this.application.api.health.check())
  }

  cancel(): void {
    if (this.job !== null) this.application.jobs.askCancel(this.job.job)
  }

  /** "It is fine": remembered by content. */
  async keep(finding: HealthFinding): Promise<void> {
    await this.decided(() => this.application.api.health.decide(requestOf(finding)))
  }

  /** Leaves one page out of sampling, or of copies all but the first, as an edit that can be undone. */
  async exclude(finding: HealthFinding, page?: number): Promise<void> {
    const copies = COPY_CHECKS.includes(finding.check)
    const ids = finding.pages.map(({ id }) => id).slice(copies ? 1 : 0)
    const pages = page === undefined ? ids : [page]
    if (await this.setExcluded(pages, CHECK_WORDS[finding.check].name.toLowerCase()))
      this.application.toasts.say(`${countOf(pages.length, 'page')} left out of sampling.`, 'good')
  }

  /** Opens what was decided again. */
  async reopen(finding: HealthFinding): Promise<void> {
    const excluded = finding.pages.filter((page) => page.excluded !== null).map(({ id }) => id)
    if (finding.settled === 'excluded') await this.setExcluded(excluded, null)
    else await this.decided(() => this.application.api.health.undecide(requestOf(finding)))
  }

  private async setExcluded(pages: number[], reason: string | null): Promise<boolean> {
    const { catalogue } = this.application.api
    const done = await this.catalogue.edit(() => catalogue.setExcluded({ pages, reason }))
    if (done) await this.list()
    return done
  }

  private async decided(ask: () => Promise<HealthSummary>): Promise<void> {
    try {
      this.summary.set(await ask())
      await this.list()
    } catch (error) {
      this.application.toasts.fail(error)
    }
  }

  private async list(): Promise<void> {
    const request = { check: this.#check, decided: this.#decidedShown }
    await this.findings.load((signal) => this.application.api.health.findings(request, { signal }))
    this.activate(this.#active)
  }
}

function requestOf({ check, pages }: HealthFinding) {
  return { check, pages: pages.map(({ id }) => id) }
}
