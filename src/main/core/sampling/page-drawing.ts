/** Draws the crops of a decoded page: measures only the squares that its stream comes to, and of them only what the rules ask. */
import type { SamplingRules } from '@shared/domain/sampling-rules'
import type { PageToSample } from '../ports'
import { preparePage } from './background'
import { inkOf } from './ink'
import { drawPageCrops, holdsCrop, nextPlace, type PageCrops, pageStream } from './page-crops'
import { type GreyPage, PixelSums, TableMemory } from './pixel-sums'

/** Memory kept from page to page. */
export class DrawingMemory {
  readonly grey = new TableMemory()
  readonly ink = new TableMemory()
}

export interface DrawnPageCrops extends PageCrops {
  /** What the crops are cut from. */
  readonly prepared: GreyPage
}

export function drawDecodedPage(
  page: PageToSample,
  decoded: GreyPage,
  { rules, memory }: { readonly rules: SamplingRules; readonly memory: DrawingMemory },
): DrawnPageCrops {
  const { size, seed } = rules
  const prepared = holdsCrop(decoded, size) ? preparePage(decoded, rules.background) : decoded
  const grey = new PixelSums(prepared, memory.grey)
  const ink = rules.minimumInk > 0 ? new PixelSums(inkOf(prepared), memory.ink) : null
  const stream = pageStream(seed, page.sha256)
  const area = size * size
  const sampled = { width: decoded.width, height: decoded.height, regions: page.regions }
  const drawn = drawPageCrops(sampled, rules, () => {
    const { x, y } = nextPlace(stream, prepared, size)
    return {
      x,
      y,
      whiteness: grey.square(x, y, size) / (area * 255),
      ink: ink === null ? 0 : ink.square(x, y, size) / area,
    }
  })
  return { ...drawn, prepared }
}
