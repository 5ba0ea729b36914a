/** Contrasts: which channels of a run tell styles or composers apart, sorted and filtered. */
import {
  type ChannelContrast,
  type ContrastField,
  type Contrasts,
  INK,
  type Shuffle,
  STAFF_SPACE,
} from '@shared/domain/findings'
import type { Job } from '@shared/domain/job'
import type { LatentFields } from '@shared/domain/latent'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export type ContrastSort = 'name' | 'effect' | 'delta' | 'p' | 'q'

export interface ContrastFilter {
  readonly foundOnly: boolean
  /** Empty: every layer. */
  readonly layer: string
  /** Empty: every class. */
  readonly className: string
}

/** What to try; `contrasts` asks for the rest as the contract has it. */
export interface ContrastForm {
  readonly field: ContrastField
  /** Empty: all layers. */
  readonly layer: string
  readonly shuffle: Shuffle
  readonly permutations: number
  readonly shuffles: number
  readonly seed: number
  /** What is taken out first: ink, staff space, fields of pages. */
  readonly without: readonly string[]
}

const EVERYTHING: ContrastFilter = { foundOnly: false, layer: '', className: '' }
/** Rows drawn at first, and more of them with every click. */
export const ROWS = 100

/** Something that can be taken out before the test. */
export interface Covariate {
  readonly name: string
  readonly label: string
}

const ALWAYS: readonly Covariate[] = [
  { name: INK, label: 'How much ink there is' },
  { name: STAFF_SPACE, label: 'How large the staves are' },
]
/** A field with more values than this would explain everything. */
const MOST_VALUES = 12

export class ContrastsState {
  readonly table = new Loadable<Contrasts | null>()
  readonly fields = new Loadable<readonly Covariate[]>()
  #form = $state.raw<ContrastForm>({
    field: 'composer',
    layer: '',
    shuffle: 'pieces',
    permutations: 999,
    shuffles: 20,
    seed: 1,
    without: [],
  })
  #sort = $state<ContrastSort>('q')
  #filter = $state.raw<ContrastFilter>(EVERYTHING)
  #shown = $state(ROWS)
  #run = $state<string | null>(null)

  readonly rows: readonly ChannelContrast[] = $derived(arrange(this.table.value, this.#filter, this.#sort))

  constructor(private readonly application: Application) {}

  get form(): ContrastForm {
    return this.#form
  }

  /** What can be taken out: ink, staff space, and how pages were printed and scanned, where that is known. */
  get covariates(): readonly Covariate[] {
    const offered = [...ALWAYS, ...(this.fields.value ?? [])]
    const others = this.#form.without.filter((name) => offered.every((one) => one.name !== name))
    return [...offered, ...others.map((name) => ({ name, label: name }))]
  }

  get sort(): ContrastSort {
    return this.#sort
  }

  get filter(): ContrastFilter {
    return this.#filter
  }

  /** How many rows are drawn. */
  get shown(): number {
    return this.#shown
  }

  /** The test of this run while it works. */
  get job(): Job | null {
    const { running } = this.application.jobs
    return running.find((job) => job.kind === 'contrasts' && job.subject === this.#run) ?? null
  }

  attach(): () => void {
    return this.application.jobs.onEnded((job) => {
      if (job.kind === 'contrasts' && job.subject === this.#run && job.status === 'finished') this.load()
    })
  }

  open(run: string): void {
    this.#run = run
    this.change({ layer: '', without: [] })
    void this.fields.load(async (signal) =>
      sourcesOf(await this.application.api.latent.fields({ run }, { signal })),
    )
    this.table.reset()
    this.load()
  }

  change(change: Partial<ContrastForm>): void {
    const other = { ...this.#form, ...change }
    // Composers within a style, and styles by whole composers: the other pairs mean nothing.
    if (other.field === 'style' && other.shuffle === 'within-style') other.shuffle = 'pieces'
    if (other.field === 'composer' && other.shuffle === 'whole-composers') other.shuffle = 'pieces'
    const elsewhere = other.field !== this.#form.field || other.layer !== this.#form.layer
    this.#form = other
    if (!elsewhere || this.#run === null) return
    this.#filter = EVERYTHING
    this.#shown = ROWS
    this.load()
  }

  toggleWithout(name: string): void {
    const { without } = this.#form
    this.change({
      without: without.includes(name) ? without.filter((one) => one !== name) : [...without, name],
    })
  }

  sortBy(sort: ContrastSort): void {
    this.#sort = sort
  }

  narrow(change: Partial<ContrastFilter>): void {
    this.#filter = { ...this.#filter, ...change }
    this.#shown = ROWS
  }

  showMore(): void {
    this.#shown += ROWS
  }

  start(): void {
    const run = this.#run
    if (run === null) return
    const { field, layer, without, ...asked } = this.#form
    this.application.toasts.watch(
      this.application.api.findings.contrasts({
        run,
        field,
        ...asked,
        ...(layer === '' ? {} : { layer }),
        without: [...without],
      }),
    )
  }

  cancel(): void {
    if (this.job !== null) this.application.jobs.askCancel(this.job.job)
  }

  /** The form shows what the table on screen was made with. */
  private takeOver({ shuffle, permutations, seed, without, control }: Contrasts): void {
    this.#form = { ...this.#form, shuffle, permutations, seed, without, shuffles: control.shuffles }
  }

  private load(): void {
    const run = this.#run
    const { field, layer } = this.#form
    if (run === null) return
    const ask = { run, field, ...(layer === '' ? {} : { layer }) }
    void this.table
      .load((signal) => this.application.api.findings.contrastTable(ask, { signal }))
      .then((table) => {
        if (table !== null) this.takeOver(table)
      })
  }
}

/** Fields of pages that say how they came to be; the grey of the paper is measured, no field of a page. */
function sourcesOf({ categorical, numeric }: LatentFields): readonly Covariate[] {
  const few = categorical.filter(({ values }) => values.length > 1 && values.length <= MOST_VALUES)
  return [...few, ...numeric]
    .filter(({ name, role }) => role === 'source' && name !== 'paperTone')
    .map(({ name, label }) => ({ name, label }))
}

function arrange(
  table: Contrasts | null,
  { foundOnly, layer, className }: ContrastFilter,
  sort: ContrastSort,
): readonly ChannelContrast[] {
  if (table === null) return []
  const rows = table.channels.filter(
    (row) =>
      (!foundOnly || row.q < table.level) &&
      (layer === '' || row.layer === layer) &&
      (className === '' || row.standsOut?.className === className),
  )
  // The table comes with the smallest p first: of equals that order is kept.
  if (sort === 'name') return rows.toSorted((a, b) => a.layer.localeCompare(b.layer) || a.channel - b.channel)
  return rows.toSorted((a, b) => rankOf(a, sort) - rankOf(b, sort))
}

/** Smaller is first. */
function rankOf(row: ChannelContrast, sort: Exclude<ContrastSort, 'name'>): number {
  if (sort === 'p' || sort === 'q') return row[sort]
  if (sort === 'delta') return -Math.abs(row.standsOut?.delta.value ?? 0)
  return -((row.effect?.value ?? 0) - (row.effectByChance ?? 0))
}
