import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { PlainFailure } from '../support/say.mjs'
import { openSources } from '../support/source-module.mjs'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'

export const name = 'leak'
export const description = 'the leak meter on a corpus against counting pixel by pixel'

const SETTINGS = { pages: 400, perPage: 5, size: 448, seed: 1, validation: 0.2 }

/** Crops with what the meter may look at. */
function readSamples(project) {
  const database = new Database(join(project, 'project.sqlite'), { readonly: true })
  try {
    return database
      .prepare(
        `SELECT samples.position AS "index", samples.page, samples.x, samples.y, sample_sets.size,
           samples.page_sha256 AS bytes, styles.name AS style, composers.name AS composer, pieces.name AS piece
         FROM samples JOIN sample_sets ON sample_sets.id = samples.sample_set JOIN pages ON pages.id = samples.page
           JOIN pieces ON pieces.id = pages.piece JOIN composers ON composers.id = pieces.composer
           JOIN styles ON styles.id = composers.style
         ORDER BY samples.position`,
      )
      .all()
  } finally {
    database.close()
  }
}

/** Every pixel of every held-out crop is looked up in every training crop of its page. */
function countPixels(samples, { train, validation }) {
  const training = train.map((index) => samples[index])
  const pieceOf = ({ style, composer, piece }) => `${style}\n${composer}\n${piece}`
  const counted = { sharePage: 0, sharePiece: 0, sharePixels: 0 }
  let [shared, all] = [0, 0]
  for (const held of validation.map((index) => samples[index])) {
    const others = training.filter(({ bytes }) => bytes === held.bytes)
    if (others.length > 0) counted.sharePage += 1
    if (training.some((other) => pieceOf(other) === pieceOf(held))) counted.sharePiece += 1
    let seen = 0
    for (let y = held.y; y < held.y + held.size; y += 1)
      for (let x = held.x; x < held.x + held.size; x += 1)
        if (others.some((o) => x >= o.x && x < o.x + o.size && y >= o.y && y < o.y + o.size)) seen += 1
    if (seen > 0) counted.sharePixels += 1
    shared += seen
    all += held.size ** 2
  }
  return { ...counted, sharedArea: shared / all }
}

export async function run({ log, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-leak-'))
  const { load, close } = await openSources()
  try {
    const images = join(folder, 'images')
    const { source, pages } = await gatherPages(images, args, SETTINGS.pages)
    const project = join(folder, 'bench.scorescope')
    log(`Importing ${pages.length} pages and drawing samples …`)
    await cli(folder, 'import', project, images)
    const { seed, perPage, size, validation } = SETTINGS
    const drawing = ['--seed', seed, '--per-page', perPage, '--size', size].map(String)
    await cli(folder, 'sample', project, ...drawing)
    const { splitSamples } = await load('src/main/core/sampling/split.ts')
    const samples = readSamples(project)
    const figures = {}
    for (const by of ['crop', 'page', 'piece']) {
      log(`Split by ${by}: counting pixels …`)
      const asked = ['--sample-set', 1, '--by', by, '--seed', seed, '--validation', validation].map(String)
      const { json } = await cli(folder, 'leaks', project, ...asked)
      const counted = countPixels(samples, splitSamples({ by, fraction: validation, seed, samples }))
      for (const [figure, value] of Object.entries(counted))
        if (json[figure] !== value)
          throw new PlainFailure(
            `By ${by}, ${figure} is ${json[figure]} but ${value} when counted pixel by pixel.`,
          )
      figures[by] = { validation: json.validation, ...counted }
    }
    return {
      settings: { ...SETTINGS, pages: pages.length, samples: samples.length, corpus: source },
      figures,
      ratios: {},
    }
  } finally {
    await close()
    rmSync(folder, { recursive: true, force: true })
  }
}
