/** What is taken out of pieces' means before they are tested: ink, the distance of staff lines, fields of pages. */
import type Database from 'better-sqlite3'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { INK, STAFF_SPACE } from '@shared/domain/findings'
import { AppError } from '@shared/errors'
import { spanOf } from '../../numerics/residuals'
import { type Piece, pieceKey } from './piece-means'
import { mean } from '../../numerics/mean'

/** Every explained direction costs a degree of freedom: at most one for so many units that are moved. */
const UNITS_PER_COLUMN = 3

export interface CovariateSources {
  readonly database: Database.Database
  /** The samples of the pieces. */
  readonly samples: readonly SampleWithPage[]
  /** What the permutation moves: pieces, or whole composers. */
  readonly units: number
  /** Distance between staff lines of a page in pixels; null where no staff can be made out. */
  readonly staffSpace: (page: number) => Promise<number | null>
}

/**
 * Directions over these pieces that the named things explain; none where none is named.
 * @throws AppError findings/field-unknown, findings/too-many-fields
 */
export async function covariateSpan(
  names: readonly string[],
  pieces: readonly Piece[],
  sources: CovariateSources,
): Promise<readonly Float64Array[]> {
  if (names.length === 0) return []
  const ofPiece = Map.groupBy(sources.samples, pieceKey)
  const columns: Float64Array[] = []
  for (const name of names) {
    const values = await valuesOf(name, sources)
    columns.push(...columnsOf(pieces.map((piece) => (ofPiece.get(pieceKey(piece)) ?? []).map(values))))
  }
  const { units } = sources
  if (columns.length * UNITS_PER_COLUMN > units)
    throw AppError.of('findings/too-many-fields', { columns: columns.length, units })
  return spanOf(columns, pieces.length)
}

type Value = number | string | null

async function valuesOf(
  name: string,
  { database, samples, staffSpace }: CovariateSources,
): Promise<(sample: SampleWithPage) => Value> {
  if (name === INK) return ({ whiteness }) => 1 - whiteness
  if (name === STAFF_SPACE) {
    const spaces = new Map<number, number | null>()
    for (const { page } of samples) if (!spaces.has(page)) spaces.set(page, await staffSpace(page))
    return ({ page }) => spaces.get(page) ?? null
  }
  const fields = new Map(
    database
      .prepare<[string], { page: number; value: string }>(
        'SELECT page, value FROM page_fields WHERE name = ?',
      )
      .all(name)
      .map(({ page, value }) => [page, value]),
  )
  if (!samples.some(({ page }) => fields.has(page)))
    throw AppError.of('findings/field-unknown', { field: name })
  const numeric = [...fields.values()].every((value) => value.trim() !== '' && Number.isFinite(Number(value)))
  return ({ page }) => {
    const value = fields.get(page)
    return value === undefined ? null : numeric ? Number(value) : value
  }
}

/** Numbers become one column, with the mean where nothing is known; words one column each but the first. */
function columnsOf(pieces: readonly (readonly Value[])[]): readonly Float64Array[] {
  if (pieces.flat().every((value) => typeof value !== 'string')) {
    const means = pieces.map((values) => mean(values.filter((value) => typeof value === 'number')))
    const overall = mean(means.filter((mean) => mean !== null)) ?? 0
    return [Float64Array.from(means, (mean) => mean ?? overall)]
  }
  const words = pieces.map(mostFrequent)
  return [...new Set(words)]
    .sort()
    .slice(1)
    .map((word) => Float64Array.from(words, (own) => (own === word ? 1 : 0)))
}

function mostFrequent(values: readonly Value[]): string {
  const groups = [...Map.groupBy(values, (value) => String(value ?? ''))]
  return groups.sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))[0]?.[0] ?? ''
}
