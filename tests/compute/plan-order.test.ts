/** What a plan alone determines: first weights, the order of samples, dropout's seeds, how batches are cut. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashValues, initialValues, modelParameters, valueOf } from '../../src/main/compute/parameters'
import { nextRange } from '../../src/main/compute/progress'
import { dropoutSeed, epochOrder } from '../../src/main/compute/random'
import { tinyPlan } from './support/tiny-run'

describe('the order of an epoch', () => {
  it('is a permutation that depends on the seed and the epoch', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: 9999 }), { minLength: 8 }),
        fc.integer(),
        fc.nat(),
        (samples, seed, epoch) => {
          const order = [...epochOrder(samples, seed, epoch)]
          expect([...order].sort((one, other) => one - other)).toEqual(
            [...samples].sort((one, other) => one - other),
          )
          expect([...epochOrder(samples, seed, epoch)]).toEqual(order)
        },
      ),
    )
    const samples = Array.from({ length: 50 }, (_, index) => index)
    const orders = [1, 2, 3].flatMap((seed) =>
      [1, 2, 3].map((epoch) => epochOrder(samples, seed, epoch).join()),
    )
    expect(new Set(orders).size).toBe(9)
  })

  it('puts every sample everywhere equally often', () => {
    const firsts = new Map<number, number>()
    for (let seed = 0; seed < 4000; seed += 1) {
      const first = epochOrder([0, 1, 2, 3], seed, 1)[0] ?? -1
      firsts.set(first, (firsts.get(first) ?? 0) + 1)
    }
    for (const count of firsts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })
})

describe('first weights', () => {
  it('are within the bound of Glorot and Bengio, and the same on every machine', () => {
    const parameters = modelParameters(tinyPlan().architecture)
    const values = initialValues(parameters, 7)
    const kernel = valueOf(values, 'encoder-2-1/kernel')
    const limit = Math.sqrt(6 / (3 * 3 * 4 + 3 * 3 * 6))
    const largest = Math.max(...kernel.map(Math.abs))
    expect(largest).toBeLessThanOrEqual(limit)
    expect(largest).toBeGreaterThan(0.9 * limit)
    expect(hashValues(parameters, values)).toBe(KNOWN_HASH)
    expect(hashValues(parameters, initialValues(parameters, 8))).not.toBe(KNOWN_HASH)
  })
})

describe('the seed of a dropout', () => {
  it('is used by no other dropout of the run', () => {
    const seeds = new Set<string>()
    for (let microBatches = 0; microBatches < 500; microBatches += 1) {
      const [run, first] = dropoutSeed(1, { microBatches, dropoutsEach: 6 })
      for (let ordinal = 0; ordinal < 6; ordinal += 1) seeds.add(`${run},${first + ordinal}`)
    }
    expect(seeds.size).toBe(3000)
    expect(dropoutSeed(2, { microBatches: 0, dropoutsEach: 6 })[0]).not.toBe(
      dropoutSeed(1, { microBatches: 0, dropoutsEach: 6 })[0],
    )
  })
})

describe('micro-batches', () => {
  it('cut each epoch into all its samples, batch by batch, none twice', () => {
    const numbers = fc.record({
      samples: fc.integer({ min: 2, max: 90 }),
      batchSize: fc.integer({ min: 1, max: 20 }),
      microBatch: fc.integer({ min: 1, max: 25 }),
    })
    fc.assert(
      fc.property(numbers, (options) => {
        const plan = tinyPlan(options)
        const total = plan.split.train.length
        for (let done = 0; done < total;) {
          const { from, to, batchFrom, batchTo } = nextRange(done, plan)
          expect(from).toBe(done)
          expect(to - from).toBeGreaterThan(0)
          expect(to - from).toBeLessThanOrEqual(options.microBatch)
          expect(batchFrom % options.batchSize).toBe(0)
          expect(batchTo).toBe(Math.min(batchFrom + options.batchSize, total))
          expect(to).toBeLessThanOrEqual(batchTo)
          done = to
        }
      }),
    )
  })
})

/** Changes only if every earlier run would have started otherwise. */
const KNOWN_HASH = '6d6bee8fcf986cebe113d02cf5edcbbe33ec6a5a56210b63fb0a632dc1ef797c'
