/** Which runs the table shows, and in which order. */
import type { RunSummary } from '@shared/domain/run'

export type RunOrder = 'started' | 'name' | 'error' | 'seed' | 'time' | 'disk'

const KEYS: Readonly<Record<RunOrder, (run: RunSummary) => string | number>> = {
  started: (run) => run.startedAt,
  name: (run) => run.name.toLocaleLowerCase(),
  error: (run) => run.validationMse ?? Infinity,
  seed: (run) => run.seed,
  time: (run) => run.seconds,
  disk: (run) => run.checkpointBytes,
}

export class RunList {
  #query = $state('')
  /** Null shows runs of all series and of none. */
  #series = $state<string | null>(null)
  #order = $state<RunOrder>('started')
  #descending = $state(true)

  /** @param runs all of them, newest first */
  constructor(private readonly runs: () => readonly RunSummary[]) {}

  /** Those that match, in order. */
  readonly shown = $derived.by(() => {
    const words = this.#query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    const found = this.runs().filter((run) => this.isOfSeries(run) && matches(run, words))
    return sortRuns(found, this.#order, this.#descending)
  })

  get query(): string {
    return this.#query
  }

  get series(): string | null {
    return this.#series
  }

  get order(): RunOrder {
    return this.#order
  }

  get descending(): boolean {
    return this.#descending
  }

  /** Something is searched for or left out. */
  get narrowed(): boolean {
    return this.#query !== '' || this.#series !== null
  }

  search(query: string): void {
    this.#query = query
  }

  ofSeries(series: string | null): void {
    this.#series = series
  }

  /** By something else, or by the same the other way round. Newest and largest come first, small errors and names too. */
  sort(order: RunOrder): void {
    this.#descending = this.#order === order ? !this.#descending : ['started', 'time', 'disk'].includes(order)
    this.#order = order
  }

  private isOfSeries(run: RunSummary): boolean {
    return this.#series === null || run.series === this.#series
  }
}

/** Every word occurs in the name, a tag, the notes or the layers. */
function matches(run: RunSummary, words: readonly string[]): boolean {
  const text = [run.name, run.run, run.spec, run.notes, ...run.tags].join('\n').toLocaleLowerCase()
  return words.every((word) => text.includes(word))
}

function sortRuns(runs: readonly RunSummary[], order: RunOrder, descending: boolean): readonly RunSummary[] {
  const key = KEYS[order]
  const sign = descending ? -1 : 1
  return [...runs].sort((one, other) => {
    const [a, b] = [key(one), key(other)]
    return a === b ? 0 : (a < b ? -1 : 1) * sign
  })
}
