/** Checked copies of the catalogue: before a migration, and one a day. The newest few are kept. */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { syncFolder } from '../../storage/atomic-file'
import type { Clock } from '../ports'
import { schemaOf } from './migrate'

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
  const stamp = clock.now().toISOString().replaceAll(':', '').replace('.', '-')
  const name = `project-schema${String(schemaOf(database))}-${stamp}.sqlite`
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

function checkCopy(path: string, schema: number): void {
  const copy = new Database(path, { readonly: true })
  try {
    const verdict = copy.pragma('integrity_check', { simple: true })
    if (verdict !== 'ok')
      throw new Error(`The copy ${path} of the catalogue is not sound: ${String(verdict)}.`)
    if (schemaOf(copy) !== schema) throw new Error(`The copy ${path} of the catalogue has another schema.`)
  } finally {
    copy.close()
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
