/** Checkpoints: whole or refused, whichever byte is damaged. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CheckpointFolder } from '../../src/main/compute/checkpoint'
import { initialValues, trainingParameters } from '../../src/main/compute/parameters'
import { type Progress, START } from '../../src/main/compute/progress'
import { tinyPlan } from './support/tiny-run'

const parameters = trainingParameters(tinyPlan().architecture)
const values = initialValues(parameters, 5)
const progress: Progress = {
  ...START,
  epoch: 3,
  step: 12,
  microBatches: 24,
  elapsedMs: 1234.5,
  last: { epoch: 3, trainMse: 0.1, validationMse: 0.2 },
}

describe('a checkpoint', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scorescope-test-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('gives back exactly what was written', () => {
    const checkpoints = new CheckpointFolder(folder)
    const file = checkpoints.write(parameters, values, progress)
    const { checkpoint, remarks } = checkpoints.newest(parameters)
    expect(remarks).toEqual([])
    expect(checkpoint).toEqual({ file, progress, values: expect.any(Map) as Map<string, Float32Array> })
    for (const [name, value] of values) expect(checkpoint?.values.get(name), name).toEqual(value)
  })

  it('is refused with any byte flipped, or says exactly the same', () => {
    const checkpoints = new CheckpointFolder(folder)
    const file = checkpoints.write(parameters, values, progress)
    const whole = readFileSync(file)
    const expected = checkpoints.newest(parameters).checkpoint
    const headerEnd = whole.indexOf('"sha256"') + 100
    const position = fc.oneof(fc.nat({ max: headerEnd }), fc.nat({ max: whole.length - 1 }))
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const damaged = Buffer.from(whole)
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
        writeFileSync(file, damaged)
        const { checkpoint, remarks } = checkpoints.newest(parameters)
        if (checkpoint === null)
          expect(remarks.join()).toMatch(/000000024\.checkpoint is damaged \(.+\) and was refused/)
        else expect(checkpoint).toEqual(expected)
      }),
      { numRuns: 600 },
    )
  })

  it('is refused when it is short, empty, or of another model', () => {
    const checkpoints = new CheckpointFolder(folder)
    const file = checkpoints.write(parameters, values, progress)
    const whole = readFileSync(file)
    for (const bytes of [Buffer.alloc(0), whole.subarray(0, 100), whole.subarray(0, whole.length - 1)]) {
      writeFileSync(file, bytes)
      expect(checkpoints.newest(parameters).checkpoint).toBeNull()
    }
    writeFileSync(file, whole)
    const other = trainingParameters(tinyPlan({ spec: '1x4@3,1x8@3' }).architecture)
    const refused = checkpoints.newest(other)
    expect(refused.checkpoint).toBeNull()
    expect(refused.remarks.join()).toMatch(/of a model without this encoder-2-1/)
  })

  it('keeps gradients of a batch that is not complete, and only then', () => {
    const checkpoints = new CheckpointFolder(folder)
    const between = checkpoints.write(parameters, values, progress)
    const batchTotals = { samples: 4, squaredError: 0.5, labelled: 0, headLoss: 0 }
    const within = checkpoints.write(parameters, values, { ...progress, microBatches: 25, batchTotals })
    expect(readFileSync(within).length).toBeGreaterThan(readFileSync(between).length)
    expect(readdirSync(join(folder, 'checkpoints'))).toHaveLength(2)
  })
})
