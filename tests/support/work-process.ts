/**
 * A process that holds the core, does one kind of work in a project and says on standard output what was acknowledged,
 * one JSON value a line. To be killed in the middle of it, or to meet writes that fail.
 *
 * node work-process.cjs <settings folder> <project folder> <images folder> <work> <seed>
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { toWire } from '../../src/shared/errors'
import { type Core, createCore } from '../../src/main/core'
import { createComputeLauncher } from '../../src/main/transport/compute-launcher'
import { catalogueDigest } from './catalogue-digest'
import Database from 'better-sqlite3'

const [, , settingsFolder = '', folder = '', images = '', work = '', seedText = '1'] = process.argv
const root = process.cwd()
const seed = Number(seedText)

function tell(value: Readonly<Record<string, unknown>>): void {
  writeSync(1, `${JSON.stringify(value)}\n`)
}

async function importAll(core: Core, storage: 'link' | 'copy'): Promise<void> {
  core.on('project/changed', (project) => {
    if (project !== null) tell({ pages: project.counts.pages })
  })
  const { job } = await core.api.corpus.import({ folder: images, storage })
  await core.api.jobs.wait({ job })
}

const EDITS = 150

/** Edits by chance; after each, what the catalogue holds. Names of channels are told one by one. */
async function editOn({ api }: Core): Promise<void> {
  const random = xoroshiro128plus(seed)
  const draw = (most: number): number => uniformInt(random, 0, most)
  const { items } = await api.corpus.pages({ limit: 500 })
  const tree = await api.corpus.tree()
  const pieces = tree.flatMap((style) => style.composers).flatMap((composer) => composer.pieces)
  const [run] = await api.training.runs()
  const some = (): number[] =>
    items
      .slice(draw(items.length - 1))
      .slice(0, 3)
      .map(({ id }) => id)
  const look = new Database(join(folder, 'project.sqlite'), { readonly: true })
  const steps: (() => Promise<unknown>)[] = [
    () => api.catalogue.setFields({ pages: some(), fields: { key: `key ${draw(1e6)}` } }),
    () => api.catalogue.setTags({ pages: some(), add: [`tag ${draw(5)}`], remove: [`tag ${draw(5)}`] }),
    () => api.catalogue.numberPage({ page: some()[0] ?? 1, number: 1 + draw(99) }),
    () =>
      api.catalogue.rename({
        level: 'piece',
        id: pieces[draw(pieces.length - 1)]?.id ?? 1,
        name: `Piece ${draw(1e6)}`,
      }),
    () => api.catalogue.movePages({ pages: some(), to: { piece: `Moved ${draw(9)}` } }),
    async () => ((await api.catalogue.history()).undo === null ? null : api.catalogue.undo()),
    async () => ((await api.catalogue.history()).redo === null ? null : api.catalogue.redo()),
  ]
  for (let step = 0; step < EDITS; step += 1) {
    await steps[draw(steps.length - 1)]?.().catch((error: unknown) => {
      // A piece that was moved away, a name that is taken: refused with a sentence, and nothing has changed.
      if (!toWire(error).code.startsWith('catalogue/')) throw error
    })
    tell({ digest: catalogueDigest(look) })
    if (run !== undefined && step % 4 === 0) {
      const name = `name ${step}`
      await api.naming.name({ run: run.run, layer: 'bottleneck', channel: step % 3, rater: 'R', name })
      tell({ named: { channel: step % 3, name } })
    }
  }
  look.close()
}

async function sampleOn({ api }: Core): Promise<void> {
  for (let draw = 0; draw < 6; draw += 1) {
    const { job } = await api.sampling.draw({ seed: seed + draw, size: 32, perPage: 4 })
    await api.jobs.wait({ job })
    tell({ sampleSets: (await api.sampling.sets()).length })
  }
}

/** Ends a run that was interrupted before, or starts one. */
async function trainOn(core: Core): Promise<void> {
  const { api } = core
  core.on('run/step', ({ step }) => tell({ step }))
  core.on('run/epoch', ({ epoch }) => tell({ epoch }))
  const [left] = (await api.training.runs()).filter(({ status }) => status === 'interrupted')
  const { job, run } =
    left === undefined
      ? await api.training.start({
          seed: 3,
          spec: '1x4@3,1x6@3',
          inputSize: 32,
          epochs: 30,
          batch: 8,
          microBatch: 4,
          threads: 1,
          split: 'crop',
        })
      : await api.training.resume({ run: left.run })
  tell({ run })
  await api.jobs.wait({ job })
  const { weightsSha256, epochs } = await api.training.run({ run })
  tell({ finished: run, weightsSha256, epochs })
}

function worker(core: Core): Promise<void> {
  if (work === 'import-link' || work === 'import-copy')
    return importAll(core, work === 'import-link' ? 'link' : 'copy')
  if (work === 'edit') return editOn(core)
  if (work === 'sample') return sampleOn(core)
  if (work === 'train') return trainOn(core)
  throw new Error(`There is no work called ${work}.`)
}

async function main(): Promise<void> {
  mkdirSync(settingsFolder, { recursive: true })
  const installation = {
    packaged: false,
    entries: join(root, 'out', 'main'),
    node: process.execPath,
    renderer: join(root, 'out', 'renderer'),
    native: null,
  }
  const core = createCore({
    settingsFolder,
    launchCompute: createComputeLauncher(installation, { log: () => undefined }),
    clock: { now: () => new Date(), elapsedMs: () => performance.now() },
    randomBytes,
    version: '0.0.0',
    log: (line) => tell({ log: line }),
    featuresAfterTraining: false,
  })
  try {
    const { project } = core.api
    const there = existsSync(join(folder, 'project.sqlite'))
    await (there ? project.open({ folder }) : project.create({ folder }))
    tell({ open: true })
    await worker(core)
    await core.close()
    tell({ done: true })
  } catch (error) {
    const { kind, code, message, cause } = toWire(error)
    tell({ failed: { kind, code, message, cause } })
    await core.close().catch((closing: unknown) => tell({ log: `Closing failed: ${String(closing)}` }))
  }
}

void main()
