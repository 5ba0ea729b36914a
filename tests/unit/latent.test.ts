import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DecodeMixRequest, RemoteCompute } from '@shared/compute-api'
import type { CategoricalProbe, LatentMap, NumericProbe } from '@shared/domain/latent'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { RequestOutput } from '@shared/requests'
import { createJobs } from '../../src/main/core/jobs'
import { createLatent, type Latent } from '../../src/main/core/latent'
import { toneOf } from '../../src/main/core/latent/paper-tone'
import type { FeatureTables, Jobs } from '../../src/main/core/ports'
import { createSampleStore } from '../../src/main/storage/sample-store'
import { numbers } from '../support/reference-numbers'
import { countingBytes, testProject } from '../support/projects'

/** Four composers of two styles, six pieces of each, two pages of a piece, two crops of a page. */
const STYLES = 2
const COMPOSERS = 4
const PIECES = 6
const CROPS = COMPOSERS * PIECES * 4
const CROP_SIZE = 8
const SCANS = ['flatbed', 'photocopy', 'yellowed']
const CHANNELS = 6

const composerOf = (index: number): number => Math.floor(index / (PIECES * 4))
const styleOf = (index: number): number => composerOf(index) % STYLES
const pieceOf = (index: number): number => Math.floor(index / 4)
const pageOf = (index: number): number => Math.floor(index / 2)
const scanOf = (index: number): number => pieceOf(index) % SCANS.length

/** The first three numbers are the scan, the next the composer, the rest is noise. */
function codes(options: { readonly knowsComposers: boolean }): Float32Array {
  const noise = numbers(5, CROPS * CHANNELS)
  return Float32Array.from(noise, (byte, at) => {
    const [index, column] = [Math.floor(at / CHANNELS), at % CHANNELS]
    if (column < 3) return (column === scanOf(index) ? 3 : 0) + byte / 255
    if (column === 3 && options.knowsComposers) return 2 * composerOf(index) + byte / 255
    return byte / 255
  })
}

function tables(options: { readonly knowsComposers: boolean }): FeatureTables {
  return {
    samples: Int32Array.from({ length: CROPS }, (_, index) => index),
    layers: [],
    channels: 0,
    means: new Float32Array(),
    maxima: new Float32Array(),
    codes: codes(options),
    codeNumbers: CHANNELS,
    grid: 1,
  }
}

const samples: readonly SampleWithPage[] = Array.from({ length: CROPS }, (_, index) => ({
  index,
  page: pageOf(index) + 1,
  x: 0,
  y: 0,
  size: CROP_SIZE,
  draw: 1,
  whiteness: 0.5,
  file: `page-${String(pageOf(index)).padStart(3, '0')}.png`,
  style: `style ${styleOf(index)}`,
  composer: `composer ${composerOf(index)}`,
  piece: `piece ${pieceOf(index)}`,
  pageNumber: 1 + (pageOf(index) % 2),
}))

interface Opened {
  readonly latent: Latent
  readonly jobs: Jobs
  readonly asked: DecodeMixRequest[]
  readonly weights: { sha256: string }
}

const context = { signal: new AbortController().signal }
const settings: Omit<RequestOutput<'latent', 'map'>, 'run' | 'method'> = {
  seed: 1,
  neighbours: 8,
  minimumDistance: 0.1,
}

/** A real project with rows and pixels, and codes made up. */
async function open(options = { knowsComposers: true, withFields: true }): Promise<Opened> {
  const project = testProject()
  const { projects, folder, clock, emit } = project
  const { jobs } = createJobs({
    projects: projects.access,
    clock,
    emit,
    randomBytes: countingBytes(),
    onBug: () => undefined,
  })
  await project.createAndOpen()
  const { database } = projects.access.required()
  database.exec(`
    INSERT INTO styles (id, name, sort_key) VALUES (1, 's', 's');
    INSERT INTO composers (id, style, name, sort_key) VALUES (1, 1, 'c', 'c');
    INSERT INTO pieces (id, composer, name, sort_key) VALUES (1, 1, 'p', 'p');
    INSERT INTO sample_sets (id, name, hash, pixels_sha256, method, seed, per_page, size, whiteness, tries_per_page,
      samples, pages, refused_draws, seconds, created_at)
    VALUES (1, 's', '${'a'.repeat(64)}', '${'a'.repeat(64)}', 'm', 1, 2, ${CROP_SIZE}, 1, 1, ${CROPS}, ${CROPS / 2}, 0, 0, '');
    INSERT INTO runs (run, name, status, sample_set, spec, input_size, parameters, seed, epochs_planned, split_by,
      split_train, split_validation, started_at) VALUES ('r', 'r', 'finished', 1, '', 8, 0, 1, 1, 'piece', 1, 1, '')`)
  const insertPage = database.prepare(
    `INSERT INTO pages (id, piece, number, file, sort_key, storage, location, origin, format, width, height, orientation,
       dpi, size_bytes, modified_ms, sha256, search_text)
     VALUES (?, 1, 1, 'f', 'f', 'linked', '', '', 'png', 9, 9, 1, 150, 1, 0, '${'b'.repeat(64)}', '')`,
  )
  const insertField = database.prepare('INSERT INTO page_fields VALUES (?, ?, ?, ?)')
  for (let index = 0; index < CROPS; index += 2) {
    insertPage.run(pageOf(index) + 1)
    if (options.withFields) insertField.run(pageOf(index) + 1, 'scan_source', SCANS[scanOf(index)], '')
  }
  mkdirSync(join(folder, 'samples'), { recursive: true })
  const sampleFile = join(folder, 'samples', '1.u8')
  const store = createSampleStore(sampleFile, {})
  // Paper of another grey for each scan, three tenths of it printed on.
  for (let index = 0; index < CROPS; index += 1)
    store.write(
      Uint8Array.from({ length: CROP_SIZE ** 2 }, (_, at) => (at % 10 < 3 ? 20 : 200 + 20 * scanOf(index))),
    )
  store.commit([CROPS, CROP_SIZE, CROP_SIZE])
  const asked: DecodeMixRequest[] = []
  const weights = { sha256: 'w1' }
  const decodeMix = (request: DecodeMixRequest) => {
    asked.push(request)
    return Promise.resolve({ size: 8, pictures: request.mixes.map(() => new Uint8Array(64)) })
  }
  const plan = { run: 'r', sampleSet: { id: 1, size: CROP_SIZE, samples: CROPS, hash: '' } } as RunPlan
  const latent = createLatent({
    projects: projects.access,
    jobs,
    clock,
    features: {
      tables: (run) => {
        if (run !== 'r') throw AppError.of('exploration/features-missing', { run })
        return tables(options)
      },
    },
    runs: {
      plan: () => plan,
      summary: () => ({ weightsSha256: weights.sha256 }) as RunSummary,
      folder: (run) => join(folder, 'runs', run),
      requireWeights: () => undefined,
    },
    samples: { samplesOf: () => samples, sampleFile: () => sampleFile },
    evaluationOf: () => null,
    askCompute: (question) => question({ model: { decodeMix } } as unknown as RemoteCompute),
  })
  mkdirSync(join(folder, 'runs', 'r'), { recursive: true })
  return { latent, jobs, asked, weights }
}

async function mapOf({ latent, jobs }: Opened, seed = 1): Promise<{ map: LatentMap; waited: boolean }> {
  const request = { run: 'r', method: 'umap' as const, ...settings, seed }
  const reply = await latent.api.map(request, context)
  if (reply.state === 'ready') return { map: reply.map, waited: false }
  await jobs.wait(reply.job)
  const again = await latent.api.map(request, context)
  if (again.state !== 'ready') throw new Error('The map is not there after its job.')
  return { map: again.map, waited: true }
}

describe('a map', () => {
  it('by principal components is there at once, with what its axes hold', async () => {
    const { latent } = await open()
    const reply = await latent.api.map({ run: 'r', method: 'pca', ...settings }, context)
    if (reply.state !== 'ready') throw new Error('PCA is answered at once.')
    const { coordinates, samples: indices, explained } = reply.map
    expect([coordinates.length, indices.length]).toEqual([2 * CROPS, CROPS])
    expect(explained?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)
    expect(explained?.[0]).toBeGreaterThan(explained?.[1] ?? 1)
    expect(Math.abs(coordinates.filter((_, at) => at % 2 === 0).reduce((sum, x) => sum + x, 0))).toBeLessThan(
      1e-3,
    )
  })

  it('by UMAP is a job, kept for the same settings and the same weights, and else laid out anew', async () => {
    const opened = await open()
    const first = await mapOf(opened)
    expect(first.waited).toBe(true)
    const second = await mapOf(opened)
    expect(second.waited).toBe(false)
    expect(second.map.coordinates).toEqual(first.map.coordinates)
    const other = await mapOf(opened, 2)
    expect(other.waited).toBe(true)
    expect(other.map.coordinates).not.toEqual(first.map.coordinates)
    opened.weights.sha256 = 'w2'
    const anew = await mapOf(opened)
    expect(anew.waited).toBe(true)
    expect(anew.map.coordinates).toEqual(first.map.coordinates)
  })

  it('that is asked for twice at the same time is one job, and can be cancelled', async () => {
    const { latent, jobs } = await open()
    const request = { run: 'r', method: 'umap' as const, ...settings }
    const [first, second] = [await latent.api.map(request, context), await latent.api.map(request, context)]
    if (first.state !== 'computing' || second.state !== 'computing') throw new Error('It is a job.')
    expect(second.job).toEqual(first.job)
    jobs.cancel(first.job.job)
    await expect(jobs.wait(first.job)).rejects.toThrow()
    expect((await latent.api.map(request, context)).state).toBe('computing')
  })

  it('needs the features', async () => {
    const { latent } = await open()
    await expect(latent.api.map({ run: 'x', method: 'pca', ...settings }, context)).rejects.toMatchObject({
      code: 'exploration/features-missing',
    })
  })
})

describe('fields of crops', () => {
  it('come from the catalogue and the pixels, with what they are about', async () => {
    const { latent } = await open()
    const fields = await latent.api.fields({ run: 'r' }, context)
    expect(fields.categorical.map(({ name, role }) => [name, role])).toEqual([
      ['style', 'music'],
      ['composer', 'music'],
      ['piece', 'music'],
      ['page', 'other'],
      ['scan_source', 'source'],
      ['dpi', 'source'],
    ])
    const scan = fields.categorical.find(({ name }) => name === 'scan_source')
    expect(scan).toMatchObject({ label: 'Scan source', values: SCANS })
    expect([...(scan?.codes ?? [])]).toEqual(samples.map(({ index }) => scanOf(index)))
    const tone = fields.numeric.find(({ name }) => name === 'paperTone')
    expect(tone?.values[0]).toBeCloseTo((200 + 20 * scanOf(0)) / 255, 6)
    const ink = fields.numeric.find(({ name }) => name === 'ink')
    expect(ink?.values[0]).toBeCloseTo(1 - 0.5 / (tone?.values[0] ?? 1), 5)
    expect(fields.numeric.map(({ name }) => name)).not.toContain('error')
  })

  it('take the paper’s grey from what most of a crop is', () => {
    const crop = Uint8Array.from({ length: 900 }, (_, at) => (at < 600 ? 230 : at < 890 ? 10 : 255))
    expect(toneOf(crop)).toBeCloseTo(230 / 255, 6)
  })
})

describe('nearby crops', () => {
  it('are nearest first, and not of the crop’s own page or piece unless that is asked for', async () => {
    const { latent } = await open()
    const ask = async (samePage: boolean, samePiece: boolean) =>
      latent.api.neighbours({ run: 'r', index: 5, count: 90, samePage, samePiece }, context)
    const strangers = await ask(false, false)
    const distances = strangers.map(({ distance }) => distance)
    expect(distances).toEqual([...distances].sort((a, b) => a - b))
    expect(strangers.every(({ sample }) => pieceOf(sample.index) !== pieceOf(5))).toBe(true)
    expect(scanOf(strangers[0]?.sample.index ?? -1)).toBe(scanOf(5))
    const pages = (await ask(false, true)).map(({ sample }) => sample.index)
    expect(pages).toEqual(expect.arrayContaining([6, 7]))
    expect(pages).not.toContain(4)
    expect((await ask(true, false)).map(({ sample }) => sample.index)).toContain(4)
  })

  it('of a sample that is not there are refused', async () => {
    const { latent } = await open()
    const ask = async () =>
      latent.api.neighbours({ run: 'r', index: 999, count: 3, samePage: false, samePiece: false }, context)
    await expect(ask()).rejects.toMatchObject({ code: 'latent/index-unknown' })
  })

  it('are far from outliers, which are explained', async () => {
    const { latent } = await open()
    const { outliers, neighbours } = await latent.api.outliers({ run: 'r', count: 5 }, context)
    expect([outliers.length, neighbours]).toEqual([5, 20])
    const scores = outliers.map(({ score }) => score)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(outliers[0]?.explanation).toMatch(/Lies/)
  })
})

describe('decoded mixtures', () => {
  const sumOf = (mix: DecodeMixRequest['mixes'][number]): number =>
    mix.reduce((sum, { weight }) => sum + weight, 0)

  it('of averages weigh every crop alike, and use at most 200', async () => {
    const { latent, asked } = await open()
    const indices = [3, 1, 3, 2]
    const { pictures } = await latent.api.decode({ kind: 'average', run: 'r', indices }, context)
    expect(pictures.map(({ caption }) => caption)).toEqual(['Average of 3 crops'])
    expect(asked[0]?.mixes).toEqual([[1, 2, 3].map((index) => ({ index, weight: 1 / 3 }))])
  })

  it('of a path begin and end with the crops', async () => {
    const { latent, asked } = await open()
    await latent.api.decode({ kind: 'path', run: 'r', from: 4, to: 9, steps: 5 }, context)
    const [mixes = []] = asked.map((request) => request.mixes)
    expect(mixes).toHaveLength(5)
    expect(mixes[0]).toEqual([
      { index: 4, weight: 1 },
      { index: 9, weight: 0 },
    ])
    expect(mixes[2]?.map(({ weight }) => weight)).toEqual([0.5, 0.5])
  })

  it('of a difference keep weights of 1 in all, and are one group or the other at ±1', async () => {
    const { latent, asked } = await open()
    const strengths = [-1, 0, 1, 2]
    const request = { kind: 'difference' as const, run: 'r', group: [0, 1], other: [50], strengths }
    const { remark } = await latent.api.decode(request, context)
    expect(remark).toMatch(/blur/)
    const [mixes = []] = asked.map((each) => each.mixes)
    for (const mix of mixes) expect(sumOf(mix)).toBeCloseTo(1, 12)
    expect(mixes[2]?.map(({ weight }) => weight)).toEqual([0.5, 0.5, 0])
    expect(mixes[3]?.map(({ weight }) => weight)).toEqual([0.75, 0.75, -0.5])
  })
})

describe('selections', () => {
  it('are kept under their name, replaced by the same name, and removed', async () => {
    const { latent } = await open()
    const { selections, saveSelection, removeSelection } = latent.api
    await saveSelection({ run: 'r', name: 'beams', note: 'thick', indices: [5, 2, 5] }, context)
    const saved = await saveSelection({ run: 'r', name: 'beams', note: 'thin', indices: [7] }, context)
    const kept = await selections({ run: 'r' }, context)
    expect(kept).toMatchObject([{ name: 'beams', note: 'thin', indices: [7], sampleSet: 1 }])
    await removeSelection({ id: saved.id }, context)
    expect(await selections({ run: 'r' }, context)).toEqual([])
    expect(() => removeSelection({ id: saved.id }, context)).toThrow(/no selection/)
    expect(() => saveSelection({ run: 'r', name: 'x', note: '', indices: [CROPS] }, context)).toThrow(
      /no sample/,
    )
  })
})

describe('probes', () => {
  const probe = async ({ latent, jobs }: Opened, fields: string[], controls: string[] = []) =>
    (await jobs.wait(await latent.api.probe({ run: 'r', fields, controls }, context))).fields

  it('read planted fields off the codes of unseen pieces, and nothing where nothing is', async () => {
    const opened = await open()
    const [composer, page] = await probe(opened, ['composer', 'pageNumber'])
    expect(composer).toMatchObject({ kind: 'categorical', pieces: COMPOSERS * PIECES, chance: 1 / COMPOSERS })
    const { balancedAccuracy, shuffled, classes, sentence } = composer as CategoricalProbe
    expect(balancedAccuracy.value).toBeGreaterThan(0.9)
    expect(shuffled.p).toBeLessThanOrEqual(0.05)
    expect(shuffled.mean).toBeLessThan(0.45)
    expect(classes.map(({ pieces }) => pieces)).toEqual([PIECES, PIECES, PIECES, PIECES])
    expect(sentence).toMatch(/^The code tells composers apart with \d+ %/)
    const { r2, sentence: nothing } = page as NumericProbe
    expect(r2.value).toBeLessThan(0.2)
    expect(nothing).toMatch(/does not predict/)
    expect((await opened.latent.api.reports({ run: 'r' }, context)).probe?.fields).toHaveLength(2)
    opened.weights.sha256 = 'w2'
    expect((await opened.latent.api.reports({ run: 'r' }, context)).probe).toBeNull()
  })

  it('do not find what was regressed out, and still find what was not', async () => {
    const opened = await open()
    const [scan, composer] = await probe(opened, ['scan_source', 'composer'], ['scan_source'])
    expect(scan).toMatchObject({ without: [] })
    expect((scan as CategoricalProbe).balancedAccuracy.value).toBeGreaterThan(0.9)
    expect(composer).toMatchObject({ without: ['scan_source'] })
    expect((composer as CategoricalProbe).balancedAccuracy.value).toBeGreaterThan(0.9)
    const [tone] = await probe(opened, ['paperTone'], ['scan_source'])
    expect((tone as NumericProbe).r2.value).toBeLessThan(0.2)
  })

  it('say what cannot be probed, and refuse unknown fields', async () => {
    const opened = await open()
    const [piece, dpi] = await probe(opened, ['piece', 'dpi'])
    expect(piece).toMatchObject({ kind: 'none', sentence: expect.stringMatching(/Too few pieces/) as string })
    expect(dpi).toMatchObject({
      kind: 'none',
      sentence: expect.stringMatching(/same resolution/) as string,
    })
    await expect(probe(opened, ['colour'])).rejects.toMatchObject({ code: 'latent/field-unknown' })
  })

  it('can be cancelled', async () => {
    const { latent, jobs } = await open()
    const job = await latent.api.probe({ run: 'r', controls: [] }, context)
    jobs.cancel(job.job)
    await expect(jobs.wait(job)).rejects.toThrow()
    expect((await latent.api.reports({ run: 'r' }, context)).probe).toBeNull()
  })
})

describe('the confound probe', () => {
  const confounds = async ({ latent, jobs }: Opened) =>
    jobs.wait(await latent.api.confounds({ run: 'r' }, context))

  it('finds the scanner in the codes, and the composers that are there without it', async () => {
    const report = await confounds(await open())
    expect(report.confounds.map(({ field }) => field)).toEqual(['scan_source', 'paperTone'])
    expect(report.sentences[0]).toMatch(/scan sources apart with \d+ % \(chance 33 %\): differences between/)
    const composers = report.remainders.find(({ field }) => field === 'composer')
    expect(composers?.regressed?.kind).toBe('categorical')
    expect((composers?.regressed as CategoricalProbe).balancedAccuracy.value).toBeGreaterThan(0.9)
    // Within one scan source, two pieces of each composer are left: one to learn from, one to be read.
    const [held] = composers?.held ?? []
    expect(held).toMatchObject({ kind: 'categorical', within: ['scan_source'], chance: 1 / COMPOSERS })
    expect((held as CategoricalProbe).balancedAccuracy.value).toBeGreaterThan(0.7)
  })

  it('finds no composers where only the scanner is in the codes', async () => {
    const report = await confounds(await open({ knowsComposers: false, withFields: true }))
    const composers = report.remainders.find(({ field }) => field === 'composer')
    expect((composers?.regressed as CategoricalProbe).shuffled.p).toBeGreaterThan(0.05)
  })

  it('says so where nothing is known of how pages came to be', async () => {
    const report = await confounds(await open({ knowsComposers: true, withFields: false }))
    expect(report.confounds.map(({ field }) => field)).toEqual(['paperTone'])
  })
})
