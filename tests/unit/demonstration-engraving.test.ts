/** Pages of the demo corpus as verovio engraves them: bytes, ink, labels, cancelling. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEMO_CORPUS_DEFAULT, engraveDemoCorpus } from '../../src/main/core/demonstration'
import { listKey, readPageList } from '../../src/main/core/corpus/page-list'
import { Chance } from '../../src/main/core/demonstration/chance'
import { pageListCsv, pagePath, planCorpus } from '../../src/main/core/demonstration/corpus-plan'
import { loadEngraver, type Engraver } from '../../src/main/engraving/engraver'
import { outlineText } from '../../src/main/engraving/letters/text-outlines'
import { engravePiece, type EngravedPiece } from '../../src/main/core/demonstration/piece'
import { PAGE_SIZE, rasterise } from '../../src/main/core/demonstration/rasterise'
import { PLANTED, type ScribeTraits } from '../../src/main/core/demonstration/traits'
import { Cancelled } from '../../src/shared/errors'

const CROP = 448
const WHITENESS = 0.9

let engraver: Engraver

beforeAll(async () => {
  engraver = await loadEngraver()
})

afterAll(() => {
  engraver.close()
})

function scribe(name: string): ScribeTraits {
  const traits = PLANTED.find((candidate) => candidate.scribe === name)
  if (traits === undefined) throw new Error(`No scribe is called ${name}.`)
  return traits
}

async function engraved(name: string, seed = 1, pages = 1): Promise<EngravedPiece> {
  return engravePiece(engraver, { traits: scribe(name), number: 1, pages, seed })
}

async function page(name: string, seed = 1): Promise<Buffer> {
  const [svg] = (await engraved(name, seed)).pages
  return rasterise(svg ?? '')
}

/** The share of random crops that the study's rule accepts. */
async function acceptedShare(png: Buffer, crops: number): Promise<number> {
  const { data, info } = await sharp(png).extractChannel(0).raw().toBuffer({ resolveWithObject: true })
  const chance = new Chance(1, 'crops')
  let accepted = 0
  for (let crop = 0; crop < crops; crop += 1) {
    const left = chance.integer(0, info.width - CROP)
    const top = chance.integer(0, info.height - CROP)
    let sum = 0
    for (let y = top; y < top + CROP; y += 1) {
      for (let x = left; x < left + CROP; x += 1) sum += data[y * info.width + x] ?? 0
    }
    if (sum / (CROP * CROP * 255) <= WHITENESS) accepted += 1
  }
  return accepted / crops
}

describe('an engraved piece', () => {
  it('has the same bytes for the same seed, and others for another seed', async () => {
    const [first, again, other] = [
      await page('Goldie Clefman'),
      await page('Goldie Clefman'),
      await page('Goldie Clefman', 2),
    ]
    expect(first.equals(again)).toBe(true)
    expect(first.equals(other)).toBe(false)
  })

  it('fills exactly the pages that were asked for, and ends with a final bar line', async () => {
    const piece = await engraved('Delphine Quaver', 1, 2)
    expect(piece.pages).toHaveLength(2)
    expect(piece.mei.match(/right="end"/g)).toHaveLength(1)
    const staves = piece.pages.map((svg) => [...svg.matchAll(/class="system"/g)].length)
    expect(Math.min(...staves)).toBeGreaterThanOrEqual(2)
  })

  it('is drawn without any text that would need a font', async () => {
    for (const name of ['Viola Segnoff', 'Amalie Tintenfass']) {
      const [svg = ''] = (await engraved(name)).pages
      expect(svg).not.toMatch(/<t(ext|span)\b/)
      expect(svg).toMatch(/class="syl">\s*<path transform="translate/)
    }
  })

  it('is a grey A4 page at 150 dpi', async () => {
    const metadata = await sharp(await page('Josiah Inkwell')).metadata()
    expect(metadata).toMatchObject({
      width: PAGE_SIZE.width,
      height: PAGE_SIZE.height,
      channels: 1,
      density: 150,
    })
  })

  it.each(['Dex Fermata', 'Casimir Brouillon', 'Ignazio Pennafinta', 'Lucien Demibrume', 'Goldie Clefman'])(
    'by %s has white margins and enough ink for random crops to be accepted',
    async (name) => {
      const png = await page(name)
      const { data, info } = await sharp(png).extractChannel(0).raw().toBuffer({ resolveWithObject: true })
      expect(data.subarray(0, info.width * 40).every((value) => value === 255)).toBe(true)
      const meanPixel = data.reduce((sum, value) => sum + value, 0) / data.length / 255
      expect(meanPixel).toBeGreaterThan(0.8)
      expect(meanPixel).toBeLessThan(0.96)
      expect(await acceptedShare(png, 100)).toBeGreaterThanOrEqual(0.05)
    },
  )
})

describe('text as outlines', () => {
  const wrap = (text: string, group = 'dir') => `<svg><g class="${group}">${text}</g></svg>`

  it('places letters by their widths from the anchor', () => {
    const svg = wrap(
      '<text x="1000" y="50" text-anchor="end" font-size="0px"><tspan font-size="100px">II</tspan></text>',
      'syl',
    )
    const places = [
      ...outlineText(svg, new Map()).matchAll(/translate\(([\d.]+), 50\.0\) scale\(0\.1000, 0\.1000\)/g),
    ]
    expect(places.map(([, x]) => Number(x))).toEqual([1000 - 2 * 33.3, 1000 - 33.3])
  })

  it('leaves everything else as it is', () => {
    const svg = wrap('<path d="M0 0 L1 1"/><use href="#E050"/>')
    expect(outlineText(svg, new Map())).toBe(svg)
  })

  it('refuses a character that it has no outline for', () => {
    const svg = wrap('<text x="0" y="0"><tspan font-size="10px">ж</tspan></text>')
    expect(() => outlineText(svg, new Map())).toThrow('no outline for the character "ж"')
  })
})

describe('the demo corpus', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scorescope-demo-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())

  it('has two pieces of every scribe by default, so that one can be held out', () => {
    const plan = planCorpus(1, DEMO_CORPUS_DEFAULT)
    expect(plan).toHaveLength(42)
    expect(new Set(plan.map(({ style, composer, title }) => `${style}/${composer}/${title}`)).size).toBe(42)
  })

  it('has a list by which an import keeps what was planted beside every page', async () => {
    const pieces = planCorpus(1, DEMO_CORPUS_DEFAULT)
    writeFileSync(join(folder, 'corpus.csv'), pageListCsv(pieces))
    const list = await readPageList(join(folder, 'corpus.csv'))
    expect([...list.keys()]).toEqual(
      pieces.flatMap((piece) => [1, 2].map((number) => listKey(pagePath(piece, number)))),
    )
    for (const piece of pieces) {
      const { place, fields } = list.get(listKey(pagePath(piece, 2))) ?? {}
      expect(place).toEqual({})
      expect(Object.keys(fields ?? {})).toHaveLength(9)
      expect(fields).toMatchObject({
        beaming: piece.traits.beaming,
        lyrics: piece.traits.lyrics ? 'yes' : 'no',
        engraved_staff_size: piece.traits.staffSize,
      })
    }
  })

  it('stops when cancelled, leaves only whole files, and has said by then that it is synthetic', async () => {
    const controller = new AbortController()
    const seen: string[] = []
    const engraving = engraveDemoCorpus({
      folder,
      seed: 1,
      pagesPerPiece: 1,
      piecesPerScribe: 1,
      signal: controller.signal,
      onProgress: (done, total, label) => {
        seen.push(`${String(done)}/${String(total)} ${label}`)
        if (done === 2) controller.abort()
      },
    })
    await expect(engraving).rejects.toBeInstanceOf(Cancelled)
    expect(seen).toHaveLength(2)
    expect(seen[0]).toMatch(/^1\/21 Engraving .* \(Baroque idiom \(synthetic\)\)$/)
    const pages = files().filter(({ name }) => name.endsWith('.png'))
    expect(pages).toHaveLength(2)
    for (const { parentPath, name } of pages) {
      expect(parentPath).toMatch(/Baroque idiom \(synthetic\).*\(invented\)/)
      expect((await sharp(join(parentPath, name)).stats()).channels).toHaveLength(1)
    }
    expect(
      files()
        .map(({ name }) => name)
        .filter((name) => name.startsWith('.')),
    ).toEqual([])
    expect(readFileSync(join(folder, 'README.txt'), 'utf8')).toContain('This corpus is synthetic.')
    const [header, ...rows] = readFileSync(join(folder, 'planted.csv'), 'utf8').trimEnd().split('\n')
    expect(header).toBe(
      'style,composer,piece,seed,beaming,chords,lyrics,clefs,dynamics,slurs,engraved_staff_size,staves_per_system,tempo_text',
    )
    expect(rows).toHaveLength(21)
    expect(rows[0]).toMatch(
      /^Baroque idiom \(synthetic\),Balthasar Federkiel \(invented\),.*,1,beamed,thin,no,with C clef/,
    )
  })

  it('writes nothing when it was cancelled before it began', async () => {
    const signal = AbortSignal.abort()
    await expect(
      engraveDemoCorpus({ folder, seed: 1, signal, onProgress: () => undefined }),
    ).rejects.toBeInstanceOf(Cancelled)
    expect(files()).toEqual([])
  })
})
