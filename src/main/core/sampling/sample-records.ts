/** Sample sets in the catalogue. */
import type Database from 'better-sqlite3'
import type { Listing } from '@shared/api'
import type { SampleReport, SampleSet, SampleWithPage, Shortage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { PagesToSample } from '../ports'
import type { DrawnCrop } from './page-crops'

/** A crop with the page that it was cut from. */
export interface PlacedCrop extends DrawnCrop {
  readonly page: number
  readonly pageSha256: string
}

export interface NewSampleSet {
  readonly set: SampleSet
  readonly pixelsSha256: string
  readonly method: string
  readonly seconds: number
  readonly crops: readonly PlacedCrop[]
  readonly shortages: readonly Omit<Shortage, 'file'>[]
  /** What was sampled and what was left out by hand. */
  readonly found: PagesToSample
}

/** The whole set appears at once. */
export function insertSampleSet(
  database: Database.Database,
  { set, crops, shortages, found, ...rest }: NewSampleSet,
): void {
  const insertCrop = database.prepare(
    `INSERT INTO samples (sample_set, position, page, page_sha256, x, y, draw, whiteness)
     VALUES (@sampleSet, @position, @page, @pageSha256, @x, @y, @draw, @whiteness)`,
  )
  const insertShortage = database.prepare(
    'INSERT INTO shortages (sample_set, position, page, accepted, reason) VALUES (?, ?, ?, ?, ?)',
  )
  database
    .transaction(() => {
      database.prepare(INSERT_SET).run({ ...rowOf(set), ...rest })
      for (const [position, crop] of crops.entries()) insertCrop.run({ ...crop, sampleSet: set.id, position })
      for (const [position, { page, accepted, reason }] of shortages.entries())
        insertShortage.run(set.id, position, page, accepted, reason)
      insertLeftOut(database, set.id, found)
    })
    .immediate()
}

function insertLeftOut(
  database: Database.Database,
  sampleSet: number,
  { pages, excluded }: PagesToSample,
): void {
  const insertExclusion = database.prepare(
    'INSERT INTO sample_set_exclusions (sample_set, position, page_sha256, reason) VALUES (?, ?, ?, ?)',
  )
  // Pages with the same bytes may have the same regions.
  const insertRegion = database.prepare(
    `INSERT OR IGNORE INTO sample_set_regions (sample_set, page_sha256, x, y, width, height)
     VALUES (@sampleSet, @sha256, @x, @y, @width, @height)`,
  )
  for (const [position, { sha256, reason }] of excluded.entries())
    insertExclusion.run(sampleSet, position, sha256, reason)
  for (const { sha256, regions } of pages)
    for (const { x, y, width, height } of regions)
      insertRegion.run({ sampleSet, sha256, x, y, width, height })
}

const INSERT_SET = `INSERT INTO sample_sets (id, name, hash, pixels_sha256, method, seed, per_page, size, whiteness,
    tries_per_page, minimum_ink, margin, background, balance, page_query, samples, pages, excluded_pages, refused_draws,
    refused_margin, refused_region, refused_too_white, refused_too_little_ink, seconds, created_at)
  VALUES (@id, @name, @hash, @pixelsSha256, @method, @seed, @perPage, @size, @whiteness,
    @triesPerPage, @minimumInk, @margin, @background, @balance, @pageQuery, @samples, @pages, @excludedPages, @refusedDraws,
    @refusedMargin, @refusedRegion, @refusedTooWhite, @refusedTooLittleInk, @seconds, @createdAt)`

const SET_COLUMNS = `id, name, hash, seed, per_page AS perPage, size, whiteness, tries_per_page AS triesPerPage,
  minimum_ink AS minimumInk, margin, background, balance, page_query AS pageQuery, samples, pages,
  excluded_pages AS excludedPages, refused_draws AS refusedDraws, refused_margin AS refusedMargin,
  refused_region AS refusedRegion, refused_too_white AS refusedTooWhite, refused_too_little_ink AS refusedTooLittleInk,
  created_at AS createdAt`

type SetRow = Omit<SampleSet, 'refusals' | 'where'> & {
  readonly pageQuery: string | null
  readonly refusedMargin: number
  readonly refusedRegion: number
  readonly refusedTooWhite: number
  readonly refusedTooLittleInk: number
}

function rowOf({ refusals, where, ...set }: SampleSet): SetRow {
  return {
    ...set,
    pageQuery: where ?? null,
    refusedMargin: refusals.margin,
    refusedRegion: refusals.region,
    refusedTooWhite: refusals['too-white'],
    refusedTooLittleInk: refusals['too-little-ink'],
  }
}

function setFrom(row: SetRow): SampleSet {
  const { pageQuery, refusedMargin, refusedRegion, refusedTooWhite, refusedTooLittleInk, ...set } = row
  const refusals = {
    margin: refusedMargin,
    region: refusedRegion,
    'too-white': refusedTooWhite,
    'too-little-ink': refusedTooLittleInk,
  }
  return { ...set, ...(pageQuery === null ? {} : { where: pageQuery }), refusals }
}

/** Newest first. */
export function listSampleSets(database: Database.Database): readonly SampleSet[] {
  return database
    .prepare<[], SetRow>(`SELECT ${SET_COLUMNS} FROM sample_sets ORDER BY id DESC`)
    .all()
    .map(setFrom)
}

/** @throws AppError sampling/none-yet */
export function latestSampleSet(database: Database.Database): SampleSet {
  const [newest] = listSampleSets(database)
  if (newest === undefined) throw AppError.of('sampling/none-yet', {})
  return newest
}

/** @throws AppError sampling/set-unknown */
export function findSampleSet(database: Database.Database, sampleSet: number): SampleSet {
  const row = database
    .prepare<[number], SetRow>(`SELECT ${SET_COLUMNS} FROM sample_sets WHERE id = ?`)
    .get(sampleSet)
  if (row === undefined) throw AppError.of('sampling/set-unknown', { sampleSet })
  return setFrom(row)
}

/** @throws AppError sampling/set-unknown */
export function readSampleReport(database: Database.Database, sampleSet: number): SampleReport {
  const set = findSampleSet(database, sampleSet)
  const shortages = database
    .prepare<[number], Shortage>(
      `SELECT shortages.page, pages.file, shortages.accepted, shortages.reason
       FROM shortages JOIN pages ON pages.id = shortages.page
       WHERE shortages.sample_set = ? ORDER BY shortages.position`,
    )
    .all(sampleSet)
  const timed = database
    .prepare<[number], { seconds: number }>('SELECT seconds FROM sample_sets WHERE id = ?')
    .get(sampleSet)
  const { name, hash, samples, pages, refusedDraws, refusals, excludedPages } = set
  const seconds = timed?.seconds ?? 0
  return { sampleSet, name, hash, samples, pages, refusedDraws, refusals, excludedPages, shortages, seconds }
}

/** Which samples of a set to list. */
export type SampleFilter = 'all' | 'on-page' | 'at-index'

const FILTERS: Readonly<Record<SampleFilter, string>> = {
  all: 'samples.sample_set = @sampleSet',
  'on-page': 'samples.page = @page AND samples.sample_set = @sampleSet',
  'at-index': 'samples.sample_set = @sampleSet AND samples.position = @index',
}

/** SQL of one list of samples; exported so that a test can hold its plan to the indices. */
export function sampleListSql(filter: SampleFilter): string {
  // The planner would rather walk through the whole set in order than look up the few crops of a page.
  const index = filter === 'on-page' ? 'INDEXED BY samples_by_page' : ''
  return `SELECT samples.position AS "index", samples.page, samples.x, samples.y, sample_sets.size, samples.draw,
      samples.whiteness, pages.file, styles.name AS style, composers.name AS composer, pieces.name AS piece,
      pages.number AS pageNumber
    FROM samples ${index} JOIN sample_sets ON sample_sets.id = samples.sample_set JOIN pages ON pages.id = samples.page
      JOIN pieces ON pieces.id = pages.piece JOIN composers ON composers.id = pieces.composer
      JOIN styles ON styles.id = composers.style
    WHERE ${FILTERS[filter]} ORDER BY samples.position LIMIT @limit OFFSET @offset`
}

/** SHA-256 of the bytes of each sample's page as they were when it was cut, in order of their index. */
export function readPageHashes(database: Database.Database, sampleSet: number): readonly string[] {
  return database
    .prepare<[number], string>('SELECT page_sha256 FROM samples WHERE sample_set = ? ORDER BY position')
    .pluck()
    .all(sampleSet)
}

/** All samples of a set, in order of their index. */
export function readSamples(database: Database.Database, sampleSet: number): readonly SampleWithPage[] {
  return database
    .prepare<[object], SampleWithPage>(sampleListSql('all'))
    .all({ sampleSet, limit: -1, offset: 0 })
}

/** @throws AppError sampling/set-unknown */
export function listSamples(
  database: Database.Database,
  request: {
    readonly sampleSet: number
    readonly page?: number | undefined
    readonly offset: number
    readonly limit: number
  },
): Listing<SampleWithPage> {
  const { sampleSet, page, offset, limit } = request
  const set = findSampleSet(database, sampleSet)
  const filter = page === undefined ? 'all' : 'on-page'
  const items = database
    .prepare<[object], SampleWithPage>(sampleListSql(filter))
    .all({ sampleSet, page: page ?? null, limit, offset })
  if (page === undefined) return { total: set.samples, items }
  const counted = database
    .prepare<[number, number], { total: number }>(
      'SELECT count(*) AS total FROM samples WHERE page = ? AND sample_set = ?',
    )
    .get(page, sampleSet)
  return { total: counted?.total ?? 0, items }
}

/** @throws AppError sampling/set-unknown, sampling/index-unknown */
export function findSample(database: Database.Database, sampleSet: number, index: number): SampleWithPage {
  const { samples } = findSampleSet(database, sampleSet)
  const row = database
    .prepare<[object], SampleWithPage>(sampleListSql('at-index'))
    .get({ sampleSet, index, limit: 1, offset: 0 })
  if (row === undefined) throw AppError.of('sampling/index-unknown', { index, samples })
  return row
}
