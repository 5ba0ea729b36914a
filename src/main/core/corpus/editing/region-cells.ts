/** The excluded regions of a page as one cell of a list: [[x, y, width, height, "note"], …] as JSON; none is empty. */
import { z } from 'zod'
import type { PageRegion } from '@shared/domain/page'
import type { AppError } from '@shared/errors'

const whole = z.int().min(0)
const CELL = z.array(z.tuple([whole, whole, whole.min(1), whole.min(1), z.string().max(200)])).max(200)

export function formatRegions(regions: readonly PageRegion[]): string {
  if (regions.length === 0) return ''
  return JSON.stringify(regions.map(({ x, y, width, height, note }) => [x, y, width, height, note]))
}

/** Of a cell that `formatRegions` wrote or `normalRegions` has read. */
export function parseRegions(cell: string): readonly PageRegion[] {
  if (cell === '') return []
  return CELL.parse(JSON.parse(cell)).map(([x, y, width, height, note]) => ({ x, y, width, height, note }))
}

/** A cell as `formatRegions` would write it, in the order in which regions are kept. @throws what `refuse` makes */
export function normalRegions(cell: string, refuse: (problem: string) => AppError): string {
  try {
    const regions = parseRegions(cell).toSorted(
      (one, other) =>
        one.y - other.y || one.x - other.x || one.height - other.height || one.width - other.width,
    )
    return formatRegions(regions)
  } catch {
    throw refuse(`its column "regions" says "${cell}", which is not [[x, y, width, height, "note"], …]`)
  }
}
