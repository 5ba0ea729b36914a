/** The distance between staff lines of pages, measured once for the same bytes. */
import type { PageStaves, StaffSpace } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import { type GreyPicture, measureStaffSpace } from '../../numerics/staff-space'
import { findStaves } from '../../numerics/staves'
import type { OpenProject } from '../ports'
import { decodePage, type PageReading } from './page-reader'

interface StaffSpaceRow {
  readonly spacePixels: number | null
  readonly linePixels: number | null
  readonly agreement: number | null
  /** JSON */
  readonly staves: string | null
}

/**
 * Null where no staff can be made out.
 * @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed
 */
export async function staffSpaceOf(reading: PageReading, page: number): Promise<StaffSpace | null> {
  const { project } = reading
  const sha256 = project.database
    .prepare<[number], string>('SELECT sha256 FROM pages WHERE id = ?')
    .pluck()
    .get(page)
  if (sha256 === undefined) throw AppError.of('corpus/page-unknown', { page })
  const kept = findKept(project, page, sha256)
  if (kept !== undefined) return fromRow(kept)
  const measured = measure(await decodePage(reading, page))
  keep(project, { page, sha256, measured })
  return measured
}

function measure(picture: GreyPicture): StaffSpace | null {
  const found = measureStaffSpace(picture)
  return found === null ? null : { ...found, staves: findStaves(picture, found) }
}

function findKept(project: OpenProject, page: number, sha256: string): StaffSpaceRow | undefined {
  return project.database
    .prepare<[number, string], StaffSpaceRow>(
      `SELECT space_pixels AS spacePixels, line_pixels AS linePixels, agreement, staves
       FROM staff_spaces WHERE page = ? AND page_sha256 = ?`,
    )
    .get(page, sha256)
}

function fromRow({ spacePixels, linePixels, agreement, staves }: StaffSpaceRow): StaffSpace | null {
  if (spacePixels === null || linePixels === null || agreement === null) return null
  const known = staves === null ? null : (JSON.parse(staves) as PageStaves)
  return { spacePixels, linePixels, agreement, staves: known }
}

function keep(
  project: OpenProject,
  { page, sha256, measured }: { page: number; sha256: string; measured: StaffSpace | null },
): void {
  project.database
    .prepare(
      `INSERT INTO staff_spaces (page, page_sha256, space_pixels, line_pixels, agreement, staves)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (page) DO UPDATE SET page_sha256 = excluded.page_sha256, space_pixels = excluded.space_pixels,
         line_pixels = excluded.line_pixels, agreement = excluded.agreement, staves = excluded.staves`,
    )
    .run(
      page,
      sha256,
      measured?.spacePixels ?? null,
      measured?.linePixels ?? null,
      measured?.agreement ?? null,
      measured === null || measured.staves === null ? null : JSON.stringify(measured.staves),
    )
}
