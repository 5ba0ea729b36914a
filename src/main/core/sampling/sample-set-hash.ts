/** The hash that names what a sample set is, not when or where it was made. */
import { createHash, type Hash } from 'node:crypto'
import { type SampledPage, type SamplingRules, STUDY_RULES } from '@shared/domain/sampling-rules'
import type { DrawnCrop } from './page-crops'

/** A page with the regions that no crop may touch, by its bytes. */
export type PageWithRegions = Pick<SampledPage, 'regions'> & { readonly sha256: string }

/**
 * SHA-256 over the rules, the regions of pages, each crop's page, place and draw, and the pixels. No time, no id and no
 * path is in it: the same pages, rules and seed give the same hash in any project on any machine. Sets by the rules
 * that there were first hash as they always have (format 1).
 */
export class SampleSetHash {
  private readonly hash: Hash = createHash('sha256')

  /** @param pages that are sampled; those without regions are passed over */
  constructor(rules: SamplingRules, method: string, pages: readonly PageWithRegions[] = []) {
    const { seed, perPage, size, whiteness, triesPerPage } = rules
    const first = { method, seed, perPage, size, whiteness, triesPerPage }
    const withRegions = pages.filter(({ regions }) => regions.length > 0)
    if (withRegions.length === 0 && hasFirstRules(rules)) {
      this.line({ format: 1, ...first })
      return
    }
    const { minimumInk, margin, background, balance, where = null } = rules
    this.line({ format: 2, ...first, minimumInk, margin, background, balance, where })
    for (const { sha256, regions } of withRegions)
      this.line({ page: sha256, regions: regions.map(({ x, y, width, height }) => [x, y, width, height]) })
  }

  add(pageSha256: string, { x, y, draw }: DrawnCrop): void {
    this.line([pageSha256, x, y, draw])
  }

  /** @param pixelsSha256 of all crops' pixels in their order, in hex */
  finish(pixelsSha256: string): string {
    this.line({ pixels: pixelsSha256 })
    return this.hash.digest('hex')
  }

  private line(value: unknown): void {
    this.hash.update(`${JSON.stringify(value)}\n`)
  }
}

/** Nothing is refused but what is too white, and every page is sampled as it is. */
function hasFirstRules({ minimumInk, margin, background, balance, where }: SamplingRules): boolean {
  return (
    minimumInk === STUDY_RULES.minimumInk &&
    margin === STUDY_RULES.margin &&
    background === STUDY_RULES.background &&
    balance === STUDY_RULES.balance &&
    where === undefined
  )
}
