/** Whole pages as the model's input, and pieces that are kept. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseArchitectureSpec } from '@shared/domain/architecture'
import { reduceByArea } from '@shared/domain/reduction'
import type { RunPlan } from '@shared/domain/run'
import { ModelGeometry } from '../../src/main/core/exploration/model-geometry'
import {
  activateOnPage,
  activateOnPiece,
  type ChannelOnPages,
  KeptPieces,
} from '../../src/main/core/exploration/page-activation'
import { pageInput } from '../../src/main/core/exploration/page-input'

const greyPage = (width: number, height: number) => ({
  width,
  height,
  pixels: Uint8Array.from({ length: width * height }, (_, at) => (at * 7919 + (at >> 5) * 31) % 256),
})

describe('a page as input', () => {
  it.each([
    [1, 0, 0],
    [2, 0, 0],
    [4, 20, 12],
    [2, 5, 7],
    [3, 4, 5],
  ])('reduced by %i and aligned to (%i, %i) holds the bytes of the crop there', (factor, x, y) => {
    const page = greyPage(101, 67)
    const side = 12 * factor
    const crop = new Uint8Array(side * side)
    for (let row = 0; row < side; row += 1)
      crop.set(page.pixels.subarray((y + row) * 101 + x, (y + row) * 101 + x + side), row * side)
    const reduced = reduceByArea(crop, { cropSize: side, inputSize: 12 })
    const input = pageInput(page, { factor, period: 4 * factor, alignTo: { x, y } })
    const [left, top] = [(x - input.offsetX) / factor, (y - input.offsetY) / factor]
    expect([left % 4, top % 4]).toEqual([0, 0])
    for (let row = 0; row < 12; row += 1) {
      const start = (top + row) * input.width + left
      expect([...input.pixels.subarray(start, start + 12)]).toEqual([
        ...reduced.subarray(row * 12, (row + 1) * 12),
      ])
    }
  })

  it('sees white paper where a square reaches over the page’s edge', () => {
    const black = { width: 3, height: 3, pixels: new Uint8Array(9) }
    const input = pageInput(black, { factor: 2, period: 4, alignTo: { x: 1, y: 0 } })
    expect(input).toMatchObject({ width: 3, height: 2, offsetX: -3, offsetY: 0 })
    expect([...input.pixels]).toEqual([255, 128, 0, 255, 191, 128])
  })
})

describe('a channel over a piece', () => {
  let folder: string
  let asked: number
  let stopAfter: number
  const plan = {
    run: 'abcdefgh',
    sampleSet: { size: 16 },
    architecture: { blocks: parseArchitectureSpec('1x2@3'), inputSize: 8, dropout: 0, head: null },
  } as unknown as RunPlan
  const pages = [1, 2, 3].map((id) => ({ id, page: id, file: `${id}.png`, sha256: `sha-${id}` }))

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scorescope-pieces-'))
    asked = 0
    stopAfter = Infinity
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  const channel = (shown = pages): ChannelOnPages => {
    const model = new ModelGeometry(plan)
    return {
      model,
      reference: { plan, runFolder: folder, sampleFile: '' },
      layer: model.layer('encoder-1-1'),
      channel: 1,
      signal: new AbortController().signal,
      pages: {
        decodePage: () => Promise.resolve(greyPage(8, 4)),
        pagesOf: () => Promise.resolve(shown),
      },
      ask: () => {
        asked += 1
        if (asked > stopAfter) return Promise.reject(new Error('stopped'))
        return Promise.resolve({ width: 4, height: 2, map: Float32Array.of(0, 1, 2, 3, 0, 0, 0, 2) }) as never
      },
    }
  }
  const kept = (weights: string | null = 'w') => new KeptPieces(() => weights)

  it('has mean, density, maximum and a ribbon for each page', async () => {
    const { pages: found } = await activateOnPiece(channel(), 5, kept())
    expect(found).toHaveLength(3)
    expect(found[0]).toEqual({
      page: 1,
      pageNumber: 1,
      file: '1.png',
      mean: 1,
      density: 0.5,
      maximum: 3,
      ribbon: [0, 0.5, 1, 2.5],
    })
  })

  it('is not measured again, and goes on where it was stopped', async () => {
    stopAfter = 2
    await expect(activateOnPiece(channel(), 5, kept())).rejects.toThrow('stopped')
    stopAfter = Infinity
    asked = 0
    const whole = await activateOnPiece(channel(), 5, kept())
    expect(asked).toBe(1)
    expect(await activateOnPiece(channel(), 5, kept())).toEqual(whole)
    expect(asked).toBe(1)
  })

  it('is measured again for other weights, for pages with other bytes, and when what was kept is damaged', async () => {
    await activateOnPiece(channel(), 5, kept())
    await activateOnPiece(channel(), 5, kept('other weights'))
    expect(asked).toBe(6)
    await activateOnPiece(
      channel(pages.map((page) => ({ ...page, sha256: page.id === 2 ? 'changed' : page.sha256 }))),
      5,
      kept('other weights'),
    )
    expect(asked).toBe(7)
    writeFileSync(join(folder, 'features', 'pieces', 'encoder-1-1-1-5.json'), '{')
    await activateOnPiece(channel(), 5, kept('other weights'))
    expect(asked).toBe(10)
  })

  it('is not kept while the run has no final weights', async () => {
    await activateOnPiece(channel(), 5, kept(null))
    await activateOnPiece(channel(), 5, kept(null))
    expect(asked).toBe(6)
  })

  it('on one page says which page pixels its units are', async () => {
    const found = await activateOnPage(channel(), 2, { x: 3, y: 0 })
    expect(found).toMatchObject({
      page: 2,
      pixelsPerUnit: 2,
      offsetX: -1,
      offsetY: 0,
      pageWidth: 8,
      maximum: 3,
    })
    expect(found.seen).toEqual({ x: -3, y: -2, size: 6 })
  })
})
