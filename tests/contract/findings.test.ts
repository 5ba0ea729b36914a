/** Findings with real parts: contrasts and recurrence of real runs, and that the demo's planted differences are found. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Contrasts, Recurrence } from '@shared/domain/findings'
import type { JobReference } from '@shared/domain/job'
import type { RequestInput } from '@shared/requests'
import { PLANTED } from '../../src/main/core/demonstration/traits'
import type { Core } from '../../src/main/core'
import { measureContrast } from '../../src/main/numerics/class-contrast'
import { shuffledLabels } from '../../src/main/numerics/labelings'
import { makeTinyCorpus, TINY } from '../support/tiny-corpus'
import { buildEntries, newFolder, wholeCore } from '../support/whole-core'

const place = newFolder()
const SMALL = { spec: '1x4@3,1x8@3', inputSize: 16, batch: 4, threads: 1, epochs: 3 } as const
const HARD = process.env['SCORESCOPE_HARD'] === '1'
/** Of a hundred tables with shuffled labels at most so many may find anything. */
const FALSE_ALARMS = 5
const STRONGEST_IDIOMS = ['Baroque', 'Impressionist', 'Ragtime', 'Tin Pan Alley']

let core: Core

const done = async <Result>(reference: Promise<JobReference>): Promise<Result> =>
  (await core.api.jobs.wait({ job: (await reference).job })) as Result
const contrasts = (request: RequestInput<'findings', 'contrasts'>): Promise<Contrasts> =>
  done(core.api.findings.contrasts(request))
const recurrence = (runs: string[]): Promise<Recurrence> =>
  done(core.api.findings.recurrence({ runs, seed: 1 }))

async function train(choices: RequestInput<'training', 'start'>): Promise<string> {
  const { run } = await done<{ run: string }>(core.api.training.start(choices))
  await done(core.api.exploration.computeFeatures({ run }))
  return run
}

beforeAll(async () => {
  await buildEntries()
  core = wholeCore(join(place.folder, 'settings'), { featuresAfterTraining: false })
})
afterAll(async () => {
  await core.close()
  place.remove()
})

describe('findings of real runs', () => {
  let runs: readonly [string, string]

  beforeAll(async () => {
    const corpus = join(place.folder, 'corpus')
    await makeTinyCorpus(corpus, { ...TINY, piecesEach: 3 })
    await core.api.project.create({ folder: join(place.folder, 'findings.scorescope') })
    await done(core.api.corpus.import({ folder: corpus }))
    await done(core.api.sampling.draw({ seed: 7, size: 32, perPage: 4 }))
    runs = [await train({ ...SMALL, seed: 1 }), await train({ ...SMALL, seed: 2 })]
  })

  it('test every channel and keep the table', async () => {
    const [run] = runs
    const found = await contrasts({ run, field: 'composer', seed: 1, permutations: 199 })
    const features = await core.api.exploration.features({ run })
    expect(found.channels.map(({ address }) => address).sort()).toEqual(
      features.map(({ address }) => address).sort(),
    )
    expect(found.pieces).toBe(12)
    expect(found.control.found).toHaveLength(20)
    expect(await core.api.findings.contrastTable({ run, field: 'composer' })).toEqual(found)
    const profile = await core.api.findings.profile({ run, layer: 'bottleneck', channel: 3 })
    expect(profile.pieces).toHaveLength(12)
    expect(profile.contrasts.composer?.address).toBe(`${run}/bottleneck/3`)
  })

  it('compare the channels of two runs with their networks before training', async () => {
    const found = await recurrence([...runs])
    expect(found.pairs.map(({ run, other }) => [run, other])).toEqual([runs, [...runs].reverse()])
    expect(found.overall?.untrained.value).toBeLessThanOrEqual(0.1)
    for (const { share } of found.pairs) {
      expect(share.value).toBeGreaterThanOrEqual(0)
      expect(share.value).toBeLessThanOrEqual(1)
    }
    const cluster = found.clusters.flatMap(({ members }) => members)
    for (const { examples } of cluster) expect(examples.every((index) => index < 48)).toBe(true)
    expect((await core.api.findings.recurrenceReport({ recurrence: found.recurrence })).clusters).toEqual(
      found.clusters,
    )
  })

  it('give the naming table its effects', async () => {
    const [run] = runs
    await core.api.naming.name({ run, layer: 'bottleneck', channel: 0, rater: 'Ada', name: 'staff line' })
    const { rows } = await core.api.naming.table({ run })
    const row = rows.find(({ address }) => address === `${run}/bottleneck/0`)
    expect(row?.names).toEqual({ Ada: 'staff line' })
    expect(row?.composerQ).toBeLessThanOrEqual(1)
    expect(row?.density).toBeGreaterThanOrEqual(0)
  })
})

describe.skipIf(!HARD)('the demo corpus, whose differences are planted', () => {
  let runs: readonly [string, string]

  beforeAll(async () => {
    await core.api.project.close()
    const demo = await done<{ train: { run: string } }>(
      core.api.project.demo({ folder: join(place.folder, 'demo.scorescope'), seed: 1 }),
    )
    const { epochsPlanned } = await core.api.training.run({ run: demo.train.run })
    const other = await train({ preset: 'quick', seed: 2, epochs: epochsPlanned })
    runs = [demo.train.run, other]
  }, 1_800_000)

  const ofScribes = (shuffle: 'pieces' | 'within-style'): Promise<Contrasts> =>
    contrasts({ run: runs[0], field: 'composer', seed: 1, shuffle, permutations: 1999, shuffles: 100 })

  it('has its scribes found by nearly every channel, and by none when labels are shuffled', async () => {
    for (const shuffle of ['pieces', 'within-style'] as const) {
      const found = await ofScribes(shuffle)
      expect(found.found).toBeGreaterThan(0.9 * found.channels.length)
      expect(found.control.withFindings).toBeLessThanOrEqual(FALSE_ALARMS)
    }
  }, 600_000)

  it('has most channels on top follow what was planted in the scribes', async () => {
    const { channels } = await ofScribes('pieces')
    const top = channels.slice(0, 10)
    const explained = await Promise.all(
      top.map(({ layer, channel }) => followsATrait(runs[0], layer, channel)),
    )
    // By chance one in twenty would.
    expect(explained.filter(Boolean).length).toBeGreaterThan(top.length / 2)
  }, 600_000)

  it('has its idioms found as they are, the most different ones on top, and by none when labels are shuffled', async () => {
    const found = await contrasts({ run: runs[0], field: 'style', seed: 1, shuffles: 100 })
    expect(found.found).toBeGreaterThan(found.channels.length / 4)
    expect(found.control.withFindings).toBeLessThanOrEqual(FALSE_ALARMS)
    // The idioms that are set with air or close and hold notes or run; by chance any of seven.
    const top = found.channels.slice(0, 20).map(({ standsOut }) => standsOut?.className.split(' idiom')[0])
    const strongest = top.filter((name) => STRONGEST_IDIOMS.some((idiom) => idiom === name))
    expect(strongest.length).toBeGreaterThan(top.length / 2)
  }, 600_000)

  it('has its idioms found too once what is known of the scribes is taken out', async () => {
    const request = { run: runs[0], field: 'style', seed: 1, permutations: 9999, shuffles: 100 } as const
    const found = await contrasts({ ...request, without: TRAIT_FIELDS })
    expect(found.found).toBeGreaterThan(found.channels.length / 4)
    expect(found.channels[0]?.q).toBeLessThan(0.01)
    expect(found.control.withFindings).toBeLessThanOrEqual(FALSE_ALARMS)
  }, 600_000)

  it('makes channels recur from seed to seed, beyond networks before training', async () => {
    const found = await recurrence([...runs])
    expect(found.overall?.share.value).toBeGreaterThan(0.15)
    expect(found.overall?.beyondUntrained.low).toBeGreaterThan(0)
    expect(found.clusters.filter((cluster) => cluster.runs === 2).length).toBeGreaterThan(3)
  }, 600_000)
})

const TRAITS = [
  'beaming',
  'chords',
  'lyrics',
  'clefs',
  'dynamics',
  'slurs',
  'staffSize',
  'stavesPerSystem',
  'tempoText',
] as const

/** The same as the demo's pages keep them. */
const TRAIT_FIELDS = [
  'beaming',
  'chords',
  'lyrics',
  'clefs',
  'dynamics',
  'slurs',
  'engraved_staff_size',
  'staves_per_system',
  'tempo_text',
]

/**
 * Whether any planted trait explains the scribes' means of a channel, less those of their idioms, over which the traits
 * are balanced; with Bonferroni's correction over traits.
 */
async function followsATrait(run: string, layer: string, channel: number): Promise<boolean> {
  const { byComposer } = await core.api.findings.profile({ run, layer, channel })
  const scribes = PLANTED.flatMap((traits) => {
    const own = byComposer.find(({ name }) => name.startsWith(traits.scribe))
    return own === undefined ? [] : [{ traits, mean: own.mean.value }]
  })
  expect(scribes).toHaveLength(PLANTED.length)
  return TRAITS.some((trait) => {
    const names = [...new Set(scribes.map(({ traits }) => String(traits[trait])))]
    const classOf = Uint16Array.from(scribes, ({ traits }) => names.indexOf(String(traits[trait])))
    const permutations = shuffledLabels(classOf, { count: 1999, seed: 1, purpose: trait })
    const resamples = new Uint16Array(classOf.length).fill(1)
    const none = new Uint16Array()
    const means = scribes.map(({ traits, mean }) => {
      const idiom = scribes.filter((other) => other.traits.idiom === traits.idiom)
      return mean - idiom.reduce((sum, other) => sum + other.mean, 0) / idiom.length
    })
    const design = { classOf, classes: names.length, permutations, controls: none, resamples }
    return (measureContrast(means, design)?.p ?? 1) < 0.05 / TRAITS.length
  })
}
