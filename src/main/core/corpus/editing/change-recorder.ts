/** Records which rows of the catalogue a piece of work changes, so that it can be taken back exactly. */
import type Database from 'better-sqlite3'

interface TrackedTable {
  readonly key: readonly string[]
  /** What edits may change beside the key. */
  readonly columns: readonly string[]
}

/** Pages come and go with imports only; of them, edits change these columns. */
export const TRACKED_TABLES = {
  styles: { key: ['id'], columns: ['name', 'sort_key'] },
  composers: { key: ['id'], columns: ['style', 'name', 'sort_key'] },
  pieces: { key: ['id'], columns: ['composer', 'name', 'sort_key'] },
  pages: { key: ['id'], columns: ['piece', 'number', 'stated_number', 'search_text', 'excluded'] },
  page_fields: { key: ['page', 'name'], columns: ['value', 'search_text'] },
  page_tags: { key: ['page', 'search_text'], columns: ['tag'] },
  page_regions: { key: ['page', 'x', 'y', 'width', 'height'], columns: ['note'] },
  fields: { key: ['name'], columns: ['type', 'choices'] },
} as const satisfies Readonly<Record<string, TrackedTable>>

export type TrackedName = keyof typeof TRACKED_TABLES

export interface RowChange {
  readonly table: TrackedName
  /** The tracked columns of the row as JSON; null where there was no row. */
  readonly before: string | null
  readonly after: string | null
}

/**
 * Triggers of this connection write down every row that `work` changes. To be called inside a transaction: when that
 * is rolled back, the triggers are gone with it. Steps of one edit change a page several times: it is written down once,
 * as it was before the first and after the last.
 */
export function recordChanges(database: Database.Database, work: () => void): readonly RowChange[] {
  database.exec(`CREATE TEMP TABLE recorded (position INTEGER PRIMARY KEY, "table" TEXT, before TEXT, after TEXT,
      page INTEGER UNIQUE);
    ${triggers((name, sql) => `CREATE TEMP TRIGGER ${name} ${sql};`)}`)
  work()
  const changes = database
    .prepare<[], RowChange>(
      'SELECT "table", before, after FROM recorded WHERE before IS NOT after ORDER BY position',
    )
    .all()
  database.exec(`${triggers((name) => `DROP TRIGGER temp.${name};`)} DROP TABLE temp.recorded;`)
  return changes
}

function triggers(write: (name: string, sql: string) => string): string {
  return Object.entries(TRACKED_TABLES)
    .flatMap(([table, { key, columns }]) => {
      const all = [...key, ...columns]
      const row = (side: string): string =>
        `json_object(${all.map((column) => `'${column}', ${side}.${column}`).join(', ')})`
      const note = (before: string, after: string): string =>
        `BEGIN INSERT INTO recorded ("table", before, after, page)
           VALUES ('${table}', ${before}, ${after}, ${table === 'pages' ? 'OLD.id' : 'NULL'})
           ON CONFLICT (page) DO UPDATE SET after = excluded.after; END`
      const differs = all.map((column) => `OLD.${column} IS NOT NEW.${column}`).join(' OR ')
      return [
        write(`note_${table}_insert`, `AFTER INSERT ON main.${table} ${note('NULL', row('NEW'))}`),
        write(
          `note_${table}_update`,
          `AFTER UPDATE ON main.${table} WHEN ${differs} ${note(row('OLD'), row('NEW'))}`,
        ),
        write(`note_${table}_delete`, `AFTER DELETE ON main.${table} ${note(row('OLD'), 'NULL')}`),
      ]
    })
    .join('\n')
}
