import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { calling, type CorpusProject, corpusProject } from '../support/corpus-projects'
import {
  fromGrey,
  jpegOf,
  plainPage,
  pngBomb,
  pngOf,
  put,
  putCorpus,
  stavesPage,
} from '../support/page-makers'

/** Imports one file beside a good page and returns why it was refused; null when it was not. */
async function reasonFor(file: string, bytes: Uint8Array | string): Promise<string | null> {
  const test = await corpusProject()
  put(test.images, 'S/C/P/good.png', await pngOf(stavesPage({ seed: 99 })))
  put(test.images, file, bytes)
  const { added, refused } = await test.importFrom(test.images)
  expect(added + refused.length).toBe(2)
  expect(test.corpus.api.counts(undefined, calling)).toMatchObject({ pages: added })
  if (refused.length > 0) expect(refused[0]?.file).toBe(file)
  return refused[0]?.reason ?? null
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'

describe('a file that cannot be a page is refused with its reason, and nothing else is lost:', () => {
  it.each([
    ['empty', '', 'it is empty (0 bytes)'],
    ['text', 'This is not a picture.', 'it is text, not an image'],
    ['text in another script', 'Это не картинка.', 'it is text, not an image'],
    ['bytes without meaning', Buffer.from([0, 1, 2, 3, 250]), 'it is not a JPEG, PNG, TIFF or WebP image'],
    ['an SVG', `<?xml version="1.0"?>\n<!-- drawn -->\n${svg}`, 'it is an SVG drawing: '],
    ['the head of a PDF', '%PDF-1.7\n%âãÏÓ', 'it is a damaged PDF'],
    ['a bare JPEG signature', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'it is '],
    ['a decompression bomb', pngBomb(60_000, 60_000), 'it is too large: 60000 × 60000 pixels'],
    ['an empty picture', pngBomb(10, 10), 'it is '],
  ])('%s', async (_, bytes, reason) => {
    const given = await reasonFor('S/C/P/page.jpg', bytes)
    expect(given).toContain(reason)
  })

  it('a GIF', async () => {
    const gif = await fromGrey(stavesPage()).gif().toBuffer()
    expect(await reasonFor('S/C/P/page.gif', gif)).toContain('it is a GIF')
  })

  it('a picture cut short anywhere, in every format', async () => {
    const image = stavesPage({ width: 300, height: 300 })
    const makers = {
      jpeg: await jpegOf(image),
      png: await pngOf(image),
      tiff: await fromGrey(image).tiff({ compression: 'lzw' }).toBuffer(),
      webp: await fromGrey(image).webp().toBuffer(),
    }
    const test = await corpusProject()
    const files: string[] = []
    for (const [format, bytes] of Object.entries(makers))
      for (const share of [0.2, 0.5, 0.9, 0.99]) {
        const file = `S/C/P/${format}-${String(share)}.${format}`
        put(test.images, file, bytes.subarray(0, Math.floor(bytes.byteLength * share)))
        files.push(file)
      }
    const { added, refused } = await test.importFrom(test.images)
    expect(added).toBe(0)
    expect(refused.map(({ file }) => file).sort()).toEqual(files.sort())
    for (const { reason } of refused) expect(reason).toMatch(/^it is (cut short or )?damaged \(/)
  })

  it('one byte changed is refused or read, but never stops the import', async () => {
    const bytes = await jpegOf(stavesPage({ width: 64, height: 64 }))
    const test = await corpusProject()
    let files = 0
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const copy = Buffer.from(bytes)
        copy[at] = (copy[at] ?? 0) ^ change
        files += 1
        put(test.images, `S/C/P${String(files)}/page.jpg`, copy)
      }),
      { numRuns: 60, seed: 1 },
    )
    const { added, refused } = await test.importFrom(test.images)
    expect(added + refused.length).toBe(files)
    expect(added).toBeGreaterThan(0)
    expect(refused.length).toBeGreaterThan(0)
  })

  it('a folder with the name of an image', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/folder.jpg/page.png', await pngOf(stavesPage()))
    const { added, refused } = await test.importFrom(test.images)
    expect(added).toBe(0)
    expect(refused).toEqual([
      {
        file: 'S/C/P/folder.jpg',
        reason: 'it is a folder with the name of an image: rename it to import what is in it',
      },
    ])
  })

  // Root may read everything, so that no file can be made unreadable for it.
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'an unreadable file and folder',
    async () => {
      const test = await corpusProject()
      const file = put(test.images, 'S/C/P/page.png', await pngOf(stavesPage()))
      put(test.images, 'S/D/P/page.png', await pngOf(stavesPage({ seed: 2 })))
      chmodSync(file, 0)
      chmodSync(join(test.images, 'S/D'), 0)
      onTestFinished(() => {
        chmodSync(join(test.images, 'S/D'), 0o700)
      })
      expect((await test.importFrom(test.images)).refused).toEqual([
        { file: 'S/C/P/page.png', reason: 'it cannot be read: permission was denied' },
        { file: 'S/D', reason: 'its folder cannot be read: permission was denied' },
      ])
    },
  )

  it.skipIf(process.platform === 'win32')('a pipe', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/page.png', await pngOf(stavesPage()))
    execFileSync('mkfifo', [join(test.images, 'S/C/P/pipe.jpg')])
    expect((await test.importFrom(test.images)).refused).toEqual([
      { file: 'S/C/P/pipe.jpg', reason: 'it is a device or a pipe, not a file' },
    ])
  })

  it('a file that changes while it is read', async () => {
    const test = await corpusProject()
    const path = put(test.images, 'S/C/P/page.png', await pngOf(stavesPage()))
    const context = {
      job: 'test',
      signal: calling.signal,
      // Told between looking for files and reading them.
      progress: () => {
        writeFileSync(path, 'something else')
      },
    }
    const imported = test.corpus.importFolder({ folder: test.images, storage: 'link' }, context)
    expect((await imported).refused[0]?.reason).toMatch(/^it (is|changed)/)
  })
})

describe('an import of a folder', () => {
  it('that holds no images says so', async () => {
    const test = await corpusProject()
    mkdirSync(test.images)
    await expect(test.importFrom(test.images)).rejects.toThrow(
      'holds no JPEG, PNG, TIFF or WebP images and no PDFs: choose',
    )
    put(test.images, 'S/notes.txt', 'text')
    await expect(test.importFrom(test.images)).rejects.toMatchObject({ code: 'corpus/folder-empty' })
  })

  it('that is not there, or is a file, says so before a job is begun', async () => {
    const test = await corpusProject()
    const start = (folder: string) => async () => test.corpus.api.import({ folder, storage: 'link' }, calling)
    await expect(start(test.images)()).rejects.toMatchObject({ code: 'corpus/folder-missing' })
    const file = put(test.images, 'page.png', await pngOf(stavesPage()))
    await expect(start(file)()).rejects.toMatchObject({ code: 'corpus/folder-missing' })
  })

  it('with names in many scripts and long paths keeps every name', async () => {
    const test = await corpusProject()
    const long = 'a rather long name of a piece '.repeat(8).trim()
    const files = [
      '中世/作曲家/楽譜/一.png',
      'Средневековье/Автор/Пьеса/1.png',
      `S/C/${long}/${'x'.repeat(200)}.png`,
    ]
    for (const [seed, file] of files.entries())
      put(test.images, file, await pngOf(stavesPage({ seed: seed + 1 })))
    expect(await test.importFrom(test.images, { storage: 'copy' })).toMatchObject({ added: 3, refused: [] })
    const { items } = await test.corpus.api.pages({ offset: 0, limit: 9 }, calling)
    expect(items.map(({ file }) => file).sort()).toEqual(files.sort())
  })
})

describe('a full disk', () => {
  const room = (project: CorpusProject['project'], extraPages: number): void => {
    const used = Number(project.database.pragma('page_count', { simple: true }))
    project.database.pragma(`max_page_count = ${String(used + extraPages)}`)
  }

  // SQLite itself is told that it may not grow: what it then says is what it says on a full disk.
  it('in the catalogue is told in a sentence, and what was added before stays', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 2, composers: 4, pieces: 4, pages: 4 }, { width: 40, height: 40 })
    room(test.project, 8)
    await expect(test.importFrom(test.images)).rejects.toThrow(
      `${test.folder} cannot be written to (the disk is full): free some space or choose another folder.`,
    )
    const kept = await test.corpus.api.counts(undefined, calling)
    expect(kept.pages).toBeGreaterThan(0)
    expect(kept.pages).toBeLessThan(128)
    room(test.project, 100_000)
    expect(await test.importFrom(test.images)).toMatchObject({ pages: 128, added: 128 - kept.pages })
    expect(test.project.database.pragma('integrity_check', { simple: true })).toBe('ok')
  })

  it('in the catalogue leaves no half of a sample set', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 2, pages: 4 })
    await test.importFrom(test.images)
    room(test.project, 1)
    await expect(test.draw({ seed: 1, size: 16, perPage: 40 })).rejects.toMatchObject({
      code: 'project/no-write',
    })
    expect(await test.sampling.api.sets(undefined, calling)).toEqual([])
    expect(readdirSync(join(test.folder, 'samples'))).toEqual([])
    room(test.project, 100_000)
    expect(await test.draw({ seed: 1, size: 16, perPage: 40 })).toMatchObject({ samples: 320 })
  })

  // A real one, where this process may mount a file system in memory: as root on Linux.
  it('in earnest stops import and sampling, each with its sentence', async ({ skip }) => {
    const disk = mountSmallDisk()
    if (disk === null) return skip('this process may not mount a file system')
    const test = await corpusProject(disk)
    const elsewhere = mkdtempSync(join(tmpdir(), 'scorescope-pages-'))
    onTestFinished(() => {
      rmSync(elsewhere, { recursive: true, force: true })
    })
    await putCorpus(elsewhere, { styles: 1, composers: 1, pieces: 2, pages: 5 }, { width: 900, height: 900 })
    await test.importFrom(elsewhere)
    await expect(test.draw({ seed: 1, perPage: 100, whiteness: 1 })).rejects.toMatchObject({
      code: 'training/no-space',
    })
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(bavail * bsize - 40_000))
    put(elsewhere, 'S/C/P/large.png', await pngOf(stavesPage({ width: 2000, height: 2000, seed: 77 })))
    await expect(test.importFrom(elsewhere, { storage: 'copy' })).rejects.toThrow('the disk is full')
    expect(test.corpus.api.counts(undefined, calling)).toMatchObject({ pages: 10 })
    rmSync(join(disk, 'ballast'))
    expect(await test.importFrom(elsewhere, { storage: 'copy' })).toMatchObject({ added: 1, skipped: 10 })
  })
})

/** 8 MB in memory, or null where that is not allowed. */
function mountSmallDisk(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
    rmSync(folder, { recursive: true })
  })
  return folder
}

describe('pages that give no samples', () => {
  it('because they are too small or too white are reported with the reason', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/1-small.png', await pngOf(stavesPage({ width: 60, height: 400 })))
    put(test.images, 'S/C/P/2-white.png', await pngOf(plainPage(255)))
    put(test.images, 'S/C/P/3-good.png', await pngOf(stavesPage()))
    await test.importFrom(test.images)
    const report = await test.draw({ seed: 1, size: 64, perPage: 3, triesPerPage: 20 })
    expect(report).toMatchObject({ samples: 3, pages: 1 })
    expect(report.shortages).toEqual([
      {
        page: 1,
        file: 'S/C/P/1-small.png',
        accepted: 0,
        reason: 'it has 60 × 400 pixels, less than a crop of 64 × 64',
      },
      {
        page: 2,
        file: 'S/C/P/2-white.png',
        accepted: 0,
        reason: 'in 20 draws 0 of 3 crops were accepted: 20 too white',
      },
    ])
    expect(await test.sampling.api.report({ sampleSet: report.sampleSet }, calling)).toEqual(report)
  })

  it('are told in one sentence when they are all there is', async () => {
    const test = await corpusProject()
    await expect(test.draw({ seed: 1 })).rejects.toMatchObject({ code: 'sampling/no-pages' })
    put(test.images, 'S/C/P/white.png', await pngOf(plainPage(255)))
    await test.importFrom(test.images)
    await expect(test.draw({ seed: 1, size: 32 })).rejects.toThrow('None of the 1 pages gave a sample')
    expect(await test.sampling.api.sets(undefined, calling)).toEqual([])
    expect(statSync(join(test.folder, 'samples')).isDirectory()).toBe(true)
    expect(readdirSync(join(test.folder, 'samples'))).toEqual([])
  })

  it('because they were damaged since the import stop the drawing by name', async () => {
    const test = await corpusProject()
    const path = put(
      test.images,
      'S/C/P/1.jpg',
      await sharp(await pngOf(stavesPage()))
        .jpeg()
        .toBuffer(),
    )
    await test.importFrom(test.images)
    truncateSync(path, 500)
    await expect(test.draw({ seed: 1, size: 32 })).rejects.toThrow(
      'S/C/P/1.jpg changed since it was imported',
    )
    rmSync(path)
    await expect(test.draw({ seed: 1, size: 32 })).rejects.toThrow(
      'S/C/P/1.jpg cannot be read (it is not there)',
    )
  })
})
