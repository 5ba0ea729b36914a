import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { calling, corpusProject } from '../support/corpus-projects'
import { drawnPage, jpegPage, lockedPdf, pdfOf, scanPage } from '../support/pdf-makers'
import { jpegOf, multiPageTiff, pngOf, put, setTime, stavesPage, tiffOf } from '../support/page-makers'

const everything = { offset: 0, limit: 1000 }
const scans = [1, 2, 3].map((seed) => stavesPage({ seed, width: 150, height: 210 }))
const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

describe('a PDF', () => {
  it('gives one page for each of its pages, as a piece named after it, and again adds nothing', async () => {
    const test = await corpusProject()
    const path = put(
      test.images,
      'Style/Composer/Sonata in G.pdf',
      pdfOf(scans.map((scan) => scanPage(scan, 300))),
    )
    const before = hashOf(path)
    expect(await test.importFrom(test.images)).toMatchObject({ added: 3, skipped: 0, refused: [], pieces: 1 })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items.map(({ piece, page, part, format }) => [piece, page, part, format])).toEqual(
      [1, 2, 3].map((part) => ['Sonata in G', part, part, 'pdf']),
    )
    expect(new Set(items.map(({ sha256 }) => sha256)).size).toBe(3)
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 3, pages: 3 })
    setTime(path, 1_700_000_000_000)
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 3, pages: 3 })
    expect(hashOf(path)).toBe(before)
  })

  it('belongs to the piece that its folder names', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/Suite/scan.pdf', pdfOf([scanPage(stavesPage(), 300)]))
    await test.importFrom(test.images)
    expect((await test.corpus.api.pages(everything, calling)).items[0]?.piece).toBe('Suite')
  })

  it('that is a scan gives exactly the pixels of the scan, whichever way it is turned', async () => {
    const test = await corpusProject()
    const [scan = stavesPage()] = scans
    put(test.images, 'S/C/P/1.pdf', pdfOf([scanPage(scan, 300), scanPage(scan, 300, 90)]))
    await test.importFrom(test.images)
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items.map(({ width, height, dpi }) => [width, height, dpi])).toEqual([
      [150, 210, 300],
      [210, 150, 300],
    ])
    const upright = await test.corpus.decodePage(items[0]?.id ?? 0)
    expect(Buffer.compare(upright.pixels, scan.pixels)).toBe(0)
    const turned = await test.corpus.decodePage(items[1]?.id ?? 0)
    const expected = await sharp(scan.pixels, { raw: { width: 150, height: 210, channels: 1 } })
      .rotate(90)
      .toColourspace('b-w')
      .raw()
      .toBuffer()
    expect(Buffer.compare(turned.pixels, expected)).toBe(0)
  })

  it('that holds a JPEG is as near to it as decoders agree', async () => {
    const test = await corpusProject()
    const [scan = stavesPage()] = scans
    const jpeg = await jpegOf(scan)
    put(
      test.images,
      'S/C/P/1.pdf',
      pdfOf([jpegPage(scan, await sharp(jpeg).toColourspace('b-w').jpeg().toBuffer(), 200)]),
    )
    put(test.images, 'S/C/P/2.jpg', await sharp(jpeg).toColourspace('b-w').jpeg().toBuffer())
    await test.importFrom(test.images)
    const { items } = await test.corpus.api.pages(everything, calling)
    const [pdf, image] = await Promise.all(items.map(({ id }) => test.corpus.decodePage(id)))
    const largest = pdf?.pixels.reduce(
      (most, grey, at) => Math.max(most, Math.abs(grey - (image?.pixels[at] ?? 0))),
      0,
    )
    expect(pdf?.width).toBe(150)
    expect(largest).toBeLessThanOrEqual(2)
  })

  it('that is drawn has the resolution asked for, and the same pixels each time', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/1.pdf', pdfOf([drawnPage()]))
    await test.importFrom(test.images, { drawnDpi: 150 })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items[0]).toMatchObject({ width: 300, height: 150, dpi: 150 })
    const [one, other] = [
      await test.corpus.decodePage(items[0]?.id ?? 0),
      await test.corpus.decodePage(items[0]?.id ?? 0),
    ]
    expect(Math.min(...one.pixels)).toBeLessThan(60)
    expect(Buffer.compare(one.pixels, other.pixels)).toBe(0)
  })

  it('is copied once for all its pages, and read from the copy', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/scan.pdf', pdfOf(scans.map((scan) => scanPage(scan, 300))))
    expect(await test.importFrom(test.images, { storage: 'copy' })).toMatchObject({ added: 3, refused: [] })
    const copies = readdirSync(join(test.folder, 'pages'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.pdf'),
    )
    expect(copies).toHaveLength(1)
    const { items } = await test.corpus.api.pages(everything, calling)
    expect((await test.corpus.decodePage(items[2]?.id ?? 0)).pixels).toEqual(scans[2]?.pixels)
    const picture = await test.corpus.readPicture({ kind: 'page', page: items[1]?.id ?? 0, side: 100 })
    expect((await sharp(picture.bytes).metadata()).height).toBe(100)
  })

  it.each([
    ['locked', () => lockedPdf(scanPage(stavesPage(), 300)), 'it is a PDF locked'],
    ['cut short', () => pdfOf([scanPage(stavesPage(), 300)]).subarray(0, 200), 'it is a '],
    ['without pages', () => pdfOf([]), 'it is a '],
    [
      'of absurd size',
      () => pdfOf([{ ...drawnPage(), width: 14_400_000, height: 14_400_000 }]),
      'it is too large: ',
    ],
  ])('%s is refused with its reason', async (_, bytes, reason) => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/good.png', await pngOf(stavesPage()))
    put(test.images, 'S/C/P/scan.pdf', bytes())
    const { added, refused } = await test.importFrom(test.images)
    expect(added).toBe(1)
    expect(refused).toHaveLength(1)
    expect(refused[0]?.reason).toContain(reason)
  })

  it('of a thousand pages comes in whole, with a report of the one that is damaged', async () => {
    const test = await corpusProject()
    const tiny = { ...drawnPage(20, 20), content: '' }
    const pages = Array.from({ length: 1000 }, (_, index) =>
      index === 499 ? { ...tiny, width: 9_000_000, height: 9_000_000 } : tiny,
    )
    put(test.images, 'S/C/book.pdf', pdfOf(pages))
    const report = await test.importFrom(test.images, { drawnDpi: 72 })
    expect(report.added).toBe(999)
    expect(report.refused).toEqual([
      { file: 'S/C/book.pdf', reason: expect.stringMatching(/^page 500: it is too large/) as string },
    ])
  })
})

describe('a TIFF of several pictures', () => {
  it('gives one page each, with its own pixels', async () => {
    const test = await corpusProject()
    const path = put(test.images, 'S/C/Partita.tif', tiffOf(scans))
    expect(await test.importFrom(test.images)).toMatchObject({ added: 3, refused: [] })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items.map(({ piece, part, page }) => [piece, part, page])).toEqual(
      [1, 2, 3].map((part) => ['Partita', part, part]),
    )
    for (const [index, { id }] of items.entries())
      expect(
        Buffer.compare((await test.corpus.decodePage(id)).pixels, scans[index]?.pixels ?? Buffer.alloc(0)),
      ).toBe(0)
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 3 })
    expect(statSync(path).size).toBe(tiffOf(scans).byteLength)
  })

  it('is known again by its bytes when it is renamed', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/one.tif', multiPageTiff(3))
    expect(await test.importFrom(test.images)).toMatchObject({ added: 3 })
    put(test.images, 'S/C/P/other.tif', multiPageTiff(3))
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 6 })
  })

  it('leaves out the smaller versions that scanners put beside a page', async () => {
    const test = await corpusProject()
    const [one = stavesPage(), two = stavesPage()] = scans
    put(test.images, 'S/C/P/1.tif', tiffOf([one, stavesPage({ width: 30, height: 40 }), two], [1]))
    expect(await test.importFrom(test.images)).toMatchObject({ added: 2, refused: [] })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items.map(({ part, width }) => [part, width])).toEqual([
      [1, 150],
      [3, 150],
    ])
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 2 })
  })

  it('whose list of pictures leads in a circle is refused', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/1.tif', tiffOf(scans, [], 8))
    expect((await test.importFrom(test.images)).refused[0]?.reason).toContain('leads in a circle')
  })
})
