/** Whether a project links to the files of its pages or copies them, unless an import says otherwise. */
import type Database from 'better-sqlite3'
import type { StorageChoice } from '@shared/domain/files'

const NAME = 'storage'

export function readStorageChoice(database: Database.Database): StorageChoice {
  const kept = database.prepare<[string], string>('SELECT value FROM facts WHERE name = ?').pluck().get(NAME)
  return kept === 'copy' ? 'copy' : 'link'
}

export function writeStorageChoice(database: Database.Database, storage: StorageChoice): void {
  database
    .prepare(
      'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    )
    .run(NAME, storage)
}
