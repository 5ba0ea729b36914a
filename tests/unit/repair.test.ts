import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { RepairReport } from '@shared/domain/repair'
import { MIGRATIONS } from '../../src/main/core/migrations'
import { CATALOGUE_ENDINGS } from '../../src/main/core/project/catalogue-endings'
import { putCatalogue, PAGES, PIECES, wipePagesOf } from '../support/damaged-catalogue'
import { calling } from '../support/corpus-projects'
import { temporaryFolder, testProject, type TestProject } from '../support/projects'

const catalogue = (folder: string): string => join(folder, 'project.sqlite')
const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** A project with many rows in every table that holds people's work; closed, with one copy of an earlier day. */
async function workedOn(): Promise<TestProject> {
  const test = testProject()
  await test.createAndOpen()
  putCatalogue(test.projects.access.required().database)
  await test.projects.api.backUp(undefined, calling)
  await test.projects.close()
  return test
}

const backups = async ({ projects, folder }: TestProject) => projects.api.backups({ folder }, calling)
const recover = async ({ projects, folder }: TestProject): Promise<RepairReport> =>
  projects.api.repair({ folder, how: 'recover' }, calling)
const restore = async ({ projects, folder }: TestProject, backup: string): Promise<RepairReport> =>
  projects.api.repair({ folder, how: { backup } }, calling)

/** Opens it as after a crash would be done: looked over whole. */
async function expectSound(test: TestProject): Promise<Database.Database> {
  await test.projects.api.open({ folder: test.folder }, calling)
  const { database } = test.projects.access.required()
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(database.pragma('foreign_key_check')).toEqual([])
  expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
  return database
}

describe('the copies of a catalogue', () => {
  it('are listed newest first, with what they hold and whether they are whole', async () => {
    const test = await workedOn()
    test.clock.advance(60_000)
    await test.projects.api.open({ folder: test.folder }, calling)
    const listed = await test.projects.api.backUp(undefined, calling)
    await test.projects.close()
    expect(listed).toEqual(await backups(test))
    expect(listed).toMatchObject({ folder: test.folder, problem: null, recoverable: true })
    // The first was made as the project was created.
    expect(listed.backups.map(({ counts }) => counts?.pages)).toEqual(
      [PAGES, PAGES].concat(listed.backups.length > 2 ? [0] : []),
    )
    expect(listed.backups[0]).toMatchObject({
      madeAt: '2026-01-01T00:01:00.000Z',
      schema: MIGRATIONS.length,
      problem: null,
      counts: { pages: PAGES, pieces: PIECES, sampleSets: 0, runs: 0, edits: 20 },
    })
  })

  it('that are damaged or newer are said to be so, and are not restored', async () => {
    const test = await workedOn()
    const [copy] = (await backups(test)).backups
    const name = copy?.name ?? ''
    const path = join(test.folder, 'backups', name)
    const newer = join(test.folder, 'backups', 'project-schema99-2030-01-01T000000-000Z.sqlite')
    writeFileSync(newer, readFileSync(path))
    const database = new Database(newer)
    database.pragma('user_version = 99')
    database.close()
    truncateSync(path, 40_000)
    const before = digest(catalogue(test.folder))
    const listed = await backups(test)
    expect(listed.backups[0]?.problem).toContain('newer Scorescope')
    expect(listed.backups[1]?.problem).not.toBeNull()
    await expect(restore(test, listed.backups[0]?.name ?? '')).rejects.toMatchObject({
      code: 'project/too-new',
    })
    await expect(restore(test, name)).rejects.toMatchObject({ code: 'project/backup-unfit' })
    await expect(restore(test, '../project.sqlite')).rejects.toMatchObject({ code: 'project/backup-unfit' })
    expect(digest(catalogue(test.folder))).toBe(before)
    await expectSound(test)
  })
})

describe('a damaged project', () => {
  it('has a copy put in its place, and the damaged files are kept aside', async () => {
    const test = await workedOn()
    const [copy] = (await backups(test)).backups
    writeFileSync(catalogue(test.folder), 'no catalogue any more')
    writeFileSync(`${catalogue(test.folder)}-wal`, 'nor a log')
    for (const folder of ['samples', 'runs/abcd']) mkdirSync(join(test.folder, folder), { recursive: true })
    writeFileSync(join(test.folder, 'samples', '7.u8'), 'pixels')
    const opened = async () => test.projects.api.open({ folder: test.folder }, calling)
    await expect(opened()).rejects.toMatchObject({ code: 'project/damaged' })
    expect(await backups(test)).toMatchObject({ problem: 'it is not a SQLite file', recoverable: false })
    const report = await restore(test, copy?.name ?? '')
    expect(report).toMatchObject({
      backup: copy?.name,
      counts: copy?.counts,
      tables: [],
      unknown: ['samples/7.u8', 'runs/abcd'],
    })
    const aside = join(test.folder, report.aside ?? '')
    expect(readFileSync(join(aside, 'project.sqlite'), 'utf8')).toBe('no catalogue any more')
    expect(readFileSync(join(aside, 'project.sqlite-wal'), 'utf8')).toBe('nor a log')
    await expectSound(test)
    expect(readFileSync(join(test.folder, 'samples', '7.u8'), 'utf8')).toBe('pixels')
  })

  it('is known by its copies where the catalogue is gone', async () => {
    const test = await workedOn()
    for (const ending of CATALOGUE_ENDINGS) rmSync(`${catalogue(test.folder)}${ending}`, { force: true })
    const opened = async () => test.projects.api.open({ folder: test.folder }, calling)
    await expect(opened()).rejects.toThrow('is damaged (project.sqlite is missing)')
    expect(await test.projects.api.recent(undefined, calling)).toMatchObject([{ exists: true }])
    const { backups: copies, recoverable } = await backups(test)
    expect(recoverable).toBe(false)
    expect(await restore(test, copies[0]?.name ?? '')).toMatchObject({ aside: null })
    await expectSound(test)
  })

  it('is not repaired while it is open elsewhere, and is closed first where it is open here', async () => {
    const test = await workedOn()
    const other = testProject()
    await other.projects.api.open({ folder: test.folder }, calling)
    await expect(recover(test)).rejects.toMatchObject({ code: 'project/locked' })
    const report = await recover({ ...other, folder: test.folder })
    expect(report.tables.every(({ lost }) => lost === 0)).toBe(true)
    expect(other.projects.access.current()).toBeNull()
    expect(existsSync(join(test.folder, 'lock.json'))).toBe(false)
  })

  it('that only a newer Scorescope can read is left alone', async () => {
    const test = await workedOn()
    const database = new Database(catalogue(test.folder))
    database.pragma('user_version = 99')
    database.close()
    await expect(recover(test)).rejects.toMatchObject({ code: 'project/too-new' })
    expect(readdirSync(test.folder).filter((name) => name.startsWith('set-aside'))).toEqual([])
  })

  it('of which nothing can be read says so and keeps its file where it was', async () => {
    const test = await workedOn()
    const bytes = readFileSync(catalogue(test.folder))
    // The header stands, the rest of the first page does not: there are no tables to be found.
    bytes.fill(0xff, 100, 4096)
    writeFileSync(catalogue(test.folder), bytes)
    await expect(recover(test)).rejects.toMatchObject({ code: 'project/not-recoverable' })
    expect(readFileSync(catalogue(test.folder)).equals(bytes)).toBe(true)
  })
})

describe('damage that is met while a project is open', () => {
  it('is said in one sentence, and has the catalogue looked over at the next opening', async () => {
    const test = await workedOn()
    wipePagesOf(catalogue(test.folder), 'page_fields', { from: 2, count: 2 })
    const opened = async () => test.projects.api.open({ folder: test.folder }, calling)
    // It was closed in order, so that nothing is looked for.
    await opened()
    const { database } = test.projects.access.required()
    let met: unknown
    try {
      database.prepare('SELECT sum(length(value)) FROM page_fields').get()
    } catch (error) {
      met = test.projects.explain(error)
    }
    expect(met).toMatchObject({ code: 'project/damaged', details: { folder: test.folder } })
    await test.projects.close()
    await expect(opened()).rejects.toMatchObject({ code: 'project/damaged' })
    await recover(test)
    await expectSound(test)
  })
})

describe('a recovery', () => {
  it('of a catalogue that is sound loses nothing, history included', async () => {
    const test = await workedOn()
    const report = await recover(test)
    expect(report.remarks).toEqual([])
    expect(report.tables.filter(({ lost }) => lost !== 0)).toEqual([])
    expect(report.tables).toContainEqual({ table: 'pages', saved: PAGES, lost: 0 })
    const database = await expectSound(test)
    expect(database.prepare("SELECT count(*) FROM edits WHERE state = 'done'").pluck().get()).toBe(20)
  })

  it.each(['pages', 'page_fields', 'page_tags', 'pieces', 'edit_changes'])(
    'loses of %s only what is on the pages of the file that are broken, and counts it',
    async (table) => {
      const test = await workedOn()
      wipePagesOf(catalogue(test.folder), table, { from: 2, count: 2 })
      const report = await recover(test)
      const found = report.tables.find((row) => row.table === table)
      // Nothing but the table itself knows how many changes the edits had.
      if (table === 'edit_changes') expect(found?.lost).toBeNull()
      else expect(found?.lost).toBeGreaterThan(0)
      expect(found?.saved).toBeGreaterThan(found?.lost ?? 0)
      const others = report.tables.filter(
        (row) => row.table !== table && !row.table.startsWith('page_') && row.lost !== 0,
      )
      expect(others).toEqual([])
      const database = await expectSound(test)
      expect(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBeGreaterThanOrEqual(
        found?.saved ?? 0,
      )
      // No page goes because the name of its piece is gone.
      if (table === 'pieces') {
        expect(report.counts.pages).toBe(PAGES)
        expect(report.remarks.join()).toContain('Recovered')
      }
      expect(database.prepare("SELECT count(*) FROM edits WHERE state = 'done'").pluck().get()).toBe(0)
    },
  )

  it('says how many rows are lost by what an index knows', async () => {
    const test = await workedOn()
    const path = catalogue(test.folder)
    // The root itself is broken: rows can be reached neither from the first nor from the last.
    wipePagesOf(path, 'page_tags', { from: 0, count: 1 })
    const report = await recover(test)
    expect(report.tables.find(({ table }) => table === 'page_tags')).toMatchObject({ saved: 0, lost: PAGES })
    await expectSound(test)
  })

  it('of a file that was cut off keeps what comes before the cut', async () => {
    const test = await workedOn()
    const path = catalogue(test.folder)
    truncateSync(path, Math.floor(readFileSync(path).byteLength / 2 / 4096) * 4096)
    const report = await recover(test)
    expect(report.tables.some(({ saved }) => saved > 0)).toBe(true)
    expect(report.tables.some(({ lost }) => lost !== 0)).toBe(true)
    await expectSound(test)
  })

  it('takes up what is only in the write-ahead log', async () => {
    const test = testProject(temporaryFolder())
    await test.createAndOpen()
    putCatalogue(test.projects.access.required().database)
    const files = CATALOGUE_ENDINGS.map((ending) => `${catalogue(test.folder)}${ending}`).filter(existsSync)
    const kept = files.map((file) => readFileSync(file))
    await test.projects.close()
    for (const [at, file] of files.entries()) writeFileSync(file, kept[at] ?? '')
    const report = await recover(test)
    expect(report.counts).toMatchObject({ pages: PAGES, edits: 20 })
    await expectSound(test)
  })
})
