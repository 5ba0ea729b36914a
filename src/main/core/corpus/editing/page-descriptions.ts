/** What is said of pages: their fields and tags, and the text in which words are searched. */
import type Database from 'better-sqlite3'
import { fold } from '../natural-order'

/** The ids that are pages, as a table `wanted`. */
const WANTED = 'WITH wanted AS (SELECT value AS page FROM json_each(?))'

/** Sets one field of pages; an empty value forgets it. */
export function writeField(
  database: Database.Database,
  pages: readonly number[],
  { name, value }: { readonly name: string; readonly value: string },
): void {
  const ids = JSON.stringify(pages)
  if (value === '')
    database
      .prepare(`${WANTED} DELETE FROM page_fields WHERE name = ? AND page IN (SELECT page FROM wanted)`)
      .run(ids, name)
  else
    database
      .prepare(
        // "WHERE true": else the parser takes ON for a join.
        `${WANTED} INSERT INTO page_fields (page, name, value, search_text) SELECT page, ?, ?, ? FROM wanted WHERE true
         ON CONFLICT DO UPDATE SET value = excluded.value, search_text = excluded.search_text
         WHERE value <> excluded.value`,
      )
      .run(ids, name, value, fold(value))
}

/** Tags that the project has in another spelling keep that spelling. */
export function addTags(
  database: Database.Database,
  pages: readonly number[],
  tags: readonly string[],
): void {
  const spelling = database.prepare<[string], { tag: string }>(
    'SELECT tag FROM page_tags WHERE search_text = ? LIMIT 1',
  )
  const insert = database.prepare(
    `${WANTED} INSERT INTO page_tags (page, search_text, tag) SELECT page, ?, ? FROM wanted WHERE true
     ON CONFLICT DO NOTHING`,
  )
  for (const tag of tags.map(tidyTag))
    insert.run(JSON.stringify(pages), fold(tag), spelling.get(fold(tag))?.tag ?? tag)
}

export function removeTags(
  database: Database.Database,
  pages: readonly number[],
  tags: readonly string[],
): void {
  const remove = database.prepare(
    `${WANTED} DELETE FROM page_tags WHERE search_text = ? AND page IN (SELECT page FROM wanted)`,
  )
  for (const tag of tags.map(tidyTag)) remove.run(JSON.stringify(pages), fold(tag))
}

export function tidyTag(tag: string): string {
  return tag.normalize('NFC').replace(/\s+/g, ' ').trim()
}

/** Makes the text anew in which a search without a field looks: names, file, fields, tags. */
export function refreshSearchText(database: Database.Database, pages: readonly number[]): void {
  database
    .prepare(
      `${WANTED} UPDATE pages SET search_text = folded(concat_ws(char(10),
         (SELECT concat_ws(char(10), styles.name, composers.name, pieces.name) FROM pieces
            JOIN composers ON composers.id = pieces.composer JOIN styles ON styles.id = composers.style
            WHERE pieces.id = pages.piece),
         pages.file,
         (SELECT group_concat(value, char(10)) FROM (SELECT value FROM page_fields
            WHERE page_fields.page = pages.id ORDER BY name)),
         (SELECT group_concat(tag, char(10)) FROM (SELECT tag FROM page_tags
            WHERE page_tags.page = pages.id ORDER BY search_text))))
       WHERE id IN (SELECT page FROM wanted)`,
    )
    .run(JSON.stringify(pages))
}
