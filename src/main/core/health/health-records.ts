/** Health in the catalogue: what was measured of pages, which were laid over one another, what was decided. */
import type Database from 'better-sqlite3'
import type { HealthCheck } from '@shared/domain/health'
import type { PageHealth } from '@shared/domain/page-health'

/** A page as its health is judged; in catalogue order. */
export interface PageToJudge {
  readonly id: number
  readonly file: string
  readonly sha256: string
  readonly width: number
  readonly height: number
  /** The page is left out of sampling. */
  readonly excluded: boolean
  /** Null where it was not measured yet, or other bytes or with another method. */
  readonly measures: PageMeasures | null
}

export type PageMeasures = Omit<PageHealth, 'fingerprint'> & { readonly compared: boolean }

type Row = Omit<PageToJudge, 'excluded' | 'measures'> &
  Omit<PageHealth, 'fingerprint' | 'sideways'> & {
    readonly excluded: number
    readonly sideways: number
    readonly method: string | null
    readonly compared: number
  }

export function listPagesToJudge(database: Database.Database, method: string): readonly PageToJudge[] {
  return database
    .prepare<[string], Row>(
      `SELECT pages.id, pages.file, pages.sha256, pages.width, pages.height, pages.excluded IS NOT NULL AS excluded,
         method, paper, print, ink_share AS inkShare, covered, edge_pixels AS edgePixels,
         skew_degrees AS skewDegrees, space_pixels AS spacePixels, agreement,
         sideways, compared
       FROM styles CROSS JOIN composers ON composers.style = styles.id
         CROSS JOIN pieces ON pieces.composer = composers.id CROSS JOIN pages ON pages.piece = pieces.id
         LEFT JOIN page_measures ON page_measures.page = pages.id AND page_sha256 = sha256 AND method = ?
       ORDER BY styles.sort_key, composers.sort_key, pieces.sort_key, pages.number, pages.sort_key`,
    )
    .all(method)
    .map(({ id, file, sha256, width, height, excluded, method: known, compared, sideways, ...measures }) => ({
      id,
      file,
      sha256,
      width,
      height,
      excluded: excluded === 1,
      measures: known === null ? null : { ...measures, sideways: sideways === 1, compared: compared === 1 },
    }))
}

export function storeMeasures(
  database: Database.Database,
  { id, sha256 }: Pick<PageToJudge, 'id' | 'sha256'>,
  measured: PageHealth & { readonly method: string; readonly measuredAt: string },
): void {
  const { fingerprint } = measured
  database
    .prepare(
      `INSERT OR REPLACE INTO page_measures (page, page_sha256, method, measured_at, paper, print, ink_share, covered,
         edge_pixels, skew_degrees, space_pixels, agreement, sideways, fingerprint)
       VALUES (:id, :sha256, :method, :measuredAt, :paper, :print, :inkShare, :covered, :edgePixels, :skewDegrees,
         :spacePixels, :agreement, :sideways, :bytes)`,
    )
    .run({
      ...measured,
      id,
      sha256,
      sideways: measured.sideways ? 1 : 0,
      bytes: fingerprint === null ? null : Buffer.from(fingerprint.buffer),
    })
}

/** Null where the page has no print to know it by. */
export function readFingerprint(database: Database.Database, page: number): Int8Array | null {
  const bytes = database
    .prepare<[number], Buffer | null>('SELECT fingerprint FROM page_measures WHERE page = ?')
    .pluck()
    .get(page)
  return bytes == null ? null : new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function markCompared(database: Database.Database, pages: readonly number[]): void {
  const mark = database.prepare('UPDATE page_measures SET compared = 1 WHERE page = ?')
  for (const page of pages) mark.run(page)
}

/** When the newest measure was taken; null where there is none. */
export function lastMeasuredAt(database: Database.Database): string | null {
  return (
    database.prepare<[], string | null>('SELECT max(measured_at) FROM page_measures').pluck().get() ?? null
  )
}

/** Two contents, the lesser hash first. */
export interface ContentPair {
  readonly one: string
  readonly other: string
}

export function contentPair(first: string, second: string): ContentPair {
  return first < second ? { one: first, other: second } : { one: second, other: first }
}

/** Null where the two were never laid over one another. */
export function readLikeness(
  database: Database.Database,
  { one, other }: ContentPair,
  method: string,
): number | null {
  const likeness = database
    .prepare<[string, string, string], number>(
      'SELECT likeness FROM page_likenesses WHERE one_sha256 = ? AND other_sha256 = ? AND method = ?',
    )
    .pluck()
    .get(one, other, method)
  return likeness ?? null
}

export function storeLikeness(
  database: Database.Database,
  { one, other }: ContentPair,
  { method, likeness }: { readonly method: string; readonly likeness: number },
): void {
  database
    .prepare(
      'INSERT OR REPLACE INTO page_likenesses (one_sha256, other_sha256, method, likeness) VALUES (?, ?, ?, ?)',
    )
    .run(one, other, method, likeness)
}

/** All pairs at least so alike, the most alike first. */
export function listLikenesses(
  database: Database.Database,
  method: string,
  least: number,
): readonly (ContentPair & { readonly likeness: number })[] {
  return database
    .prepare<[string, number], ContentPair & { readonly likeness: number }>(
      `SELECT one_sha256 AS one, other_sha256 AS other, likeness FROM page_likenesses
       WHERE method = ? AND likeness >= ? ORDER BY likeness DESC, one_sha256, other_sha256`,
    )
    .all(method, least)
}

/** What a finding is remembered by. */
export function contentOf(pages: readonly { readonly sha256: string }[]): string {
  return [...new Set(pages.map(({ sha256 }) => sha256))].sort().join(' ')
}

/** Contents whose finding is fine. */
export function listDecisions(database: Database.Database, check: HealthCheck): ReadonlySet<string> {
  return new Set(
    database
      .prepare<[string], string>('SELECT content FROM health_decisions WHERE check_name = ?')
      .pluck()
      .all(check),
  )
}

export function storeDecision(
  database: Database.Database,
  decision: { readonly check: HealthCheck; readonly content: string; readonly decidedAt: string },
): void {
  database
    .prepare(
      `INSERT OR REPLACE INTO health_decisions (check_name, content, decided_at)
       VALUES (:check, :content, :decidedAt)`,
    )
    .run(decision)
}

export function forgetDecision(database: Database.Database, check: HealthCheck, content: string): void {
  database.prepare('DELETE FROM health_decisions WHERE check_name = ? AND content = ?').run(check, content)
}
