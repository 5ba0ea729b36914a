import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeHere, decodeInProcess } from '../../src/main/core/corpus/picture-decoder'
import { calling, corpusProject } from '../support/corpus-projects'
import { type DecodeProcesses, decodeProcesses } from '../support/decode-process'
import { drawnPage, jpegPage, pdfOf, scanPage } from '../support/pdf-makers'
import { fromGrey, jpegOf, pngOf, put, putCorpus, stavesPage, tiffOf } from '../support/page-makers'
import { temporaryFolder } from '../support/projects'

const HARD = process.env['SCORESCOPE_HARD'] === '1'
const IMAGES = HARD ? 2000 : 40
const PDFS = HARD ? 500 : 20

let processes: DecodeProcesses

beforeAll(async () => {
  processes = await decodeProcesses()
})

afterAll(async () => {
  await processes.stop()
})

const projectWithProcess = (): ReturnType<typeof corpusProject> =>
  corpusProject(temporaryFolder(), { launchDecode: processes.launch })

describe('a file that brings the decoder down', () => {
  it('is refused with its reason, and every other file comes in', async () => {
    const test = await projectWithProcess()
    const good = await putCorpus(test.images, { styles: 2, composers: 2, pieces: 2, pages: 3 })
    const bad = ['abort', 'crash', 'memory', 'exit'].map((name) => `Style 1/Composer 1/Piece 1/${name}.png`)
    for (const [seed, file] of bad.entries())
      put(test.images, file, await pngOf(stavesPage({ seed: 1000 + seed })))
    const report = await test.importFrom(test.images)
    expect(report.added).toBe(good.length)
    expect(report.refused.map(({ file }) => file).sort()).toEqual([...bad].sort())
    for (const { reason } of report.refused)
      expect(reason).toMatch(/^it brings the decoder down \(.+\): save it anew/)
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: good.length })
    await test.corpus.close()
  })

  it('by never ending is given up, and every other file comes in', async () => {
    const folder = temporaryFolder()
    const decoder = decodeInProcess(processes.launch, { pageSeconds: 1 })
    const files = ['good', 'hang', 'fine'].map((name) => join(folder, `${name}.png`))
    for (const [seed, file] of files.entries())
      put(folder, file.slice(folder.length + 1), await pngOf(stavesPage({ seed })))
    const results = await Promise.allSettled(
      files.map((path) => decoder.ask('examine', { path, format: 'png', part: 1, drawnDpi: null })),
    )
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(String(results.find((result) => result.status === 'rejected')?.reason)).toContain('takes too long')
    await decoder.close()
  })
})

describe('the decoding process', () => {
  it('measures and portrays a page as is done here, and lays two over one another', async () => {
    const path = put(
      temporaryFolder(),
      'page.png',
      await pngOf(stavesPage({ seed: 4, width: 600, height: 800 })),
    )
    const source = { path, format: 'png', part: 1, drawnDpi: null } as const
    const [there, here] = [decodeInProcess(processes.launch), decodeHere()]
    const health = await there.ask('measure', source)
    expect(health.fingerprint).toBeInstanceOf(Int8Array)
    expect(health).toEqual(await here.ask('measure', source))
    const portrait = await there.ask('portray', source)
    expect(portrait).toEqual(await here.ask('portray', source))
    if (portrait === null) throw new Error('The page has no print.')
    expect(await there.ask('likeness', { one: portrait, other: portrait })).toBeCloseTo(1, 5)
    await there.close()
  })

  it('gives the same pixels as decoding here, and ends with the corpus', async () => {
    const [here, there] = [await corpusProject(), await projectWithProcess()]
    const path = put(temporaryFolder(), 'S/C/P/1.jpg', await jpegOf(stavesPage({ width: 900, height: 1200 })))
    const folder = path.slice(0, -'/S/C/P/1.jpg'.length)
    await here.importFrom(folder)
    await there.importFrom(folder)
    const [one, other] = [await here.corpus.decodePage(1), await there.corpus.decodePage(1)]
    expect(Buffer.compare(one.pixels, other.pixels)).toBe(0)
    await there.corpus.close()
    await Promise.all(processes.started.map(({ exited }) => exited))
  })

  it('is started again when it is needed after it ended by itself', async () => {
    const decoder = decodeInProcess(processes.launch, { idleSeconds: 0.05 })
    const path = put(temporaryFolder(), 'page.png', await pngOf(stavesPage()))
    const ask = () => decoder.ask('examine', { path, format: 'png', part: 1, drawnDpi: null })
    const first = await ask()
    await processes.started.at(-1)?.exited
    const before = processes.started.length
    expect(await ask()).toEqual(first)
    expect(processes.started.length).toBe(before + 1)
    await decoder.close()
  })
})

/** One to eight bytes changed, a stretch left out, or another put in twice. */
function mutate(
  bytes: Buffer,
  [kind, at, length, values]: readonly [number, number, number, readonly number[]],
): Buffer {
  const start = Math.floor(at * bytes.byteLength)
  const end = Math.min(bytes.byteLength, start + length)
  if (kind === 1) return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
  if (kind === 2) return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)])
  const copy = Buffer.from(bytes)
  for (const [index, value] of values.entries()) copy[(start + index * length) % copy.byteLength] = value
  return copy
}

const mutation = fc.tuple(
  fc.nat(2),
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  fc.integer({ min: 1, max: 400 }),
  fc.array(fc.nat(255), { minLength: 1, maxLength: 8 }),
)

/** Writes `count` mutated files beside one good page and imports them all. */
async function importMutated(sources: readonly (readonly [string, Buffer])[], count: number): Promise<void> {
  const test = await projectWithProcess()
  put(test.images, 'S/C/good/page.png', await pngOf(stavesPage({ seed: 77 })))
  for (const [index, change] of fc.sample(mutation, { numRuns: count, seed: 20_261_124 }).entries()) {
    const [extension, bytes] = sources[index % sources.length] ?? ['bin', Buffer.alloc(0)]
    put(test.images, `S/C/${String(index)}/page.${extension}`, mutate(bytes, change))
  }
  const { added, refused, pages } = await test.importFrom(test.images)
  expect(pages).toBe(added)
  const told = new Set(refused.map(({ file }) => file))
  const { items } = await test.corpus.api.pages({ offset: 0, limit: 100_000 }, calling)
  const known = new Set(items.map(({ file }) => file))
  expect(known.has('S/C/good/page.png')).toBe(true)
  for (let index = 0; index < count; index += 1) {
    const file = readdirSync(join(test.images, 'S/C', String(index)))[0] ?? ''
    expect(told.has(`S/C/${String(index)}/${file}`) || known.has(`S/C/${String(index)}/${file}`)).toBe(true)
  }
  for (const { reason } of refused) expect(reason).toMatch(/^(page \d+: )?(it|its|page|there) /)
  expect(test.project.database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(existsSync(test.images)).toBe(true)
  await test.corpus.close()
}

describe('damaged files by the dozen', () => {
  it(
    `${String(IMAGES)} mutated images are each refused or read, and stop nothing`,
    { timeout: 600_000 },
    async () => {
      const page = stavesPage({ width: 120, height: 160 })
      await importMutated(
        [
          ['jpg', await jpegOf(page)],
          ['png', await pngOf(page)],
          ['tif', await fromGrey(page).tiff({ compression: 'lzw' }).toBuffer()],
          ['tif', tiffOf([page, stavesPage({ seed: 4, width: 50, height: 60 })])],
          ['webp', await fromGrey(page).webp().toBuffer()],
        ],
        IMAGES,
      )
    },
  )

  it(
    `${String(PDFS)} mutated PDFs are each refused or read, and stop nothing`,
    { timeout: 600_000 },
    async () => {
      const page = stavesPage({ width: 120, height: 160 })
      await importMutated(
        [
          ['pdf', pdfOf([scanPage(page, 100), drawnPage()])],
          ['pdf', pdfOf([jpegPage(page, await jpegOf(page), 100)])],
          ['pdf', pdfOf([drawnPage(), drawnPage(30, 30)])],
        ],
        PDFS,
      )
    },
  )
})
