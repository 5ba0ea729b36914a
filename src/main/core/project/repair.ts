/** Puts a copy, or what can still be read, in a catalogue's place. What was there is moved aside, never deleted. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { CatalogueCopies, RepairReport } from '@shared/domain/repair'
import { AppError } from '@shared/errors'
import type { RequestOutput } from '@shared/requests'
import { syncFolder } from '../../storage/atomic-file'
import { MIGRATIONS } from '../migrations'
import type { Clock } from '../ports'
import { BACKUPS_FOLDER, checkCopy, countRows, readBackup, readBackups, stampOf, syncFile } from './backups'
import { CATALOGUE_FILE, inspectCatalogue } from './catalogue'
import { CATALOGUE_ENDINGS } from './catalogue-endings'
import { recoverCatalogue } from './recovery'
import { unknownFiles } from './unknown-files'

type How = RequestOutput<'project', 'repair'>['how']

/** What a repaired catalogue is made of, before it is put in place. */
type Made = Pick<RepairReport, 'backup' | 'tables' | 'remarks'>

/** Reads only. */
export function readCopies(folder: string): CatalogueCopies {
  const backups = readBackups(folder, MIGRATIONS.length)
  try {
    inspectCatalogue(folder)
    return { folder, problem: null, recoverable: true, backups }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'project/not-found') throw error
    const { problem } = error.details
    const said = typeof problem === 'string' ? problem : error.message
    return { folder, problem: said, recoverable: false, backups }
  }
}

/**
 * Whoever calls holds the project's lock. The new catalogue is whole and on the disk before the old one is moved.
 * @throws AppError project/backup-unfit, project/too-new, project/not-recoverable, project/no-write
 */
export function repairCatalogue(folder: string, how: How, clock: Clock): RepairReport {
  const draft = join(folder, `.${CATALOGUE_FILE}.partial-${String(process.pid)}`)
  try {
    const made = make(folder, how, draft)
    const database = new Database(draft, { readonly: true })
    const facts = factsOf(folder, database)
    syncFile(draft)
    const aside = setAside(folder, clock)
    renameSync(draft, join(folder, CATALOGUE_FILE))
    syncFolder(folder)
    return { folder, ...made, aside, ...facts }
  } finally {
    for (const ending of CATALOGUE_ENDINGS) rmSync(`${draft}${ending}`, { force: true })
  }
}

function make(folder: string, how: How, draft: string): Made {
  if (how === 'recover') return { backup: null, ...recoverCatalogue(folder, draft, MIGRATIONS) }
  takeCopy(folder, how.backup, draft)
  return { backup: how.backup, tables: [], remarks: [] }
}

function factsOf(folder: string, database: Database.Database): Pick<RepairReport, 'counts' | 'unknown'> {
  try {
    return { counts: countRows(database), unknown: unknownFiles(folder, database) }
  } finally {
    database.close()
  }
}

/** @throws AppError project/backup-unfit, project/too-new */
function takeCopy(folder: string, name: string, draft: string): void {
  const copy = readBackup(folder, name, MIGRATIONS.length)
  if (copy === null)
    throw AppError.of('project/backup-unfit', { backup: name, problem: 'there is no copy of that name' })
  if (copy.schema > MIGRATIONS.length)
    throw AppError.of('project/too-new', { folder, found: copy.schema, known: MIGRATIONS.length })
  if (copy.problem !== null)
    throw AppError.of('project/backup-unfit', { backup: name, problem: copy.problem })
  copyFileSync(join(folder, BACKUPS_FOLDER, name), draft)
  checkCopy(draft, copy.schema)
}

/**
 * Moves the catalogue's files into a folder of their own. The catalogue goes first: what a crash leaves is then a project
 * without one, and not one that lacks what was written last. @returns the folder's name; null where nothing was there
 */
function setAside(folder: string, clock: Clock): string | null {
  const there = CATALOGUE_ENDINGS.map((ending) => `${CATALOGUE_FILE}${ending}`).filter((file) =>
    existsSync(join(folder, file)),
  )
  if (there.length === 0) return null
  const aside = freeName(folder, `set-aside-${stampOf(clock)}`)
  mkdirSync(join(folder, aside))
  for (const file of there) renameSync(join(folder, file), join(folder, aside, file))
  syncFolder(join(folder, aside))
  // A log of the old catalogue beside the new one would be played into it.
  syncFolder(folder)
  return aside
}

function freeName(folder: string, wanted: string): string {
  let name = wanted
  for (let next = 2; existsSync(join(folder, name)); next += 1) name = `${wanted}-${String(next)}`
  return name
}
