import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { root } from '../support/paths.mjs'
import { cli, measured, quickest } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'

export const name = 'sample'
export const description = 'drawing samples against one sharp extract for each crop'

const SETTINGS = { size: 448, perPage: 5, whiteness: 0.9, tries: 500 }
const ROUNDS = 3
/** One extract for each draw takes minutes on many pages. */
const MOST_PAGES = 30

/**
 * The study draws a crop, looks at its whiteness and draws again: without decoding pages once, every draw is an extract.
 * `extractPerDraw` compares with that. `extractPerCrop` is what is left when the accepted places are known beforehand.
 */
export async function run({ log, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-sample-'))
  try {
    const images = join(folder, 'images')
    const { source, pages } = await gatherPages(images, args, MOST_PAGES)
    const project = join(folder, 'bench.scorescope')
    await cli(folder, 'import', project, images)
    const empty = quickest(await repeat(() => cli(folder, 'pages', project)))
    log(`Drawing samples from ${pages.length} pages …`)
    const drawn = quickest(await repeat(() => cli(folder, 'sample', project, '--seed', '1')))
    log('Cutting the same crops with one extract each …')
    const cut = quickest(await repeat(() => extract(folder, { crops: acceptedCrops(project, images) })))
    log('Drawing as the study does with one extract for each draw; this is the slow one …')
    const naive = await extract(folder, { pages })
    // What any command takes to start is not what is compared.
    const ours = { cpu: drawn.cpuSeconds - empty.cpuSeconds, wall: drawn.wallSeconds - empty.wallSeconds }
    return {
      settings: { ...SETTINGS, seed: 1, pages: pages.length, corpus: source, rounds: ROUNDS },
      figures: {
        samples: drawn.json.samples,
        draws: drawn.json.samples + drawn.json.refusedDraws,
        shortages: drawn.json.shortages.length,
        drawSeconds: ours.wall,
        drawCpuSeconds: ours.cpu,
        extractPerDrawSeconds: naive.wallSeconds,
        extractPerDrawCpuSeconds: naive.cpuSeconds,
        extractPerDrawDraws: JSON.parse(naive.stdout).draws,
        extractPerCropSeconds: cut.wallSeconds,
        extractPerCropCpuSeconds: cut.cpuSeconds,
      },
      ratios: {
        extractPerDraw: naive.wallSeconds / ours.wall,
        extractPerDrawCpu: naive.cpuSeconds / ours.cpu,
        extractPerCrop: cut.wallSeconds / ours.wall,
        extractPerCropCpu: cut.cpuSeconds / ours.cpu,
      },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function repeat(action) {
  const runs = []
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await action())
  return runs
}

function extract(folder, work) {
  const file = join(folder, 'extract.json')
  writeFileSync(file, JSON.stringify({ ...SETTINGS, ...work }))
  return measured([join(root, 'scripts', 'benchmarks', 'support', 'extract-crops.mjs'), file], folder)
}

/** Where the accepted crops are, with the absolute paths of their pages. */
function acceptedCrops(project, images) {
  const database = new Database(join(project, 'project.sqlite'), { readonly: true })
  try {
    return database
      .prepare(
        `SELECT pages.file, samples.x, samples.y FROM samples JOIN pages ON pages.id = samples.page
         WHERE samples.sample_set = 1 ORDER BY samples.position`,
      )
      .all()
      .map(({ file, x, y }) => ({ page: join(images, ...file.split('/')), x, y }))
  } finally {
    database.close()
  }
}
