import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from '../support/build.mjs'
import { root } from '../support/paths.mjs'
import { PlainFailure } from '../support/say.mjs'
import { scrollGrid, startChromium, timeOpening, WHEEL_PIXELS } from './support/corpus-grid.mjs'
import { makeManyPages, ORIGINALS } from './support/many-pages.mjs'
import { cli, measured, quickest } from './support/measured.mjs'
import { quantiles } from './support/quantiles.mjs'
import { startServe } from './support/serve.mjs'
import { memoryFigures, watchedImport } from './support/watched-import.mjs'

export const name = 'catalogue'
export const description = 'a corpus of 20,000 pages: import, memory, search, edits, the grid in Chromium'

const SETTINGS = { width: 1280, height: 800, openings: 5, scrollSeconds: 20, searches: 15, edits: 3 }
/** A page turned with the wheel thrown: 120 px a frame. */
const THROWN_PIXELS = 120

/** What a search can be; the words occur in the corpus beside the checkout and in the list that is made for it. */
const SEARCHES = {
  all: '',
  word: 'piano',
  wordOfAll: 'page',
  script: '荒城の月',
  noHit: 'xylorimba',
  composer: 'composer:bach',
  field: 'publisher:peters',
  fieldOfAll: 'year:*',
  range: 'year:1700..1800',
  tag: 'tag:checked',
  without: '-publisher:peters',
  several: 'publisher:ricordi year:1650..1950 -tag:checked page',
}

/**
 * `--pages N` takes fewer pages; `--fresh` makes the tree and the project anew. Both are kept in .cache, for the first
 * import takes minutes; its figures come from the run that made it.
 */
export async function run({ log, args = [] }) {
  await ensureBuilt()
  const count = args.includes('--pages') ? Number(args[args.indexOf('--pages') + 1]) : 20_000
  if (!Number.isInteger(count) || count < 1000) throw new PlainFailure('--pages wants a number from 1000.')
  const kept = join(root, '.cache', `catalogue-${count}`)
  if (args.includes('--fresh')) rmSync(kept, { recursive: true, force: true })
  const imported = await importOnce(kept, { log, args, count })
  const work = mkdtempSync(join(tmpdir(), 'scorescope-catalogue-'))
  try {
    const project = join(work, 'bench.scorescope')
    const again = await cli(work, 'import', join(kept, 'bench.scorescope'), join(kept, 'tree'))
    cpSync(join(kept, 'bench.scorescope'), project, { recursive: true })
    const serve = await startServe(project, join(work, 'settings'))
    try {
      await tagEveryTenth(serve)
      log('Opening and scrolling …')
      const window = await inChromium(serve.url)
      log('Searching and editing …')
      const search = await searchFor(serve)
      const { firstImport } = imported
      return {
        settings: { ...SETTINGS, pages: count, corpus: imported.source, pixelsPerFrame: WHEEL_PIXELS },
        figures: {
          firstImport,
          importAgain: {
            cpuSeconds: again.cpuSeconds,
            wallSeconds: again.wallSeconds,
            added: again.json.added,
          },
          window,
          search,
          edits: await editAll(serve),
        },
        ratios: {
          importOverDecode: firstImport.cpuSeconds / firstImport.decodeCpuSeconds,
          againOverFirst: again.cpuSeconds / firstImport.cpuSeconds,
        },
      }
    } finally {
      await serve.stop()
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The kept project, made where it is not there. */
async function importOnce(kept, { log, args, count }) {
  const facts = join(kept, 'import.json')
  if (existsSync(facts)) return JSON.parse(readFileSync(facts, 'utf8'))
  rmSync(kept, { recursive: true, force: true })
  mkdirSync(kept, { recursive: true })
  const tree = join(kept, 'tree')
  const { source, linked, originals } = await makeManyPages(tree, args, count)
  log(`Importing ${count} pages: minutes, once …`)
  const { samples, ...first } = await watchedImport(kept, join(kept, 'bench.scorescope'), tree)
  const bare = join(root, 'scripts', 'benchmarks', 'support', 'decode-pages.mjs')
  const decodes = []
  for (let round = 0; round < 3; round += 1) decodes.push(await measured([bare, join(tree, ORIGINALS)], kept))
  const firstImport = {
    cpuSeconds: first.cpuSeconds,
    wallSeconds: first.wallSeconds,
    added: first.json.added,
    refused: first.json.refused.length,
    // Every linked page is one of the originals; those that were drawn are left out, they cost next to nothing.
    decodeCpuSeconds: (quickest(decodes).cpuSeconds / originals) * linked,
    memory: memoryFigures(samples, count),
  }
  const imported = { source, firstImport }
  writeFileSync(facts, JSON.stringify(imported))
  return imported
}

async function tagEveryTenth(serve) {
  const { pages } = await serve.ask('corpus', 'order', {})
  await serve.ask('catalogue', 'setTags', {
    pages: pages.filter((_, index) => index % 10 === 0),
    add: ['checked'],
  })
}

async function inChromium(url) {
  const { width, height } = SETTINGS
  const browser = await startChromium()
  try {
    const openings = []
    let page
    for (let opening = 0; opening < SETTINGS.openings; opening += 1) {
      await page?.context().close()
      page = await (await browser.newContext({ viewport: { width, height } })).newPage()
      openings.push(await timeOpening(page, url))
    }
    const scrolling = await scrollGrid(page, { seconds: SETTINGS.scrollSeconds })
    const thrown = await scrollGrid(page, { seconds: SETTINGS.scrollSeconds, pixelsPerFrame: THROWN_PIXELS })
    return {
      sinceAddress: quantiles(openings.map(({ sinceAddressMs }) => sinceAddressMs)),
      sinceClick: quantiles(openings.map(({ sinceClickMs }) => sinceClickMs)),
      scrolling,
      thrown,
    }
  } finally {
    await browser.close()
  }
}

async function searchFor(serve) {
  const figures = {}
  for (const [kind, query] of Object.entries(SEARCHES)) {
    const [times, reply] = await timesOf(SETTINGS.searches, () => serve.ask('corpus', 'order', { query }))
    const { p50Ms, p95Ms, slowestMs } = quantiles(times)
    figures[kind] = { hits: reply.pages.length, p50Ms, p95Ms, slowestMs }
  }
  return figures
}

/** Milliseconds of edits of all pages, and of the list of all pages out and in again. */
async function editAll(serve) {
  const { pages } = await serve.ask('corpus', 'order', {})
  const csv = () => serve.ask('catalogue', 'exportCsv', {})
  const list = (await csv()).csv.replaceAll('Ricordi', 'Casa Ricordi')
  const steps = {
    field: () =>
      serve.ask('catalogue', 'setFields', { pages, fields: { rights: `free ${performance.now()}` } }),
    undo: () => serve.ask('catalogue', 'undo'),
    redo: () => serve.ask('catalogue', 'redo'),
    tag: () => serve.ask('catalogue', 'setTags', { pages, add: [`tag ${performance.now()}`] }),
    inCommon: () => serve.ask('catalogue', 'inCommon', { pages }),
    move: () => serve.ask('catalogue', 'movePages', { pages, to: { style: `Style ${performance.now()}` } }),
    undoMove: () => serve.ask('catalogue', 'undo'),
    exportCsv: csv,
    previewCsv: () => serve.ask('catalogue', 'previewCsv', { csv: list }),
    importCsv: () => serve.ask('catalogue', 'importCsv', { csv: list }),
    undoCsv: () => serve.ask('catalogue', 'undo'),
  }
  const times = Object.fromEntries(Object.keys(steps).map((step) => [step, []]))
  for (let round = 0; round < SETTINGS.edits; round += 1)
    for (const [step, ask] of Object.entries(steps)) times[step].push(...(await timesOf(1, ask))[0])
  return Object.fromEntries(Object.entries(times).map(([step, list]) => [`${step}Ms`, quantiles(list).p50Ms]))
}

/** @returns {Promise<[number[], any]>} milliseconds of each time, and the last reply */
async function timesOf(count, ask) {
  const times = []
  let reply
  for (let at = 0; at < count; at += 1) {
    const startMs = performance.now()
    reply = await ask()
    times.push(performance.now() - startMs)
  }
  return [times, reply]
}
