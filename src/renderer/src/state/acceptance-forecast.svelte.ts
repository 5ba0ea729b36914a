/** What drawing would give, by composer or any other field, as the rules move. */
import { totalRefused } from '@shared/domain/refusal-words'
import type { Forecast, ForecastGroup, SamplingRules } from '@shared/domain/sampling-rules'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'
import { NewestQuestion } from './newest-question.svelte'

interface ForecastQuestion {
  readonly rules: SamplingRules
  readonly by: string
}

export type ForecastOrder = 'name' | 'accepted' | 'crops'

export class AcceptanceForecast {
  readonly forecast = new Loadable<Forecast>()
  #by = $state('composer')
  #order = $state<ForecastOrder>('accepted')
  readonly #question = new NewestQuestion<ForecastQuestion>(({ rules, by }) =>
    this.forecast.load((signal) => this.application.api.sampling.forecast({ ...rules, by }, { signal })),
  )
  readonly #groups = $derived(ordered(this.forecast.value?.groups ?? [], this.#order))

  constructor(private readonly application: Application) {}

  /** What the pages are grouped by: style, composer, piece or a field. */
  get by(): string {
    return this.#by
  }

  get order(): ForecastOrder {
    return this.#order
  }

  /** The numbers are of the newest rules. */
  get current(): boolean {
    return this.#question.current
  }

  get groups(): readonly ForecastGroup[] {
    return this.#groups
  }

  /** Pages of a group, by its name, that would give fewer crops than wanted. */
  shortPagesOf(name: string): readonly number[] {
    return this.#groups.find((group) => group.name === name)?.short ?? []
  }

  groupBy(field: string): void {
    this.#by = field
  }

  orderBy(order: ForecastOrder): void {
    this.#order = order
  }

  follow(rules: SamplingRules): void {
    this.#question.want({ rules, by: this.#by })
  }

  /** More pages are measured than when last asked: it is asked again when next followed. */
  forget(): void {
    this.#question.forget()
  }
}

/** Accepted draws among all, in [0,1]; null where nothing was drawn. */
export function acceptedShare({ draws, refused }: Pick<ForecastGroup, 'draws' | 'refused'>): number | null {
  if (draws === 0) return null
  return (draws - totalRefused(refused)) / draws
}

function ordered(groups: readonly ForecastGroup[], order: ForecastOrder): readonly ForecastGroup[] {
  if (order === 'name') return groups
  const value = (group: ForecastGroup): number =>
    order === 'crops' ? group.crops : (acceptedShare(group) ?? -1)
  return groups.toSorted((one, other) => value(one) - value(other))
}
