/** Health of the corpus on real projects: what is found, what it says, what is decided and remembered. */
import { describe, expect, it } from 'vitest'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import sharp from 'sharp'
import type { HealthCheck } from '@shared/domain/health'
import { createHealth } from '../../src/main/core/health'
import { checkHealth } from '../../src/main/core/health/check'
import { robustDistance, usualOf } from '../../src/main/numerics/page-health/outliers'
import { ALTERATIONS } from '../support/altered-pages'
import { calling, type CorpusProject, corpusProject, jobContext } from '../support/corpus-projects'
import { type GreyImage, jpegOf, plainPage, pngOf, put } from '../support/page-makers'

const [WIDTH, HEIGHT, SPACE] = [800, 1120, 10]

/** Staves with note heads and stems at places that follow from the seed. */
function music(seed: number, { paper = 250, ink = 25 } = {}): GreyImage {
  const random = xoroshiro128plus(seed)
  const pixels = new Uint8Array(WIDTH * HEIGHT).fill(paper)
  const box = (x: number, y: number, width: number, height: number): void => {
    for (let row = Math.max(0, y); row < Math.min(HEIGHT, y + height); row += 1)
      pixels.fill(ink, row * WIDTH + x, row * WIDTH + Math.min(WIDTH, x + width))
  }
  for (let top = 80; top + 6 * SPACE < HEIGHT - 60; top += SPACE * 10) {
    for (let line = 0; line < 5; line += 1) box(60, top + line * SPACE, WIDTH - 120, 1)
    for (let note = 0; note < 22; note += 1) {
      const [x, y] = [uniformInt(random, 70, WIDTH - 90), top + 5 * uniformInt(random, -2, 9)]
      box(x, y, 13, 9)
      box(x + 12, y - 3 * SPACE, 2, 3 * SPACE)
    }
  }
  return { width: WIDTH, height: HEIGHT, pixels }
}

interface Clinic extends CorpusProject {
  readonly health: ReturnType<typeof createHealth>['api']
  check(signal?: AbortSignal): ReturnType<typeof checkHealth>
}

async function clinic(pages: Readonly<Record<string, Uint8Array>>): Promise<Clinic> {
  const test = await corpusProject()
  for (const [file, bytes] of Object.entries(pages)) put(test.images, `S/C/${file}`, bytes)
  await test.importFrom(test.images)
  const { corpus, clock, projects } = test
  const { looks } = corpus
  const page = (id: number) => corpus.page(id)
  const jobs = {} as Parameters<typeof createHealth>[0]['jobs']
  return {
    ...test,
    health: createHealth({ projects: projects.access, jobs, clock, looks, page }).api,
    check: (signal) =>
      checkHealth(
        { project: test.project, clock, looks },
        jobContext([], signal ?? new AbortController().signal),
      ),
  }
}

async function found(test: Clinic, check: HealthCheck, decided = false) {
  const { items } = await test.health.findings({ check, decided, offset: 0, limit: 100 }, calling)
  return items.map(({ pages, evidence, settled }) => ({
    files: pages.map(({ file }) => file.replace('S/C/', '')),
    evidence,
    settled,
  }))
}

/** Ten different pages, so that something is usual. */
async function tenPages(): Promise<Record<string, Uint8Array>> {
  const pages: Record<string, Uint8Array> = {}
  for (let seed = 1; seed <= 10; seed += 1)
    pages[`Piece/page-${String(seed).padStart(2, '0')}.png`] = await pngOf(music(seed))
  return pages
}

describe('copies', () => {
  it(
    'are found however they were altered, and pages of one layout with other notes are none',
    { timeout: 120_000 },
    async () => {
      const pages = await tenPages()
      const original = Buffer.from(pages['Piece/page-03.png'] as Uint8Array)
      for (const [name, alter] of Object.entries(ALTERATIONS))
        pages[`Copies/${name}.jpg`] = await alter(original)
      pages['Copies/the same.png'] = original
      const test = await clinic(pages)
      await test.check()
      const near = await found(test, 'near-copies')
      const copies = ['Piece/page-03.png', ...Object.keys(ALTERATIONS).map((name) => `Copies/${name}.jpg`)]
      for (const { files } of near)
        for (const file of files) expect([...copies, 'Copies/the same.png']).toContain(file)
      for (const name of Object.keys(ALTERATIONS))
        expect(near.filter(({ files }) => files.includes(`Copies/${name}.jpg`)).length).toBeGreaterThan(0)
      expect(await found(test, 'exact-copies')).toEqual([
        {
          files: ['Copies/the same.png', 'Piece/page-03.png'],
          evidence: 'The same file twice, byte for byte.',
          settled: null,
        },
      ])
    },
  )
})

describe('unusual pages', () => {
  it('are each found by their own check, and say what was measured', { timeout: 120_000 }, async () => {
    const pages = await tenPages()
    pages['Odd/blank.png'] = await pngOf(plainPage(250, { width: WIDTH, height: HEIGHT }))
    pages['Odd/blurred.png'] = await sharp(await pngOf(music(21)))
      .blur(2.5)
      .png()
      .toBuffer()
    pages['Odd/dark.png'] = await pngOf(music(22, { paper: 170, ink: 25 }))
    pages['Odd/faint.png'] = await pngOf(music(23, { paper: 250, ink: 200 }))
    pages['Odd/sideways.png'] = await sharp(await pngOf(music(24)))
      .rotate(90)
      .png()
      .toBuffer()
    pages['Odd/askew.png'] = await sharp(await pngOf(music(25)))
      .rotate(3, { background: '#fafafa' })
      .png()
      .toBuffer()
    pages['Odd/small.png'] = await sharp(await pngOf(music(26)))
      .resize(400)
      .png()
      .toBuffer()
    const test = await clinic(pages)
    const report = await test.check()
    expect(report).toMatchObject({ measured: 17, known: 0, refused: [] })
    const at = async (check: HealthCheck) => (await found(test, check)).map(({ files }) => files[0])
    expect(await at('nearly-empty')).toEqual(['Odd/blank.png'])
    expect(await at('blur')).toEqual(['Odd/blurred.png'])
    expect((await at('tone')).sort()).toEqual(['Odd/dark.png', 'Odd/faint.png'])
    expect(await at('orientation')).toEqual(['Odd/sideways.png'])
    expect(await at('skew')).toEqual(['Odd/askew.png'])
    expect(await at('resolution')).toEqual(['Odd/small.png'])
    expect(await at('near-copies')).toEqual([])
    expect((await found(test, 'blur'))[0]?.evidence).toMatch(
      /edges of strokes are \d\.\d pixels wide, usually \d\.\d/,
    )
    expect((await found(test, 'skew'))[0]?.evidence).toMatch(/^Turned 3\.\d° clockwise/)
    // A second check has nothing to measure.
    expect(await test.check()).toMatchObject({ measured: 0, known: 17, pairs: 0 })
  })

  it('are told from text by their staff lines', { timeout: 60_000 }, async () => {
    const random = xoroshiro128plus(5)
    const text = { ...plainPage(250, { width: WIDTH, height: HEIGHT }) }
    for (let top = 90; top < HEIGHT - 90; top += 34)
      for (let x = 80; x < WIDTH - 80; x += uniformInt(random, 8, 15))
        for (let row = top; row < top + uniformInt(random, 8, 14); row += 1)
          text.pixels.fill(30, row * WIDTH + x, row * WIDTH + x + 3)
    const test = await clinic({ ...(await tenPages()), 'Odd/preface.png': await pngOf(text) })
    await test.check()
    expect((await found(test, 'no-music')).map(({ files }) => files)).toEqual([['Odd/preface.png']])
  })
})

describe('decisions', () => {
  it(
    'are remembered by content, also when pages are imported anew, and can be taken back',
    { timeout: 60_000 },
    async () => {
      const same = await jpegOf(music(1))
      const test = await clinic({ 'One/page.jpg': same, 'Two/page.jpg': same })
      const [one, two] = [1, 2]
      const open = async () => (await test.health.summary(undefined, calling)).checks[0]
      expect(await open()).toEqual({ check: 'exact-copies', found: 1, undecided: 1 })
      const decided = await test.health.decide({ check: 'exact-copies', pages: [one, two] }, calling)
      expect(decided.checks[0]).toMatchObject({ found: 1, undecided: 0 })
      test.project.database.prepare('DELETE FROM pages').run()
      await test.importFrom(test.images)
      expect(await open()).toMatchObject({ found: 1, undecided: 0 })
      expect((await found(test, 'exact-copies', true))[0]?.settled).toBe('fine')
      const ids = test.project.database.prepare<[], number>('SELECT id FROM pages').pluck().all()
      await test.health.undecide({ check: 'exact-copies', pages: ids }, calling)
      expect(await open()).toMatchObject({ undecided: 1 })
      test.project.database.prepare("UPDATE pages SET excluded = 'copy' WHERE id = ?").run(ids[0])
      expect((await found(test, 'exact-copies', true))[0]?.settled).toBe('excluded')
    },
  )

  it('need pages that are there', async () => {
    const test = await clinic({ 'One/page.jpg': await jpegOf(music(1)) })
    expect(() => test.health.decide({ check: 'blur', pages: [9] }, calling)).toThrow('There is no page 9')
  })
})

describe('a check', () => {
  it('that is cancelled keeps what it measured', { timeout: 60_000 }, async () => {
    const test = await clinic(await tenPages())
    const controller = new AbortController()
    const looks = {
      ...test.corpus.looks,
      measure: async (page: number) => {
        if (page === 5) controller.abort()
        return await test.corpus.looks.measure(page)
      },
    }
    const work = { project: test.project, clock: test.clock, looks }
    await expect(checkHealth(work, jobContext([], controller.signal))).rejects.toThrow()
    const { measured } = await test.health.summary(undefined, calling)
    expect(measured).toBeGreaterThan(0)
    expect(await test.check()).toMatchObject({ known: measured, measured: 10 - measured })
  })

  it('lists a page that cannot be read, and goes on', { timeout: 60_000 }, async () => {
    const test = await clinic(await tenPages())
    put(test.images, 'S/C/Piece/page-04.png', 'no picture any more')
    const { refused, measured } = await test.check()
    expect(measured).toBe(9)
    expect(refused.map(({ file }) => file)).toEqual(['S/C/Piece/page-04.png'])
  })
})

describe('what is usual', () => {
  it('is not moved by what is unusual, and is nothing of few values', () => {
    expect(usualOf([1, 2, 3])).toBeNull()
    const usual = usualOf([9, 10, 10, 11, 10, 9, 11, 10, 500])
    expect(usual?.median).toBe(10)
    expect(robustDistance(500, usual ?? { median: 0, spread: 0 })).toBeGreaterThan(100)
    expect(robustDistance(3, { median: 3, spread: 0 })).toBe(0)
  })
})
