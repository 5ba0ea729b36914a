import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { SymbolSheet } from '@shared/domain/symbols'
import { channelResponses, likingOf } from '../../src/main/core/symbols/responses'
import { drawSheet, planSheet } from '../../src/main/core/symbols/sheet'
import { SYMBOLS } from '../../src/main/engraving/symbols'
import { openSampleStore } from '../../src/main/storage/sample-store'

const folder = mkdtempSync(join(tmpdir(), 'scorescope-symbols-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const set = { id: 3, size: 128 }
const measured = { low: 6, median: 8, high: 8.1 }
const never = new AbortController().signal

function inkOf(pixels: Uint8Array): number {
  return pixels.reduce((sum, value) => sum + (255 - value), 0)
}

describe('the probe sheet', () => {
  it('has every symbol in every size and place, sizes as on the pages and none twice', () => {
    const sheet = planSheet(set, measured)
    expect(sheet).toMatchObject({ spaces: [6, 8], spacesMeasured: true, size: 128 })
    expect(sheet.pictures).toHaveLength(SYMBOLS.length * 2 * 4)
    expect(sheet.pictures.map(({ index }) => index)).toEqual(sheet.pictures.map((_, place) => place + 1))
    expect(new Set(sheet.symbols.map(({ id }) => id)).size).toBe(SYMBOLS.length)
    expect(planSheet(set, { low: null, median: null, high: null })).toMatchObject({ spacesMeasured: false })
  })

  it('draws blank paper first, then ink in every picture, larger symbols with more of it, the same bytes again', async () => {
    const sheet = planSheet(set, measured)
    const [first, second] = [join(folder, 'one.u8'), join(folder, 'two.u8')]
    await drawSheet(first, sheet, never)
    await drawSheet(second, sheet, never)
    const store = openSampleStore(first)
    const again = openSampleStore(second)
    try {
      expect(store.sha256).toBe(again.sha256)
      expect(inkOf(store.read([0]))).toBe(0)
      for (const { index } of sheet.pictures) expect(inkOf(store.read([index]))).toBeGreaterThan(500)
      const clef = sheet.symbols.findIndex(({ id }) => id === 'clef-g')
      const [small, large] = [0, 1].map((space) => {
        const picture = sheet.pictures.find((one) => one.symbol === clef && one.space === space)
        return inkOf(store.read([picture?.index ?? 0]))
      })
      expect(large).toBeGreaterThan((small ?? 0) * 1.3)
    } finally {
      store.close()
      again.close()
    }
  })

  it('leaves nothing behind when it is cancelled', async () => {
    const cancelled = AbortSignal.abort()
    const path = join(folder, 'cancelled.u8')
    await expect(drawSheet(path, planSheet(set, measured), cancelled)).rejects.toThrow()
    expect(() => openSampleStore(path)).toThrow()
  })
})

describe('what a channel likes', () => {
  const sheet: SymbolSheet = {
    sampleSet: 1,
    size: 8,
    spaces: [1, 2],
    spacesMeasured: true,
    symbols: [
      { id: 'stem', name: 'stem', group: 'stem' },
      { id: 'beam', name: 'beam', group: 'beam' },
      { id: 'beams', name: 'two beams', group: 'beam' },
    ],
    pictures: [0, 1, 2].flatMap((symbol) =>
      [0, 1].flatMap((space) =>
        [0, 1].map((shift) => ({
          index: symbol * 4 + space * 2 + shift + 1,
          symbol,
          space,
          shiftX: shift,
          shiftY: 0,
        })),
      ),
    ),
  }
  const placed = { layer: { name: 'bottleneck', height: 2, width: 2 }, channel: 0, column: 0 }
  const tablesOf = (means: readonly number[], ink: readonly number[] = means.map(() => 1)) => ({
    sheet,
    tables: { channels: 1, means: Float32Array.from(means), maxima: Float32Array.from(means), ink },
  })

  it('is the activation that a symbol adds to blank paper, summed over the map, over sizes and places', () => {
    const found = channelResponses('r', placed, tablesOf([1, 1, 1, 1, 1, 3, 5, 6, 8, 2, 2, 2, 2]))
    expect(found.blank).toBe(1)
    const [beam, beams, stem] = found.responses
    expect(beam).toMatchObject({ symbol: { id: 'beam' }, response: 18, bySpace: [12, 24], relative: 1 })
    expect(beam?.shiftDeviation).toBe(4)
    expect(beam?.picture).toBe(8)
    expect(beams).toMatchObject({ symbol: { id: 'beams' }, response: 4, shiftDeviation: 0 })
    expect(stem).toMatchObject({ response: 0, relative: 0 })
    expect(found.sentence).toBe('It answers most to: beam.')
    expect(likingOf(found)).toMatchObject({ symbol: { id: 'beam' }, selectivity: 1 })
  })

  it('is counted per black pixel, so that what is large is not liked for its size', () => {
    const means = [0, 2, 2, 2, 2, 3, 3, 3, 3, 0, 0, 0, 0]
    const ink = [0, 4, 4, 4, 4, 12, 12, 12, 12, 9, 9, 9, 9]
    const [stem, beam] = channelResponses('r', placed, tablesOf(means, ink)).responses
    expect(stem).toMatchObject({ symbol: { id: 'stem' }, response: 2, total: 8 })
    expect(beam).toMatchObject({ symbol: { id: 'beam' }, response: 1, total: 12 })
  })

  it('says so when ink silences a channel, and when nothing moves it', () => {
    const silenced = channelResponses('r', placed, tablesOf([5, 4, 4, 4, 4, 1, 1, 1, 1, 3, 3, 3, 3]))
    expect(silenced.sentence).toContain('falls silent where there is ink, most at: beam')
    expect(likingOf(silenced).symbol).toBeNull()
    const unmoved = channelResponses('r', placed, tablesOf(Array.from({ length: 13 }, () => 2)))
    expect(unmoved.sentence).toBe('It answers to none of these symbols.')
  })
})
