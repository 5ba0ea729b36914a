/** Searches with a name. */
import type Database from 'better-sqlite3'
import type { SavedSearch } from '@shared/domain/catalogue'
import { AppError } from '@shared/errors'
import { compareKeys, naturalKey } from '../natural-order'

export function readSearches(database: Database.Database): readonly SavedSearch[] {
  return database
    .prepare<[], SavedSearch>('SELECT id, name, query FROM saved_searches')
    .all()
    .sort((a, b) => compareKeys(naturalKey(a.name), naturalKey(b.name)))
}

export function saveSearch(database: Database.Database, { name, query }: Omit<SavedSearch, 'id'>): void {
  database
    .prepare(
      'INSERT INTO saved_searches (name, query) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET query = excluded.query',
    )
    .run(name, query)
}

/** @throws AppError catalogue/search-unknown */
export function forgetSearch(database: Database.Database, id: number): void {
  if (database.prepare('DELETE FROM saved_searches WHERE id = ?').run(id).changes === 0)
    throw AppError.of('catalogue/search-unknown', { id })
}
