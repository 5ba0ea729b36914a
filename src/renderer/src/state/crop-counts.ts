/** How many crops a sample set has of each composer of each style. */
import type { SampleWithPage } from '@shared/domain/sample-set'

export interface CropCounts {
  readonly total: number
  /** By style, then by composer. */
  readonly styles: ReadonlyMap<
    string,
    { readonly total: number; readonly composers: ReadonlyMap<string, number> }
  >
}

export function cropCounts(samples: readonly SampleWithPage[]): CropCounts {
  const styles = new Map<string, { total: number; composers: Map<string, number> }>()
  for (const { style, composer } of samples) {
    const ofStyle = styles.get(style) ?? { total: 0, composers: new Map<string, number>() }
    ofStyle.total += 1
    ofStyle.composers.set(composer, (ofStyle.composers.get(composer) ?? 0) + 1)
    styles.set(style, ofStyle)
  }
  return { total: samples.length, styles }
}
