/** Two versions of a sample set held against each other. */
import type { SampleSet } from '@shared/domain/sample-set'
import type { SampleSetComparison } from '@shared/domain/sampling-rules'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class SetComparison {
  readonly comparison = new Loadable<SampleSetComparison>()
  #asked = ''

  constructor(private readonly application: Application) {}

  /** Asks for the comparison of two sets, once. */
  follow(one: SampleSet, other: SampleSet): void {
    const asked = `${one.id}/${other.id}`
    if (asked === this.#asked) return
    this.#asked = asked
    this.comparison.reset()
    void this.comparison.load((signal) =>
      this.application.api.sampling.compare({ one: one.id, other: other.id }, { signal }),
    )
  }
}
