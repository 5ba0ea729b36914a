import { describe, expect, it } from 'vitest'
import type { KernelWeights, ReconstructManyRequest } from '@shared/compute-api'
import type { Contrasts, Recurrence } from '@shared/domain/findings'
import type { RunPlan } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { REQUESTS, type RequestInput } from '@shared/requests'
import { createFindings, type Findings } from '../../src/main/core/findings'
import { createJobs } from '../../src/main/core/jobs'
import type { FeatureTables } from '../../src/main/core/ports'
import { calling } from '../support/corpus-projects'
import { fakeCompute } from '../support/fake-compute'
import {
  type Answer,
  normal,
  ofPiece,
  plantedPlan,
  plantedSamples,
  plantedSummary,
  plantedTables,
} from '../support/planted-channels'
import { countingBytes, testProject } from '../support/projects'

interface World {
  readonly plans: readonly RunPlan[]
  readonly tables: Readonly<Record<string, FeatureTables>>
  readonly untrained?: Readonly<Record<string, FeatureTables>>
  readonly samples?: readonly SampleWithPage[]
  readonly kernels?: (run: string, layer: string) => KernelWeights
}

interface Looking {
  readonly findings: Findings
  readonly contrasts: (request: RequestInput<'findings', 'contrasts'>) => Promise<Contrasts>
  readonly recurrence: (request: RequestInput<'findings', 'recurrence'>) => Promise<Recurrence>
  /** The run is trained on: its weights are others. */
  readonly trainOn: () => void
}

/** Real projects, jobs and records; feature tables and kernels that are planted. */
async function look(world: World): Promise<Looking> {
  const test = testProject()
  const { projects, clock, emit } = test
  const onBug = (error: unknown): void => {
    throw error
  }
  const { jobs } = createJobs({ projects: projects.access, clock, emit, randomBytes: countingBytes(), onBug })
  await test.createAndOpen()
  let weights = 'a'.repeat(64)
  const { plans, tables, untrained = tables, samples = plantedSamples } = world
  const { database } = projects.access.required()
  database.pragma('foreign_keys = OFF')
  const findings = createFindings({
    projects: projects.access,
    jobs,
    clock,
    launchCompute: () =>
      Promise.resolve(
        fakeCompute({
          model: {
            patterns: ({ plan, indices }: ReconstructManyRequest) => {
              const { channels, means, maxima } = untrained[plan.run] ?? plantedTables(() => 0, NOISE)
              const rows = (table: Float32Array) =>
                Float32Array.from(
                  indices.flatMap((index) => [...table.subarray(index * channels, (index + 1) * channels)]),
                )
              return Promise.resolve({
                channels,
                means: rows(means),
                maxima: rows(maxima),
                weightsSha256: '',
              })
            },
          },
        }),
      ),
    runs: {
      plan: (run) => plans.find((plan) => plan.run === run) ?? plantedPlan(run, 0),
      summary: (run) => plantedSummary(run, weights),
      folder: (run) => run,
    },
    samples: { samplesOf: () => samples, sampleFile: () => 'samples' },
    features: {
      tables: (run) => tables[run] ?? plantedTables(() => 0, NOISE),
    },
    staffSpace: (page) => Promise.resolve(page % 3 === 0 ? null : 10 + (page % 5)),
    kernels: (run, layer) => Promise.resolve(world.kernels?.(run, layer) ?? noKernels(layer)),
  })
  return {
    findings,
    contrasts: async (request) => {
      const parsed = REQUESTS.findings.contrasts.parse(request)
      return jobs.wait(await findings.api.contrasts(parsed, calling))
    },
    recurrence: async (request) => {
      const parsed = REQUESTS.findings.recurrence.parse(request)
      return jobs.wait(await findings.api.recurrence(parsed, calling))
    },
    trainOn: () => {
      weights = 'b'.repeat(64)
    },
  }
}

const NOISE = { seed: 5, noise: 1 }
const FILTERS: Readonly<Record<string, number>> = { 'encoder-2-1': 6, 'decoder-2-1': 6, output: 1 }

/** Kernels of nothing but noise; the first layer sees one grey channel. */
function noKernels(layer: string): KernelWeights {
  const filters = FILTERS[layer] ?? 4
  const inputChannels = layer === 'encoder-1-1' ? 1 : 4
  const random = normal(layer.length)
  const weights = Float32Array.from({ length: 9 * inputChannels * filters }, () => random())
  return { kernel: 3, inputChannels, filters, weights }
}

/** Channel 2 answers to a style, channel 5 to composers within styles, channel 7 to one composer; others to single pieces. */
const planted: Answer = (sample, column) => {
  const own = ofAnyPiece(column)(sample)
  if (column === 2) return own + (sample.style === 'Style 1' ? 4 : 0)
  if (column === 5) return own + 3 * (Number(sample.composer.at(-1)) % 3)
  if (column === 7) return own - (sample.composer === 'Composer 7' ? 9 : 0)
  return own
}
const drawnFor = new Map<number, (sample: SampleWithPage) => number>()
function ofAnyPiece(column: number): (sample: SampleWithPage) => number {
  const drawn = drawnFor.get(column) ?? ofPiece(1000 + column)
  drawnFor.set(column, drawn)
  return drawn
}

const oneRun = (answer: Answer): World => ({
  plans: [plantedPlan('one', 1)],
  tables: { one: plantedTables(answer, { seed: 3, noise: 0.5 }) },
})

describe('contrasts', () => {
  it('put what was planted on top, and shuffled labels find nothing', async () => {
    const { contrasts } = await look(oneRun(planted))
    const found = await contrasts({ run: 'one', field: 'style', seed: 1, shuffles: 100 })
    const [first, second] = found.channels
    expect(first?.address).toBe('one/encoder-1-1/2')
    expect(first?.standsOut).toMatchObject({ className: 'Style 1', pieces: 12 })
    expect(first?.standsOut?.delta.value).toBeGreaterThan(0.9)
    expect(first?.q).toBeLessThan(0.05)
    expect(second?.q).toBeGreaterThan(0.05)
    expect(found.found).toBe(1)
    expect(found.control.shuffles).toBe(100)
    expect(found.control.withFindings).toBeLessThanOrEqual(5)
    expect(found.sentence).toMatch(/^1 of 27 channels tell styles apart/)
  })

  it('find a composer, and count pieces as units', async () => {
    const { contrasts } = await look(oneRun(planted))
    const found = await contrasts({ run: 'one', field: 'composer', seed: 1, shuffle: 'within-style' })
    expect(found.channels[0]).toMatchObject({ address: 'one/encoder-2-1/1', p: 0.001 })
    expect(found.channels[0]?.standsOut).toMatchObject({ pieces: 4 })
    expect(found.channels[0]?.effectByChance).toBeGreaterThan(0.1)
    expect(found.pieces).toBe(36)
    expect(found.classes).toHaveLength(9)
  })

  it('do not take a single composer for a style when composers stay whole', async () => {
    const { contrasts } = await look(oneRun(planted))
    const found = await contrasts({ run: 'one', field: 'style', seed: 1, shuffle: 'whole-composers' })
    const ofComposer = ({ channels }: Contrasts) =>
      channels.find(({ address }) => address === 'one/encoder-2-1/3')
    const loose = await contrasts({ run: 'one', field: 'style', seed: 1 })
    expect(ofComposer(loose)?.standsOut?.className).toBe('Style 2')
    expect(ofComposer(found)?.p).toBeGreaterThan(2 * (ofComposer(loose)?.p ?? 1))
    expect(ofComposer(found)?.p).toBeGreaterThan(0.05)
    expect(found.channels[0]?.address).toBe('one/encoder-1-1/2')
  })

  it('are of the whole layer only where one is named, and the same for the same seed', async () => {
    const { contrasts } = await look(oneRun(planted))
    const request = { run: 'one', field: 'style', seed: 4, layer: 'bottleneck' } as const
    const found = await contrasts(request)
    expect(found.channels.map(({ layer }) => layer)).toEqual(Array(6).fill('bottleneck'))
    expect(await contrasts(request)).toEqual(found)
  })

  it('say nothing of a channel that never differs', async () => {
    const { contrasts } = await look({
      plans: [plantedPlan('one', 1)],
      tables: { one: plantedTables(() => 0.25, { seed: 1, noise: 0 }) },
    })
    const found = await contrasts({ run: 'one', field: 'style', seed: 1 })
    expect(found.channels[0]).toMatchObject({ effect: null, standsOut: null, p: 1, q: 1 })
    expect(found.found).toBe(0)
  })

  it('find what ink and fields of pages hide, when these are taken out', async () => {
    // Pieces differ much in ink, and a little by style.
    const hidden: Answer = (sample, column) =>
      (column === 3 ? 200 : 1) * (sample.whiteness - 0.7) +
      (column === 3 && sample.style === 'Style 1' ? 2 : 0)
    const { contrasts } = await look(oneRun(hidden))
    const request = { run: 'one', field: 'style', seed: 1 } as const
    const addressOfP = ({ channels }: Contrasts) =>
      channels.find(({ address }) => address === 'one/encoder-1-1/3')?.p
    expect(addressOfP(await contrasts(request))).toBeGreaterThan(0.01)
    const without = await contrasts({ ...request, without: ['ink', 'staff space'] })
    expect(addressOfP(without)).toBeLessThan(0.005)
    expect(without.without).toEqual(['ink', 'staff space'])
  })

  it('refuse to take out a field that no page has', async () => {
    const { contrasts } = await look(oneRun(planted))
    await expect(contrasts({ run: 'one', field: 'style', seed: 1, without: ['scan'] })).rejects.toThrow(
      'No page of these samples has a field "scan"',
    )
  })

  it('are refused where fewer than two classes have two pieces, or a shuffle changes nothing', async () => {
    const alone = plantedSamples.map((sample) => ({ ...sample, style: 'Style 0' }))
    const { contrasts } = await look({ ...oneRun(planted), samples: alone })
    await expect(contrasts({ run: 'one', field: 'style', seed: 1 })).rejects.toThrow(
      'Only 1 style(s) have two or more pieces',
    )
    await expect(
      contrasts({ run: 'one', field: 'composer', seed: 1, shuffle: 'whole-composers' }),
    ).rejects.toMatchObject({ code: 'findings/shuffle-unfit' })
    await expect(contrasts({ run: 'one', field: 'style', layer: 'attic', seed: 1 })).rejects.toMatchObject({
      code: 'exploration/layer-unknown',
    })
  })

  it('leave out classes of one piece and say so', async () => {
    const samples = plantedSamples.map((sample, at) => (at < 5 ? { ...sample, composer: 'Anon' } : sample))
    const { contrasts } = await look({ ...oneRun(planted), samples })
    const found = await contrasts({ run: 'one', field: 'composer', seed: 1 })
    expect(found.leftOut).toEqual(['Anon'])
    expect(found.pieces).toBe(35)
    expect(found.remarks[0]).toContain('Anon')
  })

  it('are kept until the run is trained on, and stand in the channel’s profile', async () => {
    const { contrasts, findings, trainOn } = await look(oneRun(planted))
    const wanted = { run: 'one', field: 'style' } as const
    expect(await findings.api.contrastTable(wanted, calling)).toBeNull()
    const found = await contrasts({ ...wanted, seed: 1 })
    expect(await findings.api.contrastTable(wanted, calling)).toEqual(found)
    const profile = await findings.api.profile({ run: 'one', layer: 'encoder-1-1', channel: 2 }, calling)
    expect(profile.contrasts).toEqual({ style: found.channels[0], composer: null })
    trainOn()
    expect(await findings.api.contrastTable(wanted, calling)).toBeNull()
  })
})

describe('a profile', () => {
  it('gives the means of pieces and of classes, with bounds over pieces', async () => {
    const { findings } = await look(oneRun(planted))
    const profile = await findings.api.profile({ run: 'one', layer: 'encoder-1-1', channel: 2 }, calling)
    expect(profile.pieces).toHaveLength(36)
    const [piece] = profile.pieces
    const table = oneRun(planted).tables['one']
    const own = plantedSamples.filter(
      ({ composer, piece: name }) => composer === piece?.composer && name === piece.piece,
    )
    const mean = own.reduce((sum, { index }) => sum + (table?.means[index * 27 + 2] ?? 0), 0) / own.length
    expect(piece?.mean).toBeCloseTo(mean, 6)
    expect(piece?.samples).toBe(5)
    const style = profile.byStyle.find(({ name }) => name === 'Style 1')
    expect(style?.mean.value).toBeGreaterThan(3)
    expect(style?.mean.low).toBeLessThan(style?.mean.value ?? 0)
    expect(profile.byComposer).toHaveLength(9)
  })
})

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
