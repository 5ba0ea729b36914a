import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reduceByArea } from '@shared/domain/reduction'
import { Cancelled } from '@shared/errors'
import { measureBaselines } from '../../src/main/core/statistics/baselines'

const never = new AbortController().signal

/** Crops in memory, read as a sample store would give them. */
function cropsOf(samples: number, cropSize: number, pixel: (at: number) => number) {
  const all = Uint8Array.from({ length: samples * cropSize ** 2 }, (_, at) => pixel(at))
  return (indices: readonly number[]): Uint8Array => {
    const bytes = new Uint8Array(indices.length * cropSize ** 2)
    indices.forEach((index, slot) => {
      bytes.set(all.subarray(index * cropSize ** 2, (index + 1) * cropSize ** 2), slot * cropSize ** 2)
    })
    return bytes
  }
}

/** The definition, pixel by pixel: paint every crop, subtract, square, average. */
function paintedError(
  pixels: Uint8Array,
  side: number,
  paint: (crop: Uint8Array, x: number, y: number) => number,
) {
  let error = 0
  for (let start = 0; start < pixels.length; start += side ** 2) {
    const crop = pixels.subarray(start, start + side ** 2)
    for (let y = 0; y < side; y += 1)
      for (let x = 0; x < side; x += 1)
        error += (((crop[y * side + x] ?? NaN) - paint(crop, x, y)) / 255) ** 2
  }
  return error / pixels.length
}

function blockMean(side: number, block: number) {
  return (crop: Uint8Array, x: number, y: number): number => {
    const [left, top] = [x - (x % block), y - (y % block)]
    const seen: number[] = []
    for (let v = top; v < Math.min(side, top + block); v += 1)
      for (let u = left; u < Math.min(side, left + block); u += 1) seen.push(crop[v * side + u] ?? NaN)
    return seen.reduce((sum, value) => sum + value, 0) / seen.length
  }
}

describe('baselines', () => {
  it('equal the errors of painted pictures, whatever the sizes, the split and the pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 0, max: 10_000 }),
        async (factor, inputSize, samples, seed) => {
          const cropSize = factor * inputSize
          const read = cropsOf(samples, cropSize, (at) => ((at + seed) * 2654435761) >>> 11)
          const indices = Array.from({ length: samples }, (_, index) => index)
          const held = 1 + (seed % (samples - 1))
          const [validation, train] = [indices.slice(0, held), indices.slice(held)]
          const found = await measureBaselines({ read, cropSize, inputSize, train, validation }, never)

          const seen = reduceByArea(read(validation), { cropSize, inputSize })
          const training = reduceByArea(read(train), { cropSize, inputSize })
          const grey = training.reduce((sum, pixel) => sum + pixel, 0) / training.length
          expect(found.constant).toBeCloseTo(
            paintedError(seen, inputSize, () => grey),
            12,
          )
          for (const [name, block] of [
            ['block8', 8],
            ['block4', 4],
            ['block2', 2],
          ] as const)
            expect(found[name]).toBeCloseTo(paintedError(seen, inputSize, blockMean(inputSize, block)), 12)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('are exact for a chequerboard: every block mean is the same grey, and so is the constant', async () => {
    const read = cropsOf(4, 16, (at) => (((at % 16) + Math.floor(at / 16)) % 2 === 0 ? 255 : 0))
    const found = await measureBaselines(
      { read, cropSize: 16, inputSize: 16, train: [0, 1], validation: [2, 3] },
      never,
    )
    expect(found).toEqual({ constant: 0.25, block8: 0.25, block4: 0.25, block2: 0.25 })
  })

  it('never grow as blocks shrink', async () => {
    const read = cropsOf(3, 24, (at) => (at * 7919) % 256)
    const found = await measureBaselines(
      { read, cropSize: 24, inputSize: 24, train: [0], validation: [1, 2] },
      never,
    )
    expect(found.block8).toBeLessThanOrEqual(found.constant)
    expect(found.block4).toBeLessThanOrEqual(found.block8)
    expect(found.block2).toBeLessThanOrEqual(found.block4)
  })

  it('stop when cancelled', async () => {
    const read = cropsOf(2, 8, () => 1)
    const cancelled = AbortSignal.abort()
    await expect(
      measureBaselines({ read, cropSize: 8, inputSize: 8, train: [0], validation: [1] }, cancelled),
    ).rejects.toThrow(Cancelled)
  })
})
