/** What held-out crops would share with training crops, for each way to hold out, as the choices of a new run change. */
import type { RemoteApi } from '@shared/api'
import type { LeakReport } from '@shared/domain/evaluation'
import type { SplitUnit, Stratum } from '@shared/domain/run'
import { Loadable } from './loadable.svelte'
import { NewestQuestion } from './newest-question.svelte'

/** A split but for its unit. */
export interface SplitQuestion {
  readonly sampleSet: number
  readonly seed: number
  readonly validation: number
  readonly stratify: 'none' | Stratum
}

/** What is held out whole, and how. */
export interface SplitChoices extends Pick<SplitQuestion, 'validation' | 'stratify'> {
  readonly split: SplitUnit
}

export const SPLIT_UNITS = ['piece', 'page', 'crop'] as const satisfies readonly SplitUnit[]

/** Measures one question at a time, see NewestQuestion. */
export class LeakMeter {
  readonly reports: Readonly<Record<SplitUnit, Loadable<LeakReport>>> = {
    piece: new Loadable(),
    page: new Loadable(),
    crop: new Loadable(),
  }
  readonly #question = new NewestQuestion<SplitQuestion>((question) => this.ask(question))

  constructor(private readonly api: RemoteApi) {}

  /** The reports are of the newest question. */
  get current(): boolean {
    return this.#question.current
  }

  /** What the reports are of, for a caption. */
  get facts(): readonly (readonly [string, string])[] {
    const { asked } = this.#question
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
    return this.#question.asked?.sampleSet ?? null
  }

  /** Null while there is no split to measure: the reports stay as they are. */
  measure(question: SplitQuestion | null): void {
    this.#question.want(question)
  }

  private async ask({ stratify, ...split }: SplitQuestion): Promise<void> {
    await Promise.all(
      SPLIT_UNITS.map((by) =>
        this.reports[by].load((signal) =>
          this.api.sampling.leaks({ ...split, by, ...(stratify === 'none' ? {} : { stratify }) }, { signal }),
        ),
      ),
    )
  }
}
