import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MIGRATIONS } from '../../src/main/core/migrations'
import { isNetworkFileSystem } from '../../src/main/core/project/catalogue'
import { lockProject } from '../../src/main/core/project/lock'
import { calling } from '../support/corpus-projects'
import { stillClock, temporaryFolder, testProject } from '../support/projects'

const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
const catalogue = (folder: string): string => join(folder, 'project.sqlite')
const lockFile = (folder: string): string => join(folder, 'lock.json')

/** A project that exists and is closed. */
async function closedProject() {
  const test = testProject()
  await test.createAndOpen()
  await test.projects.close()
  return test
}

function writeLock(folder: string, owner: Record<string, unknown>): void {
  const whole = {
    pid: process.pid,
    processStart: null,
    host: hostname(),
    lockedAt: new Date().toISOString(),
    token: 'x',
    ...owner,
  }
  writeFileSync(lockFile(folder), JSON.stringify(whole))
}

describe('a project', () => {
  it('is created, closed, opened and told about', async () => {
    const test = testProject()
    const { api, access } = test.projects
    expect(api.current(undefined, calling)).toBeNull()
    expect(() => access.required()).toThrow('No project is open')
    const made = await api.create({ folder: test.folder }, calling)
    expect(made).toMatchObject({ folder: test.folder, name: 'test', synthetic: false })
    expect(made.counts).toEqual({ styles: 0, composers: 0, pieces: 0, pages: 0, sampleSets: 0, runs: 0 })
    await api.close(undefined, calling)
    expect(access.current()).toBeNull()
    expect(await api.open({ folder: test.folder }, calling)).toEqual(made)
    expect(await api.open({ folder: `${test.folder}/` }, calling)).toEqual(made)
    expect(test.told.map(({ name, value }) => [name, value === null])).toEqual([
      ['project/changed', false],
      ['project/changed', true],
      ['project/changed', false],
    ])
  })

  it('is marked as synthetic for good', async () => {
    const test = testProject()
    await test.createAndOpen()
    test.projects.markSynthetic()
    await test.projects.close()
    expect(await test.projects.api.open({ folder: test.folder }, calling)).toMatchObject({ synthetic: true })
  })

  it('needs a name that ends in .scorescope and a folder that is not in use', async () => {
    const { projects, folder } = testProject()
    const create = async (path: string): Promise<unknown> => projects.api.create({ folder: path }, calling)
    await expect(create(`${folder}.old`)).rejects.toMatchObject({ code: 'project/bad-name' })
    await expect(create(join(folder, '..', '.scorescope'))).rejects.toMatchObject({
      code: 'project/bad-name',
    })
    mkdirSync(folder, { recursive: true })
    await create(folder)
    await expect(create(folder)).rejects.toMatchObject({ code: 'project/exists' })
  })

  it('is not found where there is none', async () => {
    const { projects, folder } = testProject()
    const open = async (): Promise<unknown> => projects.api.open({ folder }, calling)
    await expect(open()).rejects.toThrow('is not a Scorescope project')
    mkdirSync(folder)
    await expect(open()).rejects.toMatchObject({ code: 'project/not-found' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('is begun again when its creation was cut off at the first moment', async () => {
    const { projects, folder } = testProject()
    mkdirSync(folder)
    writeFileSync(catalogue(folder), '')
    expect(await projects.api.open({ folder }, calling)).toMatchObject({ name: 'test' })
  })

  it('gives way to another, and stays open when the other cannot be opened', async () => {
    const base = temporaryFolder()
    const { projects, folder } = testProject(base)
    const events: string[] = []
    projects.access.onOpened(({ name }) => events.push(`opened ${name}`))
    projects.access.onClosing(async ({ name, database }) => {
      await Promise.resolve()
      events.push(`closing ${name}, ${database.open ? 'database open' : 'database closed'}`)
    })
    await projects.api.create({ folder }, calling)
    await expect(
      (async () => projects.api.open({ folder: join(base, 'absent.scorescope') }, calling))(),
    ).rejects.toThrow()
    expect(projects.access.required().name).toBe('test')
    await projects.api.create({ folder: join(base, 'second.scorescope') }, calling)
    await projects.close()
    expect(events).toEqual([
      'opened test',
      'closing test, database open',
      'opened second',
      'closing second, database open',
    ])
    expect(existsSync(lockFile(folder))).toBe(false)
  })

  it('closes even when a listener fails, and says so in the log', async () => {
    const test = testProject()
    test.projects.access.onClosing(() => Promise.reject(new Error('a listener failed')))
    await test.createAndOpen()
    await test.projects.close()
    expect(test.projects.access.current()).toBeNull()
    expect(existsSync(lockFile(test.folder))).toBe(false)
    expect(test.log.join()).toContain('a listener failed')
  })

  it('loses what killed writers left behind when it is opened', async () => {
    const test = await closedProject()
    const left = ['.a.partial-1', 'samples/.1.u8.partial-7', 'runs/abc/checkpoints/.step.partial-9']
    for (const file of [...left, 'samples/1.u8']) {
      mkdirSync(join(test.folder, file, '..'), { recursive: true })
      writeFileSync(join(test.folder, file), 'x')
    }
    await test.projects.api.open({ folder: test.folder }, calling)
    expect(left.filter((file) => existsSync(join(test.folder, file)))).toEqual([])
    expect(existsSync(join(test.folder, 'samples/1.u8'))).toBe(true)
  })
})

describe('the catalogue', () => {
  it('writes durably and checks references', async () => {
    const test = testProject()
    await test.createAndOpen()
    const { database } = test.projects.access.required()
    const setting = (name: string): unknown => database.pragma(name, { simple: true })
    expect(setting('journal_mode')).toBe('wal')
    expect(setting('synchronous')).toBe(2)
    expect(setting('foreign_keys')).toBe(1)
    expect(setting('trusted_schema')).toBe(0)
    expect(setting('application_id')).toBe(0x53434f50)
    expect(setting('user_version')).toBe(MIGRATIONS.length)
  })

  it('does without a write-ahead log on network folders', () => {
    expect([0x6969, 0xff534d42, 0xff534d42 | 0, 0x65735546].map(isNetworkFileSystem)).toEqual(
      Array(4).fill(true),
    )
    expect([0xef53, 0x9123683e, 0x01021994].map(isNetworkFileSystem)).toEqual(Array(3).fill(false))
  })

  it('of a newer version is refused without a write', async () => {
    const { projects, folder } = await closedProject()
    const database = new Database(catalogue(folder))
    database.pragma(`user_version = ${String(MIGRATIONS.length + 4)}`)
    database.close()
    const before = { digest: digest(catalogue(folder)), time: statSync(catalogue(folder)).mtimeMs }
    const files = readdirSync(folder)
    await expect((async () => projects.api.open({ folder }, calling))()).rejects.toThrow(
      `made by a newer Scorescope (schema ${String(MIGRATIONS.length + 4)}, this one knows ${String(MIGRATIONS.length)})`,
    )
    expect({ digest: digest(catalogue(folder)), time: statSync(catalogue(folder)).mtimeMs }).toEqual(before)
    expect(readdirSync(folder)).toEqual(files)
  })

  it.each([
    ['text', () => Buffer.from('certainly not a database, however long one makes it '.repeat(4))],
    ['a cut-off header', (bytes: Buffer) => bytes.subarray(0, 60)],
  ])('that is %s is refused and left alone', async (_, damage) => {
    const { projects, folder } = await closedProject()
    writeFileSync(catalogue(folder), damage(readFileSync(catalogue(folder))))
    const before = digest(catalogue(folder))
    const open = async (): Promise<unknown> => projects.api.open({ folder }, calling)
    await expect(open()).rejects.toMatchObject({ code: 'project/damaged' })
    expect(digest(catalogue(folder))).toBe(before)
  })

  it('of another program is refused', async () => {
    const { projects, folder } = testProject()
    mkdirSync(folder)
    const database = new Database(catalogue(folder))
    database.exec('CREATE TABLE theirs (a)')
    database.pragma('user_version = 1')
    database.close()
    await expect((async () => projects.api.open({ folder }, calling))()).rejects.toThrow(
      'made by another program',
    )
  })

  it('is copied once a day, five copies are kept, and each copy is whole', async () => {
    const test = await closedProject()
    const backups = join(test.folder, 'backups')
    for (let day = 0; day < 8; day += 1) {
      await test.projects.api.open({ folder: test.folder }, calling)
      await test.projects.close()
      await test.projects.api.open({ folder: test.folder }, calling)
      await test.projects.close()
      test.clock.advance(365 * 24 * 60 * 60 * 1000)
    }
    const copies = readdirSync(backups)
    expect(copies).toHaveLength(5)
    for (const copy of copies) {
      const database = new Database(join(backups, copy), { readonly: true })
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      database.close()
    }
  })

  it('says which queries are slow', async () => {
    const test = testProject()
    await test.createAndOpen()
    const { database } = test.projects.access.required()
    database.function('take', (ms) => {
      test.clock.advance(Number(ms))
      return 1
    })
    database.prepare('SELECT take(99)').get()
    expect(test.log).toEqual([])
    database.prepare('SELECT\n  take(?)').pluck().get(250)
    expect(test.log).toEqual(['A query took 250 ms: SELECT take(?)'])
  })
})

describe('a lock', () => {
  it('keeps a second Scorescope out while the first has the project', async () => {
    const first = testProject()
    await first.createAndOpen()
    const second = testProject()
    const open = async (): Promise<unknown> => second.projects.api.open({ folder: first.folder }, calling)
    await expect(open()).rejects.toThrow(
      `is open in another Scorescope (process ${String(process.pid)}): close it there first.`,
    )
    await first.projects.close()
    await open()
  })

  it('of a process that lives is respected, and taken over once it is gone', async () => {
    const { projects, folder } = await closedProject()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    writeLock(folder, { pid: child.pid })
    const open = async (): Promise<unknown> => projects.api.open({ folder }, calling)
    await expect(open()).rejects.toMatchObject({ code: 'project/locked', details: { pid: child.pid } })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    await open()
  })

  it.skipIf(process.platform !== 'linux')('is not respected when its number went to another process', () => {
    const folder = temporaryFolder()
    writeLock(folder, { processStart: 'another boot/123' })
    const lock = lockProject(folder, stillClock())
    expect(lock.recovered).toBe(true)
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('that a crash left half written is taken over', () => {
    const folder = temporaryFolder()
    for (const text of ['', '{"pid":', '[]']) {
      writeFileSync(lockFile(folder), text)
      const lock = lockProject(folder, stillClock())
      expect(lock.recovered).toBe(true)
      lock.release()
    }
  })

  it('from another computer is respected, with what to do about it', () => {
    const folder = temporaryFolder()
    writeLock(folder, { host: 'reading-room' })
    expect(() => lockProject(folder, stillClock())).toThrow(
      'is open on the computer reading-room: close it there; if that computer crashed, delete lock.json in it.',
    )
  })

  it('is not released by someone who lost it', () => {
    const folder = temporaryFolder()
    const lock = lockProject(folder, stillClock())
    writeLock(folder, { token: 'someone else' })
    lock.release()
    expect(existsSync(lockFile(folder))).toBe(true)
  })

  it('left behind has the catalogue looked over, and damage is told', async () => {
    const test = testProject()
    await test.createAndOpen()
    const { database } = test.projects.access.required()
    const insert = database.prepare('INSERT INTO styles (name, sort_key) VALUES (?, ?)')
    database.transaction(() => {
      for (let index = 0; index < 2000; index += 1)
        insert.run(`style ${String(index)}`, `key ${String(index)}`)
    })()
    await test.projects.close()
    const bytes = readFileSync(catalogue(test.folder))
    // An index entry that no longer says what its row says.
    const at = bytes.lastIndexOf('key 1234')
    bytes.write('kez', at, 'latin1')
    writeFileSync(catalogue(test.folder), bytes)
    const open = async (): Promise<unknown> => test.projects.api.open({ folder: test.folder }, calling)
    writeLock(test.folder, { pid: 2 ** 22 + 1, processStart: 'gone' })
    await expect(open()).rejects.toMatchObject({ code: 'project/damaged' })
    await expect(open()).rejects.toThrow('repair it from a copy')
  })

  it('left behind by a crash loses no row that was written', async () => {
    const first = testProject()
    await first.createAndOpen()
    const { database } = first.projects.access.required()
    database.prepare("INSERT INTO styles (name, sort_key) VALUES ('Baroque', 'baroque')").run()
    // The folder as a killed process leaves it: lock in place, write-ahead log not folded in.
    const crashed = join(temporaryFolder(), 'crashed.scorescope')
    cpSync(first.folder, crashed, { recursive: true })
    const lock = JSON.parse(readFileSync(lockFile(crashed), 'utf8')) as object
    writeFileSync(lockFile(crashed), JSON.stringify({ ...lock, processStart: 'gone', pid: 2 ** 22 + 1 }))
    const second = testProject()
    expect(await second.projects.api.open({ folder: crashed }, calling)).toMatchObject({
      counts: { styles: 1 },
    })
  })
})

describe('recent projects', () => {
  it('are listed newest first, say what is gone, and can be forgotten', async () => {
    const base = temporaryFolder()
    const { projects, clock } = testProject(base)
    const folders = ['a', 'b', 'c'].map((name) => join(base, `${name}.scorescope`))
    for (const folder of folders) {
      clock.advance(1000)
      await projects.api.create({ folder }, calling)
    }
    clock.advance(1000)
    await projects.api.open({ folder: folders[0] ?? '' }, calling)
    await projects.close()
    rmSync(folders[1] ?? '', { recursive: true })
    const recent = await projects.api.recent(undefined, calling)
    expect(recent.map(({ name, exists }) => [name, exists])).toEqual([
      ['a', true],
      ['c', true],
      ['b', false],
    ])
    expect(recent[0]?.openedAt).toBe('2026-01-01T00:00:04.000Z')
    const left = await projects.api.forget({ folder: folders[1] ?? '' }, calling)
    expect(left.map(({ name }) => name)).toEqual(['a', 'c'])
  })

  it('begin anew when their file is damaged, which is kept aside', async () => {
    const base = temporaryFolder()
    const { projects, log } = testProject(base)
    writeFileSync(join(base, 'settings', 'recent-projects.json'), '{"recent": [')
    expect(await projects.api.recent(undefined, calling)).toEqual([])
    expect(log.join()).toContain('recent-projects.json.damaged')
    expect(readdirSync(join(base, 'settings'))).toEqual(['recent-projects.json.damaged'])
  })
})
