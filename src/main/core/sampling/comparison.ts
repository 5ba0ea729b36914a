/** Two sample sets held against each other: what they were drawn by, and what they have in common. */
import type Database from 'better-sqlite3'
import type { SampleSetComparison } from '@shared/domain/sampling-rules'
import type { SampleSet } from '@shared/domain/sample-set'
import { findSampleSet } from './sample-records'

interface ComparedCrop {
  readonly page: number
  readonly sha256: string
  readonly x: number
  readonly y: number
  readonly whiteness: number
  readonly style: string
  readonly composer: string
}

type Side = 'one' | 'other'

/** @throws AppError sampling/set-unknown */
export function compareSampleSets(
  database: Database.Database,
  sets: { readonly one: number; readonly other: number },
): SampleSetComparison {
  const one = findSampleSet(database, sets.one)
  const other = findSampleSet(database, sets.other)
  const crops = { one: readCrops(database, one.id), other: readCrops(database, other.id) }
  const shared = sharedCrops(crops, one.size === other.size)
  const pages = { one: bytesOfPages(crops.one), other: bytesOfPages(crops.other) }
  const sharedPages = [...pages.one.keys()].filter((page) => pages.other.has(page))
  return {
    differences: differencesOf(one, other),
    crops: { one: crops.one.length, other: crops.other.length, shared: shared.length },
    pages: { one: pages.one.size, other: pages.other.size, shared: sharedPages.length },
    changedPages: sharedPages.filter((page) => pages.one.get(page) !== pages.other.get(page)).length,
    composers: composersOf(database, { ...crops, shared }),
    whiteness: { one: meanWhiteness(crops.one), other: meanWhiteness(crops.other) },
  }
}

function readCrops(database: Database.Database, sampleSet: number): readonly ComparedCrop[] {
  return database
    .prepare<[number], ComparedCrop>(
      `SELECT samples.page, samples.page_sha256 AS sha256, samples.x, samples.y, samples.whiteness,
         styles.name AS style, composers.name AS composer
       FROM samples JOIN pages ON pages.id = samples.page JOIN pieces ON pieces.id = pages.piece
         JOIN composers ON composers.id = pieces.composer JOIN styles ON styles.id = composers.style
       WHERE samples.sample_set = ? ORDER BY samples.position`,
    )
    .all(sampleSet)
}

/** The same square of the same bytes; pages with the same bytes are as good as one, each of their crops is matched once. */
function sharedCrops(
  { one, other }: Readonly<Record<Side, readonly ComparedCrop[]>>,
  sameSize: boolean,
): readonly ComparedCrop[] {
  if (!sameSize) return []
  const keyOf = ({ sha256, x, y }: ComparedCrop): string => `${sha256} ${String(x)} ${String(y)}`
  const left = new Map<string, number>()
  for (const crop of other) left.set(keyOf(crop), (left.get(keyOf(crop)) ?? 0) + 1)
  return one.filter((crop) => {
    const count = left.get(keyOf(crop)) ?? 0
    left.set(keyOf(crop), count - 1)
    return count > 0
  })
}

function bytesOfPages(crops: readonly ComparedCrop[]): ReadonlyMap<number, string> {
  return new Map(crops.map(({ page, sha256 }) => [page, sha256]))
}

/** 0 of no crops. */
function meanWhiteness(crops: readonly ComparedCrop[]): number {
  return crops.length === 0 ? 0 : crops.reduce((sum, { whiteness }) => sum + whiteness, 0) / crops.length
}

function composersOf(
  database: Database.Database,
  crops: Readonly<Record<Side | 'shared', readonly ComparedCrop[]>>,
): SampleSetComparison['composers'] {
  const keyOf = ({ style, composer }: Pick<ComparedCrop, 'style' | 'composer'>): string =>
    JSON.stringify([style, composer])
  const counted = (of: Side | 'shared') => Map.groupBy(crops[of], keyOf)
  const [one, other, shared] = [counted('one'), counted('other'), counted('shared')]
  return database
    .prepare<[], { style: string; composer: string }>(
      `SELECT styles.name AS style, composers.name AS composer
       FROM styles CROSS JOIN composers ON composers.style = styles.id ORDER BY styles.sort_key, composers.sort_key`,
    )
    .all()
    .filter((row) => one.has(keyOf(row)) || other.has(keyOf(row)))
    .map((row) => ({
      ...row,
      one: one.get(keyOf(row))?.length ?? 0,
      other: other.get(keyOf(row))?.length ?? 0,
      shared: shared.get(keyOf(row))?.length ?? 0,
    }))
}

/** What each rule is called, and how its value is said. */
const RULES: readonly (readonly [string, (set: SampleSet) => string])[] = [
  ['Seed', ({ seed }) => String(seed)],
  ['Crops per page', ({ perPage }) => String(perPage)],
  ['Crop size', ({ size }) => `${String(size)} pixels`],
  ['Whiteness limit', ({ whiteness }) => String(whiteness)],
  ['Minimum ink', ({ minimumInk }) => (minimumInk === 0 ? 'none' : String(minimumInk))],
  ['Margin', ({ margin }) => (margin === 0 ? 'none' : String(margin))],
  ['Draws per page', ({ triesPerPage }) => String(triesPerPage)],
  ['Background', ({ background }) => (background === 'paper' ? 'paper made white' : 'as it is')],
  ['Balance', ({ balance }) => (balance === 'none' ? 'none' : `by ${balance}`)],
  ['Pages', ({ where }) => where ?? 'all'],
  ['Pages left out by hand', ({ excludedPages }) => String(excludedPages)],
]

function differencesOf(one: SampleSet, other: SampleSet): SampleSetComparison['differences'] {
  return RULES.map(([rule, said]) => ({ rule, one: said(one), other: said(other) })).filter(
    (row) => row.one !== row.other,
  )
}
