/** Work in a process of its own that is killed or meets writes that fail, and what must hold afterwards. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { openSampleStore } from '../../src/main/storage/sample-store'
import { bundle } from './bundle'
import { catalogueDigest } from './catalogue-digest'
import { root } from './engine-process'
import { makeTinyCorpus } from './tiny-corpus'
import { wholeCore } from './whole-core'

export type Work = 'import-link' | 'import-copy' | 'edit' | 'sample' | 'train'

/** What a work process says; see work-process.ts. */
export interface Said {
  readonly open?: boolean
  readonly pages?: number
  readonly digest?: string
  readonly named?: { readonly channel: number; readonly name: string }
  readonly sampleSets?: number
  readonly epoch?: number
  readonly step?: number
  readonly run?: string
  readonly finished?: string
  readonly weightsSha256?: string
  readonly done?: boolean
  readonly log?: string
  readonly failed?: { readonly kind: string; readonly code: string; readonly message: string }
}

export interface Ended {
  readonly said: readonly Said[]
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly errors: string
}

export interface WorkOptions {
  readonly work: Work
  readonly project: string
  readonly seed?: number
  readonly environment?: Readonly<Record<string, string>>
  /** What the process is started with: Node, or a shell that sets limits first. */
  readonly command?: readonly string[]
  /** Kill it so long after so many values were said; after none: ten times as long after its start. */
  readonly kill?: { readonly after: number; readonly delayMs: number }
}

/** A folder for all of a test file: bundled process, page images, finished projects to begin from. */
export class Workshop {
  readonly images: string
  private originals = ''

  private constructor(
    readonly base: string,
    private readonly entry: string,
    private readonly built: string,
  ) {
    this.images = join(base, 'images')
  }

  static async open(): Promise<Workshop> {
    // Below the repository, so that the bundle finds the native modules.
    mkdirSync(join(root, '.cache'), { recursive: true })
    const built = mkdtempSync(join(root, '.cache', 'work-process-'))
    const entry = await bundle(join(root, 'tests', 'support', 'work-process.ts'), built)
    const shop = new Workshop(mkdtempSync(join(tmpdir(), 'scorescope-work-')), entry, built)
    await makeTinyCorpus(shop.images, { styles: 2, composersEach: 2, piecesEach: 3, pagesEach: 2, side: 120 })
    shop.originals = stateOf(shop.images)
    return shop
  }

  close(): void {
    for (const folder of [this.base, this.built]) rmSync(folder, { recursive: true, force: true })
  }

  /** A project in which some work was done in peace, to begin from; not to be changed. */
  async prepare(name: string, works: readonly Work[]): Promise<string> {
    const project = join(this.base, `${name}.scorescope`)
    for (const work of works) {
      const ended = await this.run({ work, project })
      if (ended.said.at(-1)?.done !== true)
        throw new Error(`${work} in peace ended with ${JSON.stringify(ended)}`)
    }
    return project
  }

  copyOf(project: string, name: string): string {
    const copy = join(this.base, `${name}.scorescope`)
    rmSync(copy, { recursive: true, force: true })
    if (existsSync(project)) cpSync(project, copy, { recursive: true, preserveTimestamps: true })
    return copy
  }

  async run({
    work,
    project,
    seed = 1,
    environment = {},
    command = [process.execPath],
    kill,
  }: WorkOptions): Promise<Ended> {
    const [program = '', ...before] = command
    const args = [
      ...before,
      this.entry,
      join(this.base, 'settings'),
      project,
      this.images,
      work,
      String(seed),
    ]
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    })
    const said: Said[] = []
    let rest = ''
    let errors = ''
    let isDoomed = false
    const kick = (delayMs: number): void => {
      isDoomed = true
      void wait(delayMs).then(() => child.kill('SIGKILL'))
    }
    if (kill?.after === 0) kick(kill.delayMs * 10)
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = `${errors}${text}`.slice(-4000)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n')
      rest = lines.pop() ?? ''
      said.push(...lines.map((line) => JSON.parse(line) as Said))
      if (kill === undefined || isDoomed || said.length < kill.after) return
      kick(kill.delayMs)
    })
    return await new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ said, code, signal, errors })
      })
    })
  }

  /** Opens the project as a user does next and looks at all that was promised. */
  async expectKept(project: string, { said }: Pick<Ended, 'said'>): Promise<void> {
    expect(stateOf(this.images)).toBe(this.originals)
    if (!said.some(({ open }) => open === true) && !existsSync(join(project, 'project.sqlite'))) return
    const core = wholeCore(join(this.base, 'settings'), { featuresAfterTraining: false })
    try {
      await core.api.project.open({ folder: project })
      const look = new Database(join(project, 'project.sqlite'), { readonly: true })
      try {
        expect(look.pragma('integrity_check', { simple: true })).toBe('ok')
        expect(look.pragma('foreign_key_check')).toEqual([])
        const all = <Key extends keyof Said>(key: Key) =>
          said.map((value) => value[key]).filter((value) => value !== undefined)
        const count = (table: string): number =>
          Number(look.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
        expect(count('pages')).toBeGreaterThanOrEqual(all('pages').at(-1) ?? 0)
        expect(count('sample_sets')).toBeGreaterThanOrEqual(all('sampleSets').at(-1) ?? 0)
        expect(count('epoch_metrics')).toBeGreaterThanOrEqual(all('epoch').at(-1) ?? 0)
        expectNames(look, all('named'))
        expectFiles(look, project)
        // Runs of one plan end with one and the same model, however often they were interrupted.
        expect(count("(SELECT DISTINCT weights_sha256 FROM runs WHERE status = 'finished')")).toBeLessThan(2)
        const digest = all('digest').at(-1)
        if (digest !== undefined) await expectEdits(core.api.catalogue, look, digest)
      } finally {
        look.close()
      }
    } finally {
      await core.close()
    }
  }
}

/** A name that was told is there, unless it was written over by one that was not told yet. */
function expectNames(database: Database.Database, named: readonly { channel: number; name: string }[]): void {
  const told = new Map(named.map(({ channel, name }) => [channel, name]))
  const step = (name: string | undefined): number => Number(name?.replace('name ', '') ?? -1)
  for (const [channel, name] of told) {
    const kept = database
      .prepare<[number], string>("SELECT name FROM channel_names WHERE channel = ? AND rater = 'R'")
      .pluck()
      .get(channel)
    expect(step(kept)).toBeGreaterThanOrEqual(step(name))
  }
}

/** What the catalogue counts as there is whole; nothing half written has a name that counts. */
function expectFiles(database: Database.Database, project: string): void {
  for (const id of database.prepare<[], number>('SELECT id FROM sample_sets').pluck().all()) {
    const store = openSampleStore(join(project, 'samples', `${String(id)}.u8`))
    store.verify()
    store.close()
  }
  const copies = database
    .prepare<[], { location: string; sha: string }>(
      "SELECT location, coalesce(file_sha256, sha256) AS sha FROM pages WHERE storage = 'copied'",
    )
    .all()
  for (const { location, sha } of copies)
    expect(
      createHash('sha256')
        .update(readFileSync(join(project, location)))
        .digest('hex'),
    ).toBe(sha)
  const left = readdirSync(project, { recursive: true, encoding: 'utf8' })
  expect(left.filter((name) => name.includes('.partial-'))).toEqual([])
}

type Catalogue = ReturnType<typeof wholeCore>['api']['catalogue']

/** The catalogue is as it was told last, or one step further; and all of its history can be gone through. */
async function expectEdits(catalogue: Catalogue, look: Database.Database, told: string): Promise<void> {
  const now = catalogueDigest(look)
  if (now !== told) {
    const { undo, redo } = await catalogue.history()
    const digests: string[] = []
    if (undo !== null) {
      await catalogue.undo()
      digests.push(catalogueDigest(look))
      await catalogue.redo()
    }
    if (redo !== null) {
      await catalogue.redo()
      digests.push(catalogueDigest(look))
      await catalogue.undo()
    }
    expect(digests).toContain(told)
    expect(catalogueDigest(look)).toBe(now)
  }
  let steps = 0
  while ((await catalogue.history()).undo !== null) {
    await catalogue.undo()
    steps += 1
  }
  for (; steps > 0; steps -= 1) await catalogue.redo()
  expect(catalogueDigest(look)).toBe(now)
}

/** Names, bytes and times of all files below a folder. */
function stateOf(folder: string): string {
  const digest = createHash('sha256')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    const state = statSync(path)
    digest.update(`${name} ${String(state.mtimeMs)}\n`)
    if (state.isFile()) digest.update(readFileSync(path))
  }
  return digest.digest('hex')
}
