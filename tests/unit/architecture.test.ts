import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Architecture,
  codeWidth,
  type ConvolutionBlock,
  describeArchitecture,
  describeCapacity,
  formatArchitectureSpec,
  parseArchitectureSpec,
  receptiveFieldInCrop,
  reductionFactor,
  withCodeWidth,
} from '@shared/domain/architecture'
import { modelParameters } from '@shared/domain/model-parameters'
import { architectureFrom, presetInputSize, PRESETS } from '@shared/domain/presets'

const study = architectureFrom({ ...PRESETS.study, head: null })
const blocks = fc.array(
  fc.record({
    convolutions: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 64 }),
    kernel: fc.integer({ min: 1, max: 7 }),
  }),
  { minLength: 1, maxLength: 3 },
)

describe('a model specification', () => {
  it('reads the study and writes it back', () => {
    expect(parseArchitectureSpec(PRESETS.study.spec)).toEqual([
      { convolutions: 3, filters: 16, kernel: 5 },
      { convolutions: 3, filters: 32, kernel: 3 },
      { convolutions: 3, filters: 64, kernel: 3 },
    ])
    expect(formatArchitectureSpec(study.blocks)).toBe('3x16@5,3x32@3,3x64@3')
  })

  it('reads back whatever it writes', () => {
    fc.assert(
      fc.property(blocks, (some) => {
        expect(parseArchitectureSpec(formatArchitectureSpec(some))).toEqual(some)
      }),
    )
  })

  it.each([
    '',
    '3x16',
    '3x16@5,',
    'x16@5',
    '0x16@5',
    '3x0@5',
    '3x16@0',
    '3x16@5;3x32@3',
    '3x-16@5',
    '99x16@5',
    '3x16@5>0',
    '3x16@5>17',
    '3x16@5>',
    '3x16@5>-1',
    '3x16@5>8,3x32@3',
    '3x16@5>16,3x32@3',
  ])('refuses %j in a sentence that shows how to write one', (spec) => {
    expect(() => parseArchitectureSpec(spec)).toThrow(/write blocks such as 3x16@5,3x32@3/)
  })

  it('reads and writes a bottleneck narrower than its block', () => {
    const spec = '3x16@5,3x32@3,3x64@3>8'
    const narrowed = parseArchitectureSpec(spec)
    expect(narrowed.at(-1)).toEqual({ convolutions: 3, filters: 64, kernel: 3, code: 8 })
    expect(formatArchitectureSpec(narrowed)).toBe(spec)
    expect(parseArchitectureSpec(' 3x16@5, 3x64@3 > 8 ').at(-1)?.code).toBe(8)
    expect(formatArchitectureSpec(parseArchitectureSpec('3x16@5,3x64@3>64'))).toBe('3x16@5,3x64@3')
  })

  it('is widened and narrowed at the bottleneck, within what the last block has', () => {
    expect(codeWidth(study.blocks)).toBe(64)
    const narrow = withCodeWidth(study.blocks, 1)
    expect([codeWidth(narrow), formatArchitectureSpec(narrow)]).toEqual([1, '3x16@5,3x32@3,3x64@3>1'])
    expect(withCodeWidth(narrow, 64)).toEqual(study.blocks)
    expect(() => withCodeWidth(study.blocks, 65)).toThrow(/cannot have 65 channels in its bottleneck/)
    expect(() => withCodeWidth(study.blocks, 0)).toThrow(/cannot have 0 channels/)
  })

  it('refuses an input that cannot be halved once per block, and names the divisor', () => {
    expect(() => describeArchitecture({ ...study, inputSize: 100 })).toThrow(/choose a multiple of 8/)
    expect(() => describeArchitecture({ ...study, inputSize: 0 })).toThrow(/choose a multiple of 8/)
  })

  it('refuses an input that is no whole fraction of the crop', () => {
    expect(reductionFactor(448, 112)).toBe(4)
    expect(() => reductionFactor(448, 100)).toThrow(/choose a size that divides 448/)
  })
})

describe('the study, described', () => {
  const description = describeArchitecture(study)

  it('has the layers of the study, in order', () => {
    expect(description.layers.map((layer) => layer.name)).toEqual(
      'encoder-1-1 encoder-1-2 encoder-1-3 encoder-2-1 encoder-2-2 encoder-2-3 encoder-3-1 encoder-3-2 encoder-3-3 bottleneck decoder-3-1 decoder-3-2 decoder-3-3 decoder-2-1 decoder-2-2 decoder-2-3 decoder-1-1 decoder-1-2 decoder-1-3 output'.split(
        ' ',
      ),
    )
    expect(description.bottleneck).toEqual({ height: 56, width: 56, channels: 64, numbers: 448 * 448 })
    expect(describeCapacity(study)).toBe('56×56×64 numbers for 448×448 pixels: no compression')
  })

  it('has the parameters and the arithmetic that were counted by hand', () => {
    // Encoder 25·(1+16+16)·16 + 9·(16+32+32)·32 + 9·(32+64+64)·64, decoder 9·3·64·64 + 9·(64+32+32)·32 + 25·(32+16+16)·16,
    // output 9·16 + 1, and scale and offset for 2·3·(16+32+64) channels.
    const encoder = 13200 + 23040 + 92160
    const decoder = 110592 + 36864 + 25600
    expect(description.parameters).toBe(encoder + decoder + 145 + 2 * 2 * 3 * (16 + 32 + 64))
    expect(description.multiplyAccumulates / 1e9).toBeCloseTo(13.4, 0)
  })

  it('has the receptive fields of its encoder', () => {
    const field = (name: string) => description.layers.find((layer) => layer.name === name)?.receptiveField
    expect(field('encoder-1-1')).toEqual({ size: 5, stride: 1, offset: -2 })
    expect(field('encoder-1-3')).toEqual({ size: 13, stride: 1, offset: -6 })
    expect(field('encoder-2-1')).toEqual({ size: 18, stride: 2, offset: -8 })
    expect(field('bottleneck')).toEqual({ size: 13 + 1 + 12 + 2 + 24 + 4, stride: 8, offset: -6 - 6 - 12 })
  })
})

describe('a narrowed study, described', () => {
  const narrow = { ...study, blocks: withCodeWidth(study.blocks, 8) }
  const [whole, description] = [describeArchitecture(study), describeArchitecture(narrow)]

  it('differs in the last encoder convolution, the bottleneck and the first decoder convolution only', () => {
    const layer = (name: string) => description.layers.find((known) => known.name === name)
    expect(layer('encoder-3-3')).toMatchObject({
      inputChannels: 64,
      channels: 8,
      parameters: 9 * 64 * 8 + 16,
    })
    expect(layer('bottleneck')).toMatchObject({ channels: 8 })
    expect(layer('decoder-3-1')).toMatchObject({ inputChannels: 8, channels: 64 })
    const changed = description.layers.filter((known, index) => {
      const before = whole.layers[index]
      return before?.channels !== known.channels || before.inputChannels !== known.inputChannels
    })
    expect(changed.map(({ name }) => name)).toEqual(['encoder-3-3', 'bottleneck', 'decoder-3-1'])
    expect(modelParameters(narrow).map(({ name }) => name)).toEqual(
      modelParameters(study).map(({ name }) => name),
    )
  })

  it('counts what is left of parameters, arithmetic and capacity', () => {
    expect(whole.parameters - description.parameters).toBe(2 * 9 * 64 * 56 + 2 * 56)
    const lost = 9 * 64 * 56 * (112 ** 2 + 112 ** 2)
    expect(whole.multiplyAccumulates - description.multiplyAccumulates).toBe(lost)
    expect(description.bottleneck).toEqual({ height: 56, width: 56, channels: 8, numbers: 56 * 56 * 8 })
    expect(describeCapacity(narrow)).toBe('56×56×8 numbers for 448×448 pixels: compressed 8 times')
  })

  it('narrows a block of one convolution, too', () => {
    const one = describeArchitecture({ ...study, blocks: parseArchitectureSpec('1x4@3>2') })
    expect(one.layers.map(({ name, inputChannels, channels }) => [name, inputChannels, channels])).toEqual([
      ['encoder-1-1', 1, 2],
      ['bottleneck', 2, 2],
      ['decoder-1-1', 2, 4],
      ['output', 4, 1],
    ])
  })
})

/** Which input pixels change a unit when everything else stays: found by pushing indices forward, one by one. */
function reachedBy(architecture: Architecture, layerName: string): Map<number, Set<number>> {
  let units: Set<number>[] = Array.from({ length: architecture.inputSize }, (_, pixel) => new Set([pixel]))
  const convolve = (kernel: number): void => {
    const before = Math.floor((kernel - 1) / 2)
    units = units.map((_, unit) => {
      const seen = new Set<number>()
      for (let tap = 0; tap < kernel; tap += 1)
        for (const pixel of units[unit - before + tap] ?? []) seen.add(pixel)
      return seen
    })
  }
  const pool = (): void => {
    units = units.flatMap((set, unit) =>
      unit % 2 === 0 ? [new Set([...set, ...(units[unit + 1] ?? [])])] : [],
    )
  }
  const reached = (): Map<number, Set<number>> => new Map(units.entries())
  const run = (part: string, index: number, block: ConvolutionBlock): boolean => {
    for (let layer = 1; layer <= block.convolutions; layer += 1) {
      convolve(block.kernel)
      if (layerName === `${part}-${index + 1}-${layer}`) return true
    }
    return false
  }
  for (const [index, block] of architecture.blocks.entries()) {
    if (run('encoder', index, block)) return reached()
    pool()
  }
  if (layerName === 'bottleneck') return reached()
  for (const [index, block] of [...architecture.blocks.entries()].reverse()) {
    units = units.flatMap((set) => [set, set])
    if (run('decoder', index, block)) return reached()
  }
  convolve(3)
  return reached()
}

describe('a receptive field', () => {
  it('is the smallest window that holds what every inner unit sees, for any model', () => {
    fc.assert(
      fc.property(blocks, (some) => {
        const architecture = { blocks: some, inputSize: 256, dropout: 0, head: null }
        for (const layer of describeArchitecture(architecture).layers) {
          const { size, stride, offset } = layer.receptiveField
          const inner = [...reachedBy(architecture, layer.name)].filter(([unit]) => {
            const start = unit * stride + offset
            return start >= 8 && start + size <= architecture.inputSize - 8
          })
          const starts = inner.map(([unit, seen]) => Math.min(...seen) - unit * stride)
          const ends = inner.map(([unit, seen]) => Math.max(...seen) - unit * stride)
          if (inner.length < 8) continue
          expect(Math.min(...starts), layer.name).toBe(offset)
          expect(Math.max(...ends) - offset + 1, layer.name).toBe(size)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is measured in pixels of the crop, reduced or not', () => {
    const field = { size: 10, stride: 2, offset: -4 }
    expect(receptiveFieldInCrop(field, { row: 3, column: 5 }, 1)).toEqual({ x: 6, y: 2, size: 10 })
    expect(receptiveFieldInCrop(field, { row: 3, column: 5 }, 4)).toEqual({ x: 24, y: 8, size: 40 })
  })
})

describe('the presets', () => {
  it('are models that fit their own input', () => {
    for (const preset of Object.values(PRESETS)) {
      expect(() => describeArchitecture(architectureFrom({ ...preset, head: null }))).not.toThrow()
    }
  })

  it('find an input for crops of any size', () => {
    expect(presetInputSize('study', 448)).toBe(448)
    expect(448 % presetInputSize('quick', 448)).toBe(0)
    expect(presetInputSize('quick', 64)).toBe(64)
    expect(presetInputSize('quick', 900) % 2 ** parseArchitectureSpec(PRESETS.quick.spec).length).toBe(0)
    expect(900 % presetInputSize('quick', 900)).toBe(0)
  })
})
