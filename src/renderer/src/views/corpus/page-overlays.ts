/** What is drawn over the opened page: crops, regions that are left out, and what is pointed at. */
import type { SampleWithPage } from '@shared/domain/sample-set'
import type { PageOverlay } from '../../components/page-viewer/overlay'
import type { Outline } from '../../state/navigation.svelte'
import { type PageRegions, regionKey } from '../../state/page-regions.svelte'

export interface ReaderOverlays {
  readonly crops: readonly SampleWithPage[]
  /** By its index in the sample set. */
  readonly pointedCrop: number | undefined
  readonly outline: Outline | undefined
  readonly regions: PageRegions
}

export function readerOverlays(shown: ReaderOverlays): readonly PageOverlay[] {
  return [
    ...shown.crops.map((crop) => ({
      key: `crop:${crop.index}`,
      x: crop.x,
      y: crop.y,
      width: crop.size,
      height: crop.size,
      label: `Crop ${crop.index}`,
      selected: crop.index === shown.pointedCrop,
    })),
    ...regionOverlays(shown.regions),
    ...(shown.outline === undefined
      ? []
      : [{ key: 'outline', ...shown.outline, selected: true, tone: 'warning' as const }]),
  ]
}

/** The chosen one where it is moved to, and the one that is being drawn. */
function regionOverlays(regions: PageRegions): readonly PageOverlay[] {
  const { chosen, place, drawsNew, changing } = regions
  const kept = regions.regions.map((region) => {
    const moved = region === chosen && changing && !drawsNew && place !== null
    const at = moved ? place : region
    return {
      ...at,
      key: moved ? 'moved region' : regionKey(region),
      label: region.note,
      selected: region === chosen,
      tone: 'excluded' as const,
    }
  })
  if (!drawsNew || place === null) return kept
  return [...kept, { ...place, key: 'new region', label: '', selected: true, tone: 'excluded' }]
}

/** The chosen region in words, for screen readers; empty where none is chosen. */
export function regionStatus(regions: PageRegions): string {
  const { chosen, place } = regions
  if (place === null) return ''
  const name = chosen === null || chosen.note === '' ? 'Region' : `Region ${chosen.note}`
  return `${name}: ${place.width} by ${place.height} pixels at ${place.x}, ${place.y}.`
}
