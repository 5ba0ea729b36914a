/** What held-out crops would share with training crops, for each way to hold out, as the choices of a new run change. */
import type { RemoteApi } from '@shared/api'
import type { LeakReport } from '@shared/domain/evaluation'
import type { SplitUnit, Stratum } from '@shared/domain/run'
import { Loadable } from './loadable.svelte'

/** A split but for its unit. */
export interface SplitQuestion {
  readonly sampleSet: number
  readonly seed: number
  readonly validation: number
  readonly stratify: 'none' | Stratum
}

export const SPLIT_UNITS = ['piece', 'page', 'crop'] as const satisfies readonly SplitUnit[]

/**
 * Measures one question at a time. Those that come meanwhile (a seed being typed) wait, and only the newest of them
 * is asked.
 */
export class LeakMeter {
  readonly reports: Readonly<Record<SplitUnit, Loadable<LeakReport>>> = {
    piece: new Loadable(),
    page: new Loadable(),
    crop: new Loadable(),
  }
  #wanted: SplitQuestion | null = null
  #asked = $state.raw<SplitQuestion | null>(null)
  #busy = $state(false)

  constructor(private readonly api: RemoteApi) {}

  /** The reports are of the newest question. */
  get current(): boolean {
    return !this.#busy
  }

  /** What the reports are of, for a caption. */
  get facts(): readonly (readonly [string, string])[] {
    const asked = this.#asked
    if (asked === null) return []
    const { sampleSet, seed, validation, stratify } = asked
    return [
      ['sample set', String(sampleSet)],
      ['seed', String(seed)],
      ['held out', `${Math.round(validation * 100)} %`],
      ...(stratify === 'none' ? [] : [['within each', stratify] as const]),
    ]
  }

  /** Crops of which sample set were measured. */
  get sampleSet(): number | null {
    return this.#asked?.sampleSet ?? null
  }

  /** Null while there is no split to measure: the reports stay as they are. */
  measure(question: SplitQuestion | null): void {
    if (question === null || same(question, this.#wanted)) return
    this.#wanted = question
    if (!this.#busy) void this.catchUp()
  }

  private async catchUp(): Promise<void> {
    this.#busy = true
    while (this.#wanted !== null && !same(this.#wanted, this.#asked)) await this.ask(this.#wanted)
    this.#busy = false
  }

  private async ask(question: SplitQuestion): Promise<void> {
    this.#asked = question
    const { stratify, ...split } = question
    await Promise.all(
      SPLIT_UNITS.map((by) =>
        this.reports[by].load((signal) =>
          this.api.sampling.leaks({ ...split, by, ...(stratify === 'none' ? {} : { stratify }) }, { signal }),
        ),
      ),
    )
  }
}

function same(one: SplitQuestion | null, other: SplitQuestion | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
