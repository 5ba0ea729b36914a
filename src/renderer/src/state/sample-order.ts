/** Crops in another order than drawn, those of one group only, and where each group begins. */
import type { SampleWithPage } from '@shared/domain/sample-set'

/** `drawn`: page by page, as the set has them; the others by name, or from white to dark. */
export type SampleOrder = 'drawn' | 'style' | 'composer' | 'piece' | 'whiteness'

export interface SampleGroup {
  readonly value: string
  readonly crops: number
  /** Place of its first crop in the list. */
  readonly start: number
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Stable: equal crops stay as they were drawn. */
export function orderSamples(
  samples: readonly SampleWithPage[],
  order: SampleOrder,
): readonly SampleWithPage[] {
  if (order === 'drawn') return samples
  if (order === 'whiteness') return samples.toSorted((one, other) => other.whiteness - one.whiteness)
  return samples.toSorted((one, other) => natural.compare(one[order], other[order]))
}

/** Neighbours of one name, of crops that are in that order; none where the order has no names. */
export function sampleGroups(samples: readonly SampleWithPage[], order: SampleOrder): readonly SampleGroup[] {
  if (order === 'drawn' || order === 'whiteness') return []
  const groups: { value: string; crops: number; start: number }[] = []
  for (const [start, sample] of samples.entries()) {
    const last = groups.at(-1)
    if (last?.value === sample[order]) last.crops += 1
    else groups.push({ value: sample[order], crops: 1, start })
  }
  return groups
}
