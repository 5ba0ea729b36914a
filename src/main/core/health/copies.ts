/** Findings of several pages: the same bytes twice, and copies that were found by their pixels. */
import type { HealthCheck } from '@shared/domain/health'
import { contentOf, type ContentPair, type PageToJudge } from './health-records'

/** A finding before its pages are looked up and its decision. */
export interface Found {
  readonly pages: readonly PageToJudge[]
  readonly value: number
  readonly distance: number | null
  readonly evidence: string
}

/** Pages laid over one another agree at least so well when they are copies; see docs/decisions/0022-health.md. */
export const COPIES_ALIKE = 0.7

export function exactCopies(pages: readonly PageToJudge[]): readonly Found[] {
  const groups = [...Map.groupBy(pages, ({ sha256 }) => sha256).values()].filter(({ length }) => length > 1)
  return groups.map((group) => ({
    pages: group,
    value: 1,
    distance: null,
    evidence: `The same file ${group.length === 2 ? 'twice' : `${String(group.length)} times`}, byte for byte.`,
  }))
}

/** One finding per pair of contents: each has its own likeness and its own decision. */
export function nearCopies(
  pages: readonly PageToJudge[],
  pairs: readonly (ContentPair & { readonly likeness: number })[],
): readonly Found[] {
  const byContent = Map.groupBy(pages, ({ sha256 }) => sha256)
  return pairs.flatMap(({ one, other, likeness }) => {
    const [first, second] = [byContent.get(one)?.[0], byContent.get(other)?.[0]]
    // Pages that were deleted leave their likeness behind, for when they come back.
    if (first === undefined || second === undefined) return []
    const inOrder = pages.indexOf(first) < pages.indexOf(second) ? [first, second] : [second, first]
    return [
      {
        pages: inOrder,
        value: likeness,
        distance: null,
        evidence: `Laid over one another, the print of the two agrees to ${percent(likeness)}; pages that differ stay below 60 %.`,
      },
    ]
  })
}

export function percent(share: number): string {
  return `${String(Math.round(share * 100))} %`
}

/** Whether a finding needs no decision any more. */
export function settledAs(
  check: HealthCheck,
  pages: readonly PageToJudge[],
  fine: ReadonlySet<string>,
): 'fine' | 'excluded' | null {
  if (fine.has(contentOf(pages))) return 'fine'
  const kept = pages.filter(({ excluded }) => !excluded).length
  const isCopies = check === 'exact-copies' || check === 'near-copies'
  return kept <= (isCopies ? 1 : 0) ? 'excluded' : null
}
