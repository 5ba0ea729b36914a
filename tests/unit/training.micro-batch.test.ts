import { describe, expect, it } from 'vitest'
import { architectureFrom, PRESETS } from '@shared/domain/presets'
import {
  bytesPerSample,
  chooseMicroBatch,
  expectedMemoryBytes,
  microBatchWarning,
} from '../../src/main/core/training/micro-batch'

const study = architectureFrom({ ...PRESETS.study, head: null })
const quick = architectureFrom({ ...PRESETS.quick, head: null })
const choose = (freeBytes: number) => chooseMicroBatch(study, { most: 8, freeBytes })

describe('the automatic micro-batch', () => {
  it('expects the memory that was measured for the study’s model', () => {
    expect(bytesPerSample(study) / 1e9).toBeCloseTo(0.41, 2)
    expect(expectedMemoryBytes(study, 8) / 1e9).toBeCloseTo(3.9, 1)
    expect(expectedMemoryBytes(study, 8)).toBeLessThan(6e9)
    expect(bytesPerSample(quick)).toBeLessThan(0.05 * bytesPerSample(study))
  })

  it('is the preset’s where memory allows, with nothing to remark', () => {
    expect(choose(24e9)).toEqual({ microBatch: 8, remark: null, warning: null })
    expect(chooseMicroBatch(quick, { most: 8, freeBytes: 2e9 })).toMatchObject({ microBatch: 8 })
  })

  it('is the largest that fits, and says why it is smaller', () => {
    const { microBatch, remark, warning } = choose(3e9)
    expect(expectedMemoryBytes(study, microBatch)).toBeLessThanOrEqual(0.9 * 3e9)
    expect(expectedMemoryBytes(study, microBatch + 1)).toBeGreaterThan(0.9 * 3e9)
    expect(remark).toBe(
      `Samples go through the model ${microBatch} at a time instead of 8, since 3.0 GB of memory were free; batch statistics are over ${microBatch}.`,
    )
    expect(warning).toBeNull()
  })

  it('is 1 where not even that is expected to fit, with a warning and no refusal', () => {
    for (const freeBytes of [0, 0.3e9, 1e9]) {
      const { microBatch, warning } = choose(freeBytes)
      expect(microBatch).toBe(1)
      expect(warning).toMatch(/^Even with one sample at a time this training needs about 1\.0 GB of memory/)
    }
  })

  it('that was chosen is taken, with a warning where it is not expected to fit', () => {
    const warn = (microBatch: number) => microBatchWarning(study, { microBatch, freeBytes: 8e9 })
    expect(warn(8)).toBeNull()
    expect(warn(64)).toMatch(
      /^Micro-batches of 64 need about 26\.\d GB of memory and 8\.0 GB are free: 16 at a time fit;/,
    )
  })

  it('never grows when less memory is free', () => {
    const sizes = Array.from({ length: 40 }, (_, step) => choose(step * 0.15e9).microBatch)
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
    expect(new Set(sizes).size).toBe(8)
  })
})
