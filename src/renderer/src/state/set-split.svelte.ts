/** How a sample set could be split into training and test crops, and what each way would leak. */
import type { Application } from './application.svelte'
import { LeakMeter, type SplitChoices } from './leak-meter.svelte'

export interface SeededSplit extends SplitChoices {
  readonly seed: number
}

export class SetSplit {
  readonly leaks: LeakMeter
  #choices = $state.raw<SeededSplit>({ split: 'piece', validation: 0.2, stratify: 'none', seed: 1 })

  constructor(application: Application) {
    this.leaks = new LeakMeter(application.api)
  }

  get choices(): SeededSplit {
    return this.#choices
  }

  choose(change: Partial<SeededSplit>): void {
    this.#choices = { ...this.#choices, ...change }
  }

  /** Measures what the choices would leak for a set. */
  follow(sampleSet: number): void {
    const { seed, validation, stratify } = this.#choices
    this.leaks.measure({ sampleSet, seed, validation, stratify })
  }
}
