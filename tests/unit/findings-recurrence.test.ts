import { describe, expect, it } from 'vitest'
import type { KernelWeights } from '@shared/compute-api'
import { calling } from '../support/corpus-projects'
import { look, noKernels, type World } from '../support/findings-world'
import { type Answer, normal, plantedPlan, plantedSamples, plantedTables } from '../support/planted-channels'

/** Two runs: their first eight channels answer to the same eight things, in another order; all follow the ink. */
function twins(): World {
  const things = Array.from({ length: 8 }, (_, at) => {
    const random = normal(200 + at)
    return plantedSamples.map(() => random())
  })
  const answer =
    (order: (column: number) => number): Answer =>
    ({ index, whiteness }, column) =>
      40 * (0.7 - whiteness) + (column < 8 ? 2 * (things[order(column)]?.[index] ?? 0) : 0)
  const tables = {
    one: plantedTables(
      answer((column) => column),
      { seed: 11, noise: 0.5 },
    ),
    two: plantedTables(
      answer((column) => 7 - column),
      { seed: 12, noise: 0.5 },
    ),
  }
  const ink: Answer = ({ whiteness }) => 40 * (0.7 - whiteness)
  const untrained = {
    one: plantedTables(ink, { seed: 13, noise: 0.5 }),
    two: plantedTables(ink, { seed: 14, noise: 0.5 }),
  }
  return { plans: [plantedPlan('one', 1), plantedPlan('two', 2)], tables, untrained }
}

describe('recurrence', () => {
  it('finds the channels that two runs share, beyond networks before training', async () => {
    const { recurrence } = await look(twins())
    const found = await recurrence({ runs: ['one', 'two'], seed: 1 })
    const [pair] = found.pairs
    expect(found.pairs).toHaveLength(2)
    expect(pair?.share.value).toBeGreaterThanOrEqual(8 / 27)
    expect(pair?.share.value).toBeLessThan(0.45)
    expect(found.overall?.untrained.value).toBeLessThan(0.08)
    expect(found.overall?.beyondUntrained.low).toBeGreaterThan(0)
    expect(found.sentence).toContain('Training makes channels recur.')
    expect(found.thresholdFrom).toContain('untrained')
    const partners = found.stability.filter(({ run, foundIn }) => run === 'one' && foundIn === 2)
    expect(partners.map(({ address, partner }) => [address, partner])).toEqual(
      expect.arrayContaining([['one/encoder-1-1/0', 'two/encoder-2-1/3']]),
    )
  })

  it('clusters them, with examples, across runs and layers', async () => {
    const { recurrence } = await look(twins())
    const found = await recurrence({ runs: ['one', 'two'], seed: 1, threshold: 0.8 })
    expect(found.clusters).toHaveLength(8)
    for (const { members, runs, meanSimilarity, examples } of found.clusters) {
      expect(members.map(({ run }) => run).sort()).toEqual(['one', 'two'])
      expect(runs).toBe(2)
      expect(meanSimilarity).toBeGreaterThan(0.8)
      expect(examples).toHaveLength(8)
    }
    expect(found.thresholdFrom).toBe('as given')
  })

  it('does not take a channel and itself pooled in the bottleneck for a cluster', async () => {
    const things = normal(500)
    const drawn = Array.from({ length: 12 }, () => plantedSamples.map(() => things()))
    const pooled: Answer = ({ index }, column) =>
      column >= 4 && column < 16 ? 3 * (drawn[(column - 4) % 6]?.[index] ?? 0) : 0
    const tables = { one: plantedTables(pooled, { seed: 6, noise: 0.3 }) }
    const { recurrence } = await look({ plans: [plantedPlan('one', 1)], tables })
    const found = await recurrence({ runs: ['one'], seed: 1, threshold: 0.7 })
    expect(found.clusters).toEqual([])
    expect(found.stability.find(({ address }) => address === 'one/bottleneck/2')).toMatchObject({
      partner: 'one/encoder-2-1/2',
      cluster: null,
    })
  })

  it('is not misled by the ink that all channels follow', async () => {
    const { recurrence } = await look({ ...twins(), tables: twins().untrained ?? {} })
    const found = await recurrence({ runs: ['one', 'two'], seed: 1, threshold: 0.6 })
    expect(found.overall?.share.value).toBe(0)
    expect(found.clusters).toEqual([])
  })

  it('finds planted duplicates of a kernel: turned, shifted or of the other sign', async () => {
    const [row, column] = [1, 1]
    const filters: readonly (readonly number[])[] = [
      [0, 1, 0, 0, 1, 0, 0, 2, 0],
      [0, 0, 0, 1, 1, 2, 0, 0, 0],
      [0, -1, 0, 0, -1, 0, 0, -2, 0],
      [3, -1, 1, -2, 0, 2, 1, -3, 1],
    ]
    expect(filters[0]?.[3 * row + column]).toBe(1)
    const kernels = (_run: string, layer: string): KernelWeights => {
      if (layer !== 'encoder-1-1') return noKernels(layer)
      const weights = Float32Array.from({ length: 36 }, (_, at) => filters[at % 4]?.[Math.floor(at / 4)] ?? 0)
      return { kernel: 3, inputChannels: 1, filters: 4, weights }
    }
    const { recurrence } = await look({ ...twins(), kernels })
    const { duplicateKernels } = await recurrence({ runs: ['one'], seed: 1 })
    const pairs = duplicateKernels.filter(({ one }) => one.startsWith('one/encoder-1-1'))
    expect(pairs.map(({ one, other }) => [one, other]).sort()).toEqual([
      ['one/encoder-1-1/0', 'one/encoder-1-1/1'],
      ['one/encoder-1-1/0', 'one/encoder-1-1/2'],
      ['one/encoder-1-1/1', 'one/encoder-1-1/2'],
    ])
    expect(pairs.find(({ other }) => other.endsWith('/2'))).toMatchObject({ sign: -1 })
    for (const { similarity } of pairs) expect(similarity).toBeCloseTo(1, 6)
  })

  it('compares kernels within clusters where weights mean the same', async () => {
    const { recurrence } = await look(twins())
    const { clusters } = await recurrence({ runs: ['one', 'two'], seed: 1, threshold: 0.8 })
    const members = clusters.flatMap((cluster) => cluster.members)
    // Deeper layers of two networks have their inputs in different orders.
    const compared = members.filter(({ kernel }) => kernel !== null)
    for (const { layer, kernel } of compared) {
      expect(layer).toBe('encoder-1-1')
      expect(kernel?.with).toContain('encoder-1-1')
    }
  })

  it('of a single run clusters, and says what it lacks', async () => {
    const { recurrence } = await look(twins())
    const found = await recurrence({ runs: ['one'], seed: 1 })
    expect(found.pairs).toEqual([])
    expect(found.overall).toBeNull()
    expect(found.sentence).toContain('with a second run')
    expect(found.stability[0]).toMatchObject({ foundIn: 1, of: 1 })
  })

  it('is kept, listed and the same for the same seed', async () => {
    const { recurrence, findings } = await look(twins())
    const kind = { correlation: 'spearman', pattern: 'maximum' } as const
    const request = { runs: ['one', 'two'], seed: 9, ...kind }
    const first = await recurrence(request)
    const second = await recurrence(request)
    expect(second).toEqual({ ...first, recurrence: first.recurrence + 1 })
    const list = await findings.api.recurrences(undefined, calling)
    expect(list.map((each) => each.recurrence)).toEqual([2, 1])
    expect(await findings.api.recurrenceReport({ recurrence: 1 }, calling)).toEqual(first)
    expect(() => findings.api.recurrenceReport({ recurrence: 3 }, calling)).toThrow(
      'There is no recurrence 3',
    )
  })

  it('refuses runs of other samples', async () => {
    const world = { ...twins(), plans: [plantedPlan('one', 1), plantedPlan('two', 2, 2)] }
    const { recurrence } = await look(world)
    await expect(recurrence({ runs: ['one', 'two'], seed: 1 })).rejects.toThrow(
      'were not trained on the same samples',
    )
  })

  it('leaves out channels that never differ, and names them', async () => {
    const { tables, ...world } = twins()
    const silenced = tables['one']
    for (let at = 26; at < (silenced?.means.length ?? 0); at += 27) if (silenced) silenced.means[at] = 0
    const { recurrence } = await look({ ...world, tables })
    const found = await recurrence({ runs: ['one', 'two'], seed: 1 })
    expect(found.silent).toEqual(['one/output/0'])
    expect(found.pairs[0]?.channels).toBe(26)
  })
})
