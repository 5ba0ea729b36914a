/** Opens project.sqlite with every promise on: durable writes, checked keys, known schema, sound file. */
import { closeSync, existsSync, openSync, readSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '@shared/errors'
import { asWriteRefusal, isFailedWrite } from '../../storage/write-problem'
import { MIGRATIONS, type Migration } from '../migrations'
import type { Clock } from '../ports'
import { backUpCatalogue, hasBackups, needsDailyBackup } from './backups'
import { migrate, schemaOf } from './migrate'
import { logSlowQueries, type Log } from './slow-queries'

export const CATALOGUE_FILE = 'project.sqlite'

/** "SCOP" in the file's header marks it as ours. */
export const APPLICATION_ID = 0x53_43_4f_50
const HEADER_BYTES = 100
const USER_VERSION_AT = 60
const APPLICATION_ID_AT = 68

export interface CatalogueOptions {
  readonly clock: Clock
  readonly log: Log
  /** The last owner did not close it: look for damage. */
  readonly unclean: boolean
  readonly migrations?: readonly Migration[]
}

/**
 * Says without opening or writing anything whether this version can open a catalogue.
 * @throws AppError project/not-found, project/too-new, project/damaged
 */
export function inspectCatalogue(folder: string, known = MIGRATIONS.length): void {
  const path = join(folder, CATALOGUE_FILE)
  if (!existsSync(path)) {
    if (!hasBackups(folder)) throw AppError.of('project/not-found', { folder })
    throw AppError.of('project/damaged', { folder, problem: 'project.sqlite is missing' })
  }
  const header = readHeader(path)
  // A crash in the first moment of a project leaves no bytes; it is begun again.
  if (header.byteLength === 0) return
  if (header.byteLength < HEADER_BYTES || header.toString('latin1', 0, 15) !== 'SQLite format 3')
    throw AppError.of('project/damaged', { folder, problem: 'it is not a SQLite file' })
  refuseForeign(folder, header.readUInt32BE(APPLICATION_ID_AT), header.readUInt32BE(USER_VERSION_AT))
  refuseNewer(folder, header.readUInt32BE(USER_VERSION_AT), known)
}

/**
 * Opens the catalogue, or begins one, and takes it to the newest schema.
 * @throws AppError project/too-new, project/damaged, project/no-write
 */
export function openCatalogue(folder: string, options: CatalogueOptions): Database.Database {
  const migrations = options.migrations ?? MIGRATIONS
  let database: Database.Database | null = null
  try {
    database = new Database(join(folder, CATALOGUE_FILE))
    refuseNewer(folder, schemaOf(database), migrations.length)
    configure(database, journalModeFor(folder))
    if (options.unclean) refuseDamaged(folder, database)
    upgrade(database, folder, { ...options, migrations })
    logSlowQueries(database, options.clock, options.log)
    return database
  } catch (error) {
    database?.close()
    throw isDamage(error) ? explain(error, folder) : asWriteRefusal(error, folder)
  }
}

function upgrade(
  database: Database.Database,
  folder: string,
  { clock, log, migrations }: CatalogueOptions & { readonly migrations: readonly Migration[] },
): void {
  const schema = schemaOf(database)
  if (schema > 0 && schema < migrations.length) backUpCatalogue(database, folder, clock)
  if (schema === 0) database.pragma(`application_id = ${String(APPLICATION_ID)}`)
  migrate(database, migrations)
  if (schema < migrations.length || !needsDailyBackup(folder, clock)) return
  try {
    backUpCatalogue(database, folder, clock)
  } catch (error) {
    // The project itself is sound and stays usable, for example to free space from within.
    log(`Today's copy of the catalogue of ${folder} could not be made: ${String(error)}`)
  }
}

/** At most this much memory holds pages of the database file. */
const CACHE_KIB = 64 * 1024

/** Sets what every connection must have and reads back what loss of data would hang on. */
function configure(database: Database.Database, journalMode: 'WAL' | 'DELETE'): void {
  const found = database.pragma(`journal_mode = ${journalMode}`, { simple: true })
  if (String(found).toUpperCase() !== journalMode)
    throw new Error(`The catalogue's journal mode is ${String(found)}, not ${journalMode}.`)
  database.pragma('synchronous = FULL')
  if (database.pragma('synchronous', { simple: true }) !== 2)
    throw new Error('The catalogue cannot be made to write durably.')
  database.pragma('foreign_keys = ON')
  database.pragma('trusted_schema = OFF')
  // An edit of all pages of a large corpus fits: else its pages go to the disk and back while it is made.
  database.pragma(`cache_size = -${String(CACHE_KIB)}`)
  database.pragma('temp_store = MEMORY')
}

/** Types of network file systems as Linux numbers them (statfs(2)). */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x65735546, // FUSE, e.g. sshfs
  0x01021997, // 9P
  0x5346414f, // AFS
  0x00c36400, // Ceph
  0x0bd00bd0, // Lustre
])

/** A write-ahead log needs memory shared between processes, which network folders lack. */
export function isNetworkFileSystem(type: number): boolean {
  return NETWORK_FILE_SYSTEMS.has(type >>> 0)
}

function journalModeFor(folder: string): 'WAL' | 'DELETE' {
  if (process.platform === 'win32') return folder.startsWith('\\\\') ? 'DELETE' : 'WAL'
  return isNetworkFileSystem(statfsSync(folder).type) ? 'DELETE' : 'WAL'
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  const file = openSync(path, 'r')
  try {
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0))
  } finally {
    closeSync(file)
  }
}

function refuseForeign(folder: string, applicationId: number, schema: number): void {
  const unfinished = applicationId === 0 && schema === 0
  if (applicationId === APPLICATION_ID || unfinished) return
  throw AppError.of('project/damaged', { folder, problem: 'it was made by another program' })
}

function refuseNewer(folder: string, found: number, known: number): void {
  if (found > known) throw AppError.of('project/too-new', { folder, found, known })
}

/** @throws AppError project/damaged */
export function refuseDamaged(folder: string, database: Database.Database): void {
  const verdict = String(database.pragma('integrity_check', { simple: true }))
  if (verdict !== 'ok') throw AppError.of('project/damaged', { folder, problem: firstOf(verdict) })
  const broken = database.pragma('foreign_key_check') as readonly { readonly table: string }[]
  const first = broken[0]
  if (first !== undefined)
    throw AppError.of('project/damaged', { folder, problem: `rows of ${first.table} refer to nothing` })
}

/** The first of what SQLite found, without the heading that it puts above. */
function firstOf(verdict: string): string {
  const found = verdict.split('\n').filter((line) => !line.startsWith('***'))
  const more = found.length > 1 ? `, and ${String(found.length - 1)} more` : ''
  return `${(found[0] ?? verdict).slice(0, 160)}${more}`
}

/** A failure as what it means for the project: it is damaged, or it cannot be written to. */
export function explain(error: unknown, folder: string): unknown {
  if (isDamage(error))
    return AppError.of('project/damaged', { folder, problem: error.message }, { cause: error })
  return isFailedWrite(error) ? asWriteRefusal(error, folder) : error
}

function isDamage(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^SQLITE_(CORRUPT|NOTADB)/.test(String(error.code))
}
