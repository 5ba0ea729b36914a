/** Finds pages that are copies of one another: few candidates by short hashes, each confirmed by its pixels. */
import { setImmediate } from 'node:timers/promises'
import type { Portrait } from '@shared/domain/page-health'
import { AppError, throwIfCancelled } from '@shared/errors'
import { PageHashes } from '../../numerics/page-health/candidates'
import { fingerprintLikeness } from '../../numerics/page-health/fingerprint'
import { HEALTH_METHOD } from '../../numerics/page-health/measure'
import type { JobContext, OpenProject, PageLooks } from '../ports'
import {
  contentPair,
  markCompared,
  type PageToJudge,
  readFingerprint,
  readLikeness,
  storeLikeness,
} from './health-records'

/** Fingerprints this much alike are worth decoding two pages; measured, see docs/decisions/0022-health.md. */
const WORTH_A_LOOK = 0.7
/** Portraits that are kept, half a megabyte each. */
const KEPT = 24

export interface Comparison {
  readonly project: OpenProject
  readonly looks: PageLooks
  readonly context: JobContext
}

/** Compares pages that were not compared yet with all others; cancelled, it goes on from there. Returns pairs looked at. */
export async function comparePages(
  pages: readonly PageToJudge[],
  { project, looks, context }: Comparison,
): Promise<number> {
  const { database } = project
  const byContent = Map.groupBy(pages, ({ sha256 }) => sha256)
  const measured = onePerContent(pages.filter((page) => page.measures !== null))
  const hashes = new PageHashes(measured.length)
  const compared = new Uint8Array(measured.length)
  for (const [index, page] of measured.entries()) {
    const fingerprint = readFingerprint(database, page.id)
    if (fingerprint !== null) hashes.set(index, fingerprint)
    if (page.measures?.compared === true) compared[index] = 1
  }
  const fresh = [...measured.keys()].filter((index) => compared[index] === 0)
  const portraits = new Portraits(looks)
  let pairs = 0
  for (const [done, index] of fresh.entries()) {
    context.progress({ label: 'Comparing pages', done, total: fresh.length })
    await setImmediate()
    throwIfCancelled(context.signal)
    const page = measured[index] as PageToJudge
    for (const candidate of hashes.candidatesOf(index, compared)) {
      const other = measured[candidate] as PageToJudge
      if (await confirm(database, [page, other], { looks, portraits })) pairs += 1
      throwIfCancelled(context.signal)
    }
    compared[index] = 1
    markCompared(
      database,
      (byContent.get(page.sha256) ?? []).map(({ id }) => id),
    )
  }
  return pairs
}

/** Pages of the same bytes are exact copies; one of them stands for all. */
function onePerContent(pages: readonly PageToJudge[]): readonly PageToJudge[] {
  return [...new Map(pages.toReversed().map((page) => [page.sha256, page])).values()].reverse()
}

/** Whether the two were laid over one another now. */
async function confirm(
  database: OpenProject['database'],
  [page, other]: readonly [PageToJudge, PageToJudge],
  { looks, portraits }: { readonly looks: PageLooks; readonly portraits: Portraits },
): Promise<boolean> {
  const pair = contentPair(page.sha256, other.sha256)
  if (readLikeness(database, pair, HEALTH_METHOD) !== null) return false
  const [first, second] = [readFingerprint(database, page.id), readFingerprint(database, other.id)]
  if (first === null || second === null || fingerprintLikeness(first, second) < WORTH_A_LOOK) return false
  const [one, another] = [await portraits.of(page.id), await portraits.of(other.id)]
  if (one === null || another === null) return false
  const likeness = await looks.likeness(one, another)
  storeLikeness(database, pair, { method: HEALTH_METHOD, likeness })
  return true
}

/** The newest few, so that a page with many candidates is decoded once. */
class Portraits {
  private readonly kept = new Map<number, Portrait | null>()

  constructor(private readonly looks: PageLooks) {}

  /** Null of a page without print, or one that cannot be read any more. */
  async of(page: number): Promise<Portrait | null> {
    const known = this.kept.get(page)
    const portrait = known === undefined ? await this.look(page) : known
    this.kept.delete(page)
    this.kept.set(page, portrait)
    const [oldest] = this.kept.keys()
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest)
    return portrait
  }

  private async look(page: number): Promise<Portrait | null> {
    try {
      return await this.looks.portray(page)
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }
}
