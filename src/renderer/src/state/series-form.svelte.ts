/** Whether to train once or a series, and what its runs differ in. */
import { parseArchitectureSpec } from '@shared/domain/architecture'
import { LARGEST_SEED, type SplitUnit } from '@shared/domain/run'
import type { RequestInput } from '@shared/requests'
import { SPLIT_UNITS } from './leak-meter.svelte'

/** How often the plan is trained: once, or as one of the kinds of series. */
export type Repetition = 'once' | RequestInput<'series', 'start'>['kind']

export const WIDTHS = [64, 32, 16, 8, 4, 1] as const

const MOST_SEEDS = 100

export class SeriesForm {
  #kind = $state<Repetition>('once')
  #count = $state(5)
  /** Null: counted on from the seed of the choices. */
  #typedSeeds = $state<string | null>(null)
  #unwantedWidths = $state.raw<ReadonlySet<number>>(new Set())
  #splits = $state.raw<readonly SplitUnit[]>(['piece', 'crop'])

  /** @param choices what the form has chosen so far */
  constructor(private readonly choices: () => { readonly seed: number; readonly spec: string }) {}

  get kind(): Repetition {
    return this.#kind
  }

  get seedCount(): number {
    return this.#count
  }

  /** As typed, or as they follow from their number. */
  get seedText(): string {
    return this.#typedSeeds ?? this.counted.join(', ')
  }

  /** Null where what is typed is no list of different seeds. */
  get seeds(): readonly number[] | null {
    return this.#typedSeeds === null ? this.counted : parseSeeds(this.#typedSeeds)
  }

  /** Channels of the bottleneck that this model can have, widest first. */
  readonly widths = $derived.by(() => {
    const most = bottleneckChannels(this.choices().spec)
    return most === null ? [] : WIDTHS.filter((width) => width <= most)
  })

  isWidthWanted(width: number): boolean {
    return !this.#unwantedWidths.has(width)
  }

  get splits(): readonly SplitUnit[] {
    return this.#splits
  }

  /** How many runs it makes. */
  get runs(): number {
    const { kind } = this
    if (kind === 'seeds') return this.seeds?.length ?? 0
    if (kind === 'ladder') return this.wantedWidths.length
    return kind === 'splits' ? this.#splits.length : 1
  }

  /** What must be corrected first, in one sentence; null when it can be started. */
  get problem(): string | null {
    const { kind } = this
    if (kind === 'seeds' && this.seeds === null)
      return `Give 2 to ${MOST_SEEDS} different whole numbers, with commas between them.`
    if (kind === 'ladder' && this.widths.length < 2)
      return 'The last block of this model is too narrow for a ladder: give it at least 4 filters.'
    if (kind === 'ladder' && this.wantedWidths.length < 2) return 'Choose at least two widths.'
    if (kind === 'splits' && this.#splits.length < 2) return 'Choose at least two ways to hold out.'
    return null
  }

  choose(kind: Repetition): void {
    this.#kind = kind
  }

  countSeeds(count: number): void {
    this.#count = count
    this.#typedSeeds = null
  }

  typeSeeds(text: string): void {
    this.#typedSeeds = text
  }

  wantWidth(width: number, wanted: boolean): void {
    const unwanted = new Set(this.#unwantedWidths)
    if (wanted) unwanted.delete(width)
    else unwanted.add(width)
    this.#unwantedWidths = unwanted
  }

  wantSplit(split: SplitUnit, wanted: boolean): void {
    this.#splits = SPLIT_UNITS.filter((unit) => (unit === split ? wanted : this.#splits.includes(unit)))
  }

  /** What to ask the engine for, of the choices for one run; null for a single training or while something is wrong. */
  request(choices: RequestInput<'training', 'start'> | null): RequestInput<'series', 'start'> | null {
    if (choices === null || this.problem !== null) return null
    const common = { choices, ...(choices.name === undefined ? {} : { name: choices.name }) }
    switch (this.kind) {
      case 'seeds':
        return this.seeds === null ? null : { kind: 'seeds', seeds: [...this.seeds], ...common }
      case 'ladder':
        return { kind: 'ladder', codeChannels: [...this.wantedWidths], ...common }
      case 'splits':
        return { kind: 'splits', splits: [...this.#splits], ...common }
      case 'once':
        return null
    }
  }

  private get counted(): readonly number[] {
    return Array.from({ length: this.#count }, (_, index) => this.choices().seed + index)
  }

  private get wantedWidths(): readonly number[] {
    return this.widths.filter((width) => this.isWidthWanted(width))
  }
}

function parseSeeds(text: string): readonly number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  const seeds = parts.map(Number)
  const fit = seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED)
  const different = new Set(seeds).size === seeds.length
  return fit && different && seeds.length >= 2 && seeds.length <= MOST_SEEDS ? seeds : null
}

/** Null while the specification cannot be read. */
function bottleneckChannels(spec: string): number | null {
  try {
    return parseArchitectureSpec(spec).at(-1)?.filters ?? null
  } catch {
    return null
  }
}
