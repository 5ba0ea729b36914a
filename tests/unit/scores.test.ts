import { describe, expect, it } from 'vitest'
import { measureBaselines } from '../../src/main/core/statistics'
import { ClusterBootstrap } from '../../src/main/numerics/bootstrap'
import type { ByteMatrix } from '../../src/main/numerics/byte-products'
import { classificationScores, type LabelledCrop } from '../../src/main/core/statistics/classification-scores'
import {
  blockPainter,
  constantPainter,
  type Painter,
  pcaCrops,
  pcaPainter,
} from '../../src/main/core/statistics/painters'
import { ScoreSheet, scoredCrop } from '../../src/main/core/statistics/score-sheet'
import { staves } from '../support/reference-numbers'

const pause = (): Promise<void> => Promise.resolve()
const SIDE = 18
const crops = [1, 2, 3, 4, 5].map((seed) => staves(seed, SIDE))
const matrix = (some: readonly Uint8Array[]): ByteMatrix => {
  return { rows: some.length, length: SIDE ** 2, bytes: Uint8Array.from(some.flatMap((crop) => [...crop])) }
}

async function sheetOf(painter: Painter, some: readonly Uint8Array[], side = SIDE): Promise<ScoreSheet> {
  const painted = await painter.paint(
    { rows: some.length, length: side ** 2, bytes: matrixBytes(some) },
    pause,
  )
  const sheet = new ScoreSheet(some.length, side)
  for (const [place, crop] of some.entries())
    sheet.score(place, scoredCrop(crop, side), painted.subarray(place * side ** 2, (place + 1) * side ** 2))
  return sheet
}
const matrixBytes = (some: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(some.flatMap((crop) => [...crop]))
const each = new ClusterBootstrap(['a', 'b', 'c'], { seed: 1 })

describe('scores of painted crops', () => {
  it('are the baselines that training records', async () => {
    const read = (indices: readonly number[]) =>
      matrixBytes(indices.map((index) => crops[index] ?? new Uint8Array()))
    const [train, validation] = [
      [0, 1],
      [2, 3, 4],
    ] as const
    const signal = new AbortController().signal
    const known = await measureBaselines({ read, cropSize: SIDE, inputSize: SIDE, train, validation }, signal)
    const held = crops.slice(2)
    const grey = [...matrixBytes(crops.slice(0, 2))].reduce((sum, byte) => sum + byte, 0) / (2 * SIDE ** 2)
    const mseOf = async (painter: Painter) => each.ratio((await sheetOf(painter, held)).mse)?.value
    expect(await mseOf(constantPainter(grey))).toBeCloseTo(known.constant, 7)
    expect(await mseOf(blockPainter(2, SIDE))).toBeCloseTo(known.block2, 7)
    expect(await mseOf(blockPainter(4, SIDE))).toBeCloseTo(known.block4, 7)
    expect(await mseOf(blockPainter(8, SIDE))).toBeCloseTo(known.block8, 7)
  })

  it('weigh each pixel’s error by how dark the original is', () => {
    // One black pixel missed and one white pixel painted black: only the first is ink.
    const original = new Uint8Array(144).fill(255)
    original[7] = 0
    const painted = new Float32Array(144).fill(1)
    painted[100] = 0
    const sheet = new ScoreSheet(2, 12)
    sheet.score(0, scoredCrop(original, 12), painted)
    sheet.score(1, scoredCrop(new Uint8Array(144).fill(255), 12), painted)
    const two = new ClusterBootstrap(['a', 'b'], { seed: 1 })
    expect(two.ratio(sheet.inkMse)?.value).toBe(1)
    expect(two.ratio(sheet.mse)?.value).toBeCloseTo(3 / 288, 12)
    expect(sheet.perCrop([4, 9])).toMatchObject({
      indices: [4, 9],
      mse: [2 / 144, 1 / 144],
      inkMse: [1, null],
    })
  })

  it('have no SSIM where crops are smaller than its window, and no ink error without ink', async () => {
    const sheet = await sheetOf(constantPainter(9), [new Uint8Array(64).fill(255)], 8)
    expect(sheet.ssim).toBeNull()
    expect(sheet.perCrop([0]).ssim).toBeNull()
    expect(new ClusterBootstrap(['a'], { seed: 1 }).ratio(sheet.inkMse)).toBeNull()
  })
})

describe('the PCA baseline', () => {
  it('has the model’s code size where the crops allow, and says what it was fitted on', async () => {
    const painter = await pcaPainter(matrix(crops), { codeNumbers: 2, available: 5 }, pause)
    expect(painter).toMatchObject({
      name: 'PCA, 2 components',
      codeNumbers: 2,
      remark: 'Fitted on the 5 training crops.',
    })
  })

  it('says in words that it is held back by too few crops', async () => {
    const painter = await pcaPainter(matrix(crops), { codeNumbers: 100, available: 70 }, pause)
    expect(painter.codeNumbers).toBe(4)
    expect(painter.remark).toBe(
      '5 crops have at most 4 components, so its code is 4 numbers where the model’s is 100: it is at a disadvantage. Fitted on 5 of the 70 training crops.',
    )
  })

  it('takes as many crops as can be afforded', () => {
    expect(pcaCrops(800, 112 ** 2)).toBe(800)
    expect(pcaCrops(16_000, 112 ** 2)).toBe(1000)
    expect(pcaCrops(16_000, 448 ** 2)).toBe(705)
  })
})

describe('classification scores', () => {
  const labelled = (truth: number, predicted: number, page: number, index: number): LabelledCrop => {
    return { index, truth, predicted, page, piece: `p${page}` }
  }
  const scores = classificationScores({
    field: 'style',
    classes: ['a', 'b', 'c'],
    crops: [
      labelled(0, 0, 1, 10),
      labelled(0, 0, 1, 11),
      labelled(0, 1, 1, 12),
      labelled(1, 2, 2, 13),
      labelled(1, 1, 2, 14),
      labelled(2, 1, 3, 15),
    ],
    trainLabels: [1, 1, 0, -1, -1, -1],
    seed: 1,
  })

  it('count each crop in its cell, with its index', () => {
    expect(scores.confusion).toEqual([
      [2, 1, 0],
      [0, 1, 1],
      [0, 1, 0],
    ])
    expect(scores.cells).toEqual([
      { truth: 0, predicted: 0, indices: [10, 11] },
      { truth: 0, predicted: 1, indices: [12] },
      { truth: 1, predicted: 1, indices: [14] },
      { truth: 1, predicted: 2, indices: [13] },
      { truth: 2, predicted: 1, indices: [15] },
    ])
  })

  it('have chance and the class that training knows best beside the accuracy', () => {
    expect(scores.accuracy.value).toBe(0.5)
    expect(scores.chance).toBe(1 / 3)
    expect(scores.majority).toMatchObject({ class: 1, accuracy: { value: 1 / 3 } })
    expect(scores.accuracy.low).toBeGreaterThanOrEqual(0)
    expect(scores.accuracy.high).toBeLessThanOrEqual(1)
  })

  it('let the crops of a page vote; a tie goes to the first class', () => {
    expect(scores.pageVotes).toEqual([
      { page: 1, truth: 0, predicted: 0, crops: 3, votes: 2 },
      { page: 2, truth: 1, predicted: 1, crops: 2, votes: 1 },
      { page: 3, truth: 2, predicted: 1, crops: 1, votes: 1 },
    ])
    expect(scores.pageAccuracy.value).toBeCloseTo(2 / 3, 12)
  })

  it('have no majority where nothing was trained on', () => {
    const none = classificationScores({
      field: 'composer',
      classes: ['a'],
      crops: [labelled(0, 0, 1, 0)],
      trainLabels: [],
      seed: 1,
    })
    expect(none).toMatchObject({ majority: null, accuracy: { value: 1, low: null, high: null } })
  })
})
