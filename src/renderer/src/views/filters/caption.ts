/** Captions of what is exported from the filters screen. */
import type { Caption } from '../../exports/caption'
import { runFact } from '../../exports/run-fact'
import type { FiltersState } from '../../state/filters.svelte'

/** Run, layer and channel, then whatever else matters. */
export function captionOf(
  title: string,
  { run, place }: Pick<FiltersState, 'run' | 'place'>,
  more: Caption['facts'] = [],
): Caption {
  const { layer, channel } = place
  return {
    title,
    facts: [
      ...(run === null ? [] : [runFact(run)]),
      ...(layer === undefined ? [] : [['layer', layer] as const]),
      ...(channel === undefined ? [] : [['channel', String(channel)] as const]),
      ...more,
    ],
  }
}
