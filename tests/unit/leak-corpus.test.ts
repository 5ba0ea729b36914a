/** The leak meter on a real corpus beside counting pixel by pixel, all held-out crops against all training crops. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { splitSamples } from '../../src/main/core/sampling/split'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { corpusProject } from '../support/corpus-projects'

const corpus = fileURLToPath(new URL('../../../shared/corpus', import.meta.url))
/** Two styles in every test run, all 373 pages in the hard one. */
const STYLES =
  process.env['SCORESCOPE_HARD'] === '1'
    ? ['Baroque', 'Classical', 'Folk', 'Medieval', 'Rag & Popular', 'Renaissance', 'Romantic']
    : ['Baroque', 'Rag & Popular']

interface PlacedCrop extends Pick<SampleWithPage, 'x' | 'y' | 'size'> {
  /** Of the page's file, read by the test itself. */
  readonly bytes: string
  readonly piece: string
}

/** Draws every training crop that meets a held-out one into a mask of its pixels, and counts the mask. */
function countAllPairs(heldOut: readonly PlacedCrop[], training: readonly PlacedCrop[]) {
  const counted = { sharePage: 0, sharePiece: 0, sharePixels: 0 }
  let [shared, all] = [0, 0]
  for (const held of heldOut) {
    const mask = new Uint8Array(held.size ** 2)
    for (const { bytes, x, y, size } of training) {
      if (bytes !== held.bytes) continue
      const [left, right] = [Math.max(0, x - held.x), Math.min(held.size, x + size - held.x)]
      for (let row = Math.max(0, y - held.y); row < Math.min(held.size, y + size - held.y); row += 1)
        if (left < right) mask.fill(1, row * held.size + left, row * held.size + right)
    }
    const seen = mask.reduce((sum, pixel) => sum + pixel, 0)
    counted.sharePage += training.some(({ bytes }) => bytes === held.bytes) ? 1 : 0
    counted.sharePiece += training.some(({ piece }) => piece === held.piece) ? 1 : 0
    counted.sharePixels += seen > 0 ? 1 : 0
    shared += seen
    all += mask.length
  }
  return { ...counted, sharedArea: shared / all }
}

describe.skipIf(!existsSync(corpus))('the leak meter on the real corpus', () => {
  it(
    'equals counting the pixels of all pairs, split by crop, page and piece',
    { timeout: 300_000 },
    async () => {
      const test = await corpusProject()
      for (const style of STYLES)
        cpSync(join(corpus, style), join(test.images, style), { recursive: true, dereference: true })
      await test.importFrom(test.images)
      await test.draw({ seed: 1 })
      const samples = test.sampling.samplesOf(1)
      const pages = test.project.database.prepare('SELECT id, file FROM pages').all() as {
        readonly id: number
        readonly file: string
      }[]
      const bytesOf = new Map(
        pages.map(({ id, file }) => {
          return [
            id,
            createHash('sha256')
              .update(readFileSync(join(test.images, file)))
              .digest('hex'),
          ] as const
        }),
      )
      const placed = samples.map((sample): PlacedCrop => {
        const piece = [sample.style, sample.composer, sample.piece].join('/')
        return { ...sample, piece, bytes: bytesOf.get(sample.page) ?? '' }
      })
      const at = (index: number): PlacedCrop => placed[index] as PlacedCrop
      const areas: Record<string, number> = {}
      for (const by of ['crop', 'page', 'piece'] as const) {
        const split = splitSamples({ by, fraction: 0.2, seed: 1, samples })
        const report = test.sampling.leaksOf(1, split)
        areas[by] = report.sharedArea
        expect(report, by).toMatchObject(countAllPairs(split.validation.map(at), split.train.map(at)))
      }
      // Equal to nothing at all would prove little.
      expect(areas['crop']).toBeGreaterThan(0.2)
      expect(areas).toMatchObject({ page: 0, piece: 0 })
    },
  )
})
