import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reduceByArea } from '@shared/domain/reduction'

describe('reduction by area', () => {
  it('is the mean of each square, rounded half up, for crops stacked in any number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer(),
        (factor, inputSize, samples, seed) => {
          const cropSize = factor * inputSize
          const pixels = Uint8Array.from(
            { length: samples * cropSize ** 2 },
            (_, i) => (i * 2654435761 + seed * 97) >>> 13,
          )
          const reduced = reduceByArea(pixels, { cropSize, inputSize })
          expect(reduced).toHaveLength(samples * inputSize ** 2)
          for (let at = 0; at < reduced.length; at += 1) {
            const [x, y, sample] = [
              at % inputSize,
              Math.floor(at / inputSize) % inputSize,
              Math.floor(at / inputSize ** 2),
            ]
            let sum = 0
            for (let dy = 0; dy < factor; dy += 1)
              for (let dx = 0; dx < factor; dx += 1)
                sum += pixels[(sample * cropSize + y * factor + dy) * cropSize + x * factor + dx] ?? NaN
            expect(reduced[at]).toBe(Math.floor(sum / factor ** 2 + 0.5))
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  it('leaves crops of the input size as they are, and refuses sizes that do not divide', () => {
    const pixels = new Uint8Array(16)
    expect(reduceByArea(pixels, { cropSize: 4, inputSize: 4 })).toBe(pixels)
    expect(() => reduceByArea(pixels, { cropSize: 4, inputSize: 3 })).toThrow(/choose a size that divides 4/)
  })
})
