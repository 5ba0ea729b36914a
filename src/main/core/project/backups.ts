/** Checked copies of the catalogue: before a migration, and one a day. The newest few are kept. */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { CatalogueCopy, CopyCounts } from '@shared/domain/repair'
import { syncFolder } from '../../storage/atomic-file'
import type { Clock } from '../ports'
import { schemaOf } from './migrate'
import { hasTable } from './tables'

export const BACKUPS_FOLDER = 'backups'
const KEPT = 5
const DAY_MS = 24 * 60 * 60 * 1000
const BACKUP_NAME = /^project-schema\d+-.+\.sqlite$/

/**
 * Copies the catalogue to backups/project-schema<n>-<time>.sqlite, checks the copy, and drops the oldest ones.
 * @returns the copy's absolute path
 */
export function backUpCatalogue(database: Database.Database, projectFolder: string, clock: Clock): string {
  const folder = join(projectFolder, BACKUPS_FOLDER)
  mkdirSync(folder, { recursive: true })
  const name = `project-schema${String(schemaOf(database))}-${stampOf(clock)}.sqlite`
  const draft = join(folder, `.${name}.partial-${String(process.pid)}`)
  try {
    rmSync(draft, { force: true })
    database.prepare('VACUUM INTO ?').run(draft)
    checkCopy(draft, schemaOf(database))
    syncFile(draft)
    renameSync(draft, join(folder, name))
    syncFolder(folder)
  } finally {
    rmSync(draft, { force: true })
  }
  for (const old of listBackups(folder).slice(0, -KEPT)) rmSync(join(folder, old), { force: true })
  return join(folder, name)
}

/** No copy was made within the last day. */
export function needsDailyBackup(projectFolder: string, clock: Clock): boolean {
  const folder = join(projectFolder, BACKUPS_FOLDER)
  const newest = listBackups(folder).at(-1)
  return newest === undefined || clock.now().getTime() - statSync(join(folder, newest)).mtimeMs >= DAY_MS
}

/** What each copy holds and whether it is whole, newest first. `known` is the newest schema that can be opened. */
export function readBackups(projectFolder: string, known: number): readonly CatalogueCopy[] {
  const folder = join(projectFolder, BACKUPS_FOLDER)
  return listBackups(folder)
    .map((name) => describeCopy(folder, name, known))
    .reverse()
}

/** One of the copies; null where there is none of that name. */
export function readBackup(projectFolder: string, wanted: string, known: number): CatalogueCopy | null {
  const folder = join(projectFolder, BACKUPS_FOLDER)
  return listBackups(folder).includes(wanted) ? describeCopy(folder, wanted, known) : null
}

function describeCopy(folder: string, name: string, known: number): CatalogueCopy {
  const path = join(folder, name)
  return { name, madeAt: madeAt(name), sizeBytes: statSync(path).size, ...readCopy(path, known) }
}

function readCopy(path: string, known: number): Pick<CatalogueCopy, 'schema' | 'problem' | 'counts'> {
  let copy: Database.Database | null = null
  try {
    copy = new Database(path, { readonly: true, fileMustExist: true })
    const schema = schemaOf(copy)
    if (schema > known) return { schema, problem: 'it was made by a newer Scorescope', counts: null }
    checkCopy(path, schema)
    return { schema, problem: null, counts: countRows(copy) }
  } catch (error) {
    return { schema: 0, problem: error instanceof Error ? error.message : String(error), counts: null }
  } finally {
    copy?.close()
  }
}

const COUNTED: Readonly<Record<keyof CopyCounts, string>> = {
  pages: 'pages',
  pieces: 'pieces',
  sampleSets: 'sample_sets',
  runs: 'runs',
  edits: 'edits',
}

/** Tables that an older schema lacks count as empty. */
export function countRows(database: Database.Database): CopyCounts {
  const count = (table: string): number =>
    hasTable(database, table) ? Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()) : 0
  const entries = Object.entries(COUNTED).map(([name, table]) => [name, count(table)])
  return Object.fromEntries(entries) as CopyCounts
}

/** When a copy was made, as its name says. */
function madeAt(name: string): string {
  return timeIn(name).replace(/^(.+)T(..)(..)(..)-(...)Z\.sqlite$/, '$1T$2:$3:$4.$5Z')
}

/** A time as it stands in names of files. */
export function stampOf(clock: Clock): string {
  return clock.now().toISOString().replaceAll(':', '').replace('.', '-')
}

export function hasBackups(projectFolder: string): boolean {
  return listBackups(join(projectFolder, BACKUPS_FOLDER)).length > 0
}

/** Names, oldest first. */
function listBackups(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => BACKUP_NAME.test(name))
      .sort((a, b) => timeIn(a).localeCompare(timeIn(b)))
  } catch {
    return []
  }
}

function timeIn(name: string): string {
  return name.replace(/^project-schema\d+-/, '')
}

/** @throws Error where it is not sound or of another schema */
export function checkCopy(path: string, schema: number): void {
  const copy = new Database(path, { readonly: true })
  try {
    const verdict = copy.pragma('integrity_check', { simple: true })
    if (verdict !== 'ok')
      throw new Error(`The copy ${path} of the catalogue is not sound: ${String(verdict)}.`)
    if ((copy.pragma('foreign_key_check') as readonly unknown[]).length > 0)
      throw new Error(`The copy ${path} of the catalogue holds rows that refer to nothing.`)
    if (schemaOf(copy) !== schema) throw new Error(`The copy ${path} of the catalogue has another schema.`)
  } finally {
    copy.close()
  }
}

/** Forces a file to the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
