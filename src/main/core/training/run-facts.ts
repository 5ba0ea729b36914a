/** What is said about a run, which determines nothing of it. */
import type { TrainingChoices } from './plan'
import type { RunChanges } from './run-records'

/** Which of a series' runs it is. */
export interface Membership {
  readonly series: string
  /** From 0. */
  readonly place: number
}

/** For a new run's row. */
export function factsOf(
  { tags, notes, keepCheckpoints }: TrainingChoices,
  membership: Membership | undefined,
): RunChanges {
  return {
    keepCheckpoints,
    ...(tags === undefined ? {} : { tags: distinctTags(tags) }),
    ...(notes === undefined ? {} : { notes }),
    ...(membership === undefined ? {} : { series: membership.series, seriesPlace: membership.place }),
  }
}

/** Tags are compared without regard to case; the first way of writing one stays. */
export function distinctTags(tags: readonly string[]): readonly string[] {
  const seen = new Map<string, string>()
  for (const tag of tags) if (!seen.has(tag.toLowerCase())) seen.set(tag.toLowerCase(), tag)
  return [...seen.values()]
}
