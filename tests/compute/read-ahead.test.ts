/** Samples read on another thread: the same bytes, whatever is asked for. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ReadAhead } from '../../src/main/compute/read-ahead'
import { openSamples } from '../../src/main/compute/samples'
import { bundle } from '../support/bundle'
import { tinyRuns } from './support/runs'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
let script = ''

beforeAll(async () => {
  // Within the checkout, so that packages are found.
  mkdirSync(join(root, '.cache'), { recursive: true })
  folder = mkdtempSync(join(root, '.cache', 'compute-test-'))
  script = await bundle(join(root, 'src', 'main', 'compute.ts'), folder)
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const tinyRun = tinyRuns()
const BATCHES = [[3], [4, 0, 19, 7], [7, 19, 0, 4], [], [5, 5], [1, 2, 3, 4]]

describe('reading ahead', () => {
  it.each([
    { what: 'as they are', inputSize: 32 },
    { what: 'reduced', inputSize: 16 },
  ])('gives samples $what, as reading when asked does', ({ inputSize }) => {
    const { sampleFile, plan } = tinyRun({ cropSize: 32, inputSize })
    const plain = openSamples(sampleFile, plan)
    const ahead = new ReadAhead(script, { file: sampleFile, inputSize, capacity: 4 })
    for (const indices of [...BATCHES, ...BATCHES]) {
      ahead.expect(indices)
      if (indices.length > 0) expect(ahead.take(indices)).toEqual(plain.pixels(indices))
    }
    ahead.close()
    plain.close()
  })

  it('leaves to others what was not expected, what is too much, and what cannot be read', () => {
    const { sampleFile: file } = tinyRun()
    const ahead = new ReadAhead(script, { file, inputSize: 32, capacity: 4 })
    expect(ahead.take([1])).toBeNull()
    ahead.expect([1, 2])
    expect(ahead.take([2, 1])).toBeNull()
    expect(ahead.take([1])).toBeNull()
    expect(ahead.take([1, 2])).toHaveLength(2 * 32 * 32)
    ahead.expect([0, 1, 2, 3, 4])
    expect(ahead.take([0, 1, 2, 3, 4])).toBeNull()
    ahead.expect([99])
    expect(ahead.take([99])).toBeNull()
    ahead.expect([3])
    expect(ahead.take([3])).toHaveLength(32 * 32)
    ahead.close()
    expect(ahead.take([3])).toBeNull()
  })

  it('says what is wrong with a sample where reading when asked would', () => {
    const { sampleFile, plan } = tinyRun()
    const samples = openSamples(sampleFile, plan, script)
    samples.expect([2])
    expect(samples.pixels([2])).toHaveLength(32 * 32)
    samples.expect([99])
    expect(() => samples.pixels([99])).toThrow(/There is no sample 99/)
    truncateSync(sampleFile, 30_000)
    samples.expect([18])
    expect(() => samples.pixels([18])).toThrow(/is damaged \(it ends too early\)/)
    samples.close()
  })
})
