/** What was written by hand goes before what a list says at a later import. */
import type Database from 'better-sqlite3'

export interface EditedByHand {
  readonly hasField: (page: number, name: string) => boolean
  readonly hasNumber: (page: number) => boolean
}

/** From the log of edits; those taken back do not count. */
export function readEditedByHand(database: Database.Database): EditedByHand {
  const changes = `FROM edit_changes JOIN edits ON edits.id = edit_changes.edit WHERE edits.state = 'done'`
  const fields = database
    .prepare<[], { page: number; name: string }>(
      `SELECT DISTINCT json_extract(coalesce(after, before), '$.page') AS page,
         json_extract(coalesce(after, before), '$.name') AS name ${changes} AND table_name = 'page_fields'`,
    )
    .all()
  const numbers = database
    .prepare<[], { page: number }>(
      `SELECT DISTINCT json_extract(after, '$.id') AS page ${changes} AND table_name = 'pages'
         AND json_extract(before, '$.stated_number') IS NOT json_extract(after, '$.stated_number')`,
    )
    .all()
  const ofFields = new Set(fields.map(({ page, name }) => keyOf(page, name)))
  const ofNumbers = new Set(numbers.map(({ page }) => page))
  return {
    hasField: (page, name) => ofFields.has(keyOf(page, name)),
    hasNumber: (page) => ofNumbers.has(page),
  }
}

const keyOf = (page: number, name: string): string => `${String(page)}/${name}`
