import { describe, expect, it } from 'vitest'
import { SsimReference } from '../../src/main/numerics/ssim'
import { numbers, references, staves, unitGrey } from '../support/reference-numbers'

describe('structural similarity', () => {
  it.each(references.ssim)(
    'is scikit-image’s at $side × $side',
    ({ side, seed, other, noisy, inverted, white }) => {
      const original = staves(seed, side)
      const noise = numbers(other + 100, side * side)
      const reference = new SsimReference(unitGrey(original), side)
      const mixed = original.map((grey, at) => Math.floor((3 * grey + (noise[at] ?? 0)) / 4))
      expect(reference.compare(unitGrey(mixed))).toBeCloseTo(noisy, 6)
      expect(reference.compare(unitGrey(original.map((grey) => 255 - grey)))).toBeCloseTo(inverted, 6)
      expect(reference.compare(new Float32Array(side * side).fill(1))).toBeCloseTo(white, 6)
    },
  )

  it('is 1 for the same crop and below 1 for any other', () => {
    const original = unitGrey(staves(3, 20))
    const reference = new SsimReference(original, 20)
    expect(reference.compare(original)).toBeCloseTo(1, 12)
    const changed = original.slice()
    changed[210] = 0
    expect(reference.compare(changed)).toBeLessThan(1)
  })

  it('needs a crop as large as its window', () => {
    expect(() => new SsimReference(new Float32Array(100), 10)).toThrow(
      'SSIM needs crops of at least 11 pixels.',
    )
  })
})
