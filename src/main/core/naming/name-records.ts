/** Names, notes and the vocabulary in the catalogue. */
import type Database from 'better-sqlite3'
import {
  type ChannelAddress,
  type ChannelName,
  DEFAULT_VOCABULARY,
  type VocabularyTerm,
} from '@shared/domain/naming'

export const addressOf = ({ run, layer, channel }: ChannelAddress): string => `${run}/${layer}/${channel}`

type NameRow = Omit<ChannelName, 'address'>

const withAddress = (row: NameRow): ChannelName => ({ ...row, address: addressOf(row) })

export interface WantedNames {
  readonly run: string
  readonly layer?: string | undefined
  readonly channel?: number | undefined
  readonly rater?: string | undefined
}

/** By layer, channel and rater. */
export function readNames(database: Database.Database, wanted: WantedNames): readonly ChannelName[] {
  return database
    .prepare<[Record<keyof WantedNames, string | number | null>], NameRow>(
      `SELECT run, layer, channel, rater, name, note, named_at AS namedAt FROM channel_names
       WHERE run = :run AND (:layer IS NULL OR layer = :layer) AND (:channel IS NULL OR channel = :channel)
         AND (:rater IS NULL OR rater = :rater)
       ORDER BY layer, channel, rater`,
    )
    .all({
      run: wanted.run,
      layer: wanted.layer ?? null,
      channel: wanted.channel ?? null,
      rater: wanted.rater ?? null,
    })
    .map(withAddress)
}

/** What is left out stays; null where neither a name nor a note is left. */
export function writeName(
  database: Database.Database,
  naming: ChannelAddress & {
    readonly rater: string
    readonly name?: string | undefined
    readonly note?: string | undefined
    readonly namedAt: string
  },
): ChannelName | null {
  const { run, layer, channel, rater, namedAt } = naming
  const [known] = readNames(database, naming)
  const name = naming.name ?? known?.name ?? ''
  const note = naming.note ?? known?.note ?? ''
  if (name === '' && note === '') {
    database
      .prepare('DELETE FROM channel_names WHERE run = ? AND layer = ? AND channel = ? AND rater = ?')
      .run(run, layer, channel, rater)
    return null
  }
  database
    .prepare(
      `INSERT OR REPLACE INTO channel_names (run, layer, channel, rater, name, note, named_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(run, layer, channel, rater, name, note, namedAt)
  return withAddress({ run, layer, channel, rater, name, note, namedAt })
}

export function readRaters(database: Database.Database): readonly string[] {
  return database
    .prepare<[], { rater: string }>('SELECT DISTINCT rater FROM channel_names ORDER BY rater')
    .all()
    .map(({ rater }) => rater)
}

export function readVocabulary(database: Database.Database): readonly VocabularyTerm[] {
  const own = database
    .prepare<[], VocabularyTerm>('SELECT term, meaning FROM vocabulary ORDER BY position')
    .all()
  return own.length > 0 ? own : DEFAULT_VOCABULARY
}

/** Of terms that occur twice the first counts. */
export function writeVocabulary(database: Database.Database, terms: readonly VocabularyTerm[]): void {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO vocabulary (position, term, meaning) VALUES (?, ?, ?)',
  )
  database.transaction(() => {
    database.prepare('DELETE FROM vocabulary').run()
    for (const [position, { term, meaning }] of terms.entries()) insert.run(position, term, meaning)
  })()
}

/** Share of positions where each channel is above 0, by address; null until the run's features are computed. */
export function readDensities(database: Database.Database, run: string): ReadonlyMap<string, number> | null {
  const rows = database
    .prepare<[string], { layer: string; channel: number; density: number }>(
      'SELECT layer, channel, density FROM features WHERE run = ?',
    )
    .all(run)
  if (rows.length === 0) return null
  return new Map(rows.map(({ layer, channel, density }) => [addressOf({ run, layer, channel }), density]))
}
