import { describe, expect, it } from 'vitest'
import type { Contrasts } from '@shared/domain/findings'
import type { ChannelAddress } from '@shared/domain/naming'
import { DEFAULT_VOCABULARY } from '@shared/domain/naming'
import { namingCsv } from '@shared/domain/naming-table'
import { AppError } from '@shared/errors'
import { createNaming } from '../../src/main/core/naming'
import { calling } from '../support/corpus-projects'
import { LAYERS, plantedPlan } from '../support/planted-channels'
import { testProject } from '../support/projects'

const contrasts = {
  channels: [{ address: 'one/bottleneck/0', effect: { value: 0.7, low: 0.5, high: 0.8 }, q: 0.01 }],
} as unknown as Contrasts

/** Channel 1 of every layer never fires. */
async function naming({ features = true } = {}) {
  const test = testProject()
  await test.createAndOpen()
  const { database } = test.projects.access.required()
  database.pragma('foreign_keys = OFF')
  const insert = database.prepare(
    "INSERT INTO features (run, layer, channel, mean, density, maximum, details) VALUES ('one', ?, ?, 0, ?, 1, '{}')",
  )
  if (features)
    for (const [layer, channels] of LAYERS)
      for (let channel = 0; channel < channels; channel += 1)
        insert.run(layer, channel, channel === 1 ? 0 : 0.5)
  const { api } = createNaming({
    projects: test.projects.access,
    clock: test.clock,
    plan: (run) => {
      if (run !== 'one') throw AppError.of('training/run-unknown', { run })
      return plantedPlan(run, 1)
    },
    contrasts: (_, field) => (field === 'style' ? contrasts : null),
  })
  const say = (rater: string, channel: number, name: string) =>
    api.name({ run: 'one', layer: 'bottleneck', channel, rater, name }, calling)
  return { ...test, api, say }
}

const at = (channel: number, layer = 'bottleneck'): ChannelAddress => ({ run: 'one', layer, channel })

describe('names', () => {
  it('are kept per rater, with notes beside them, and forgotten when both are empty', async () => {
    const { api, say, clock } = await naming()
    await say('Ada', 2, 'stem')
    clock.advance(1000)
    await api.name({ ...at(2), rater: 'Ada', note: 'also bar lines' }, calling)
    await say('Ben', 2, 'bar line')
    expect(await api.names({ run: 'one' }, calling)).toEqual([
      {
        ...at(2),
        address: 'one/bottleneck/2',
        rater: 'Ada',
        name: 'stem',
        note: 'also bar lines',
        namedAt: '2026-01-01T00:00:01.000Z',
      },
      expect.objectContaining({ rater: 'Ben', name: 'bar line', note: '' }),
    ])
    expect(await api.raters(undefined, calling)).toEqual(['Ada', 'Ben'])
    await say('Ben', 2, '')
    expect(await api.raters(undefined, calling)).toEqual(['Ada'])
    expect(await api.names({ run: 'one', rater: 'Ben' }, calling)).toEqual([])
    expect(await api.names({ run: 'one', layer: 'bottleneck', channel: 3 }, calling)).toEqual([])
  })

  it('are of channels that exist', async () => {
    const { api, say } = await naming()
    expect(() => say('Ada', 6, 'stem')).toThrow('Layer bottleneck has channels 0 to 5, not 6.')
    const nowhere = { ...at(0, 'attic'), rater: 'Ada', name: 'stem' }
    expect(() => api.name(nowhere, calling)).toThrow('There is no layer attic')
    expect(() => api.name({ ...at(0), run: 'two', rater: 'Ada', name: 'stem' }, calling)).toThrow(
      'There is no run two',
    )
  })

  it('survive closing and opening the project', async () => {
    const { api, say, projects, folder } = await naming()
    await say('Ada', 0, 'clef')
    await api.createList({ name: 'Curves', channels: [at(0)] }, calling)
    await projects.api.close(undefined, calling)
    await projects.api.open({ folder }, calling)
    expect(await api.names({ run: 'one' }, calling)).toHaveLength(1)
    expect((await api.lists(undefined, calling))[0]?.channels).toHaveLength(1)
  })
})

describe('the vocabulary', () => {
  it('is the one that comes with Scorescope until it is changed', async () => {
    const { api } = await naming()
    expect(await api.vocabulary(undefined, calling)).toEqual(DEFAULT_VOCABULARY)
    const terms = [
      { term: 'neume', meaning: 'sign of chant' },
      { term: 'custos', meaning: '' },
    ]
    expect(await api.setVocabulary({ terms }, calling)).toEqual(terms)
    expect(await api.vocabulary(undefined, calling)).toEqual(terms)
    expect(await api.setVocabulary({ terms: [] }, calling)).toEqual(DEFAULT_VOCABULARY)
  })

  it('holds what a page is made of', () => {
    const terms = DEFAULT_VOCABULARY.map(({ term }) => term)
    expect(terms).toEqual(
      expect.arrayContaining([
        'stem',
        'beam',
        'staff line',
        'notehead',
        'slur',
        'bar line',
        'page edge',
        'stain',
      ]),
    )
    expect(new Set(terms).size).toBe(terms.length)
  })
})

describe('lists', () => {
  it('hold channels in an order of their own', async () => {
    const { api } = await naming()
    const { list } = await api.createList({ name: 'Verticals', channels: [at(1)] }, calling)
    await api.addToList({ list, channels: [at(3), at(1), at(0, 'encoder-1-1')] }, calling)
    const order = [at(0, 'encoder-1-1'), at(1), at(3)]
    const ordered = await api.orderList({ list, channels: order }, calling)
    expect(ordered.channels.map(({ address }) => address)).toEqual([
      'one/encoder-1-1/0',
      'one/bottleneck/1',
      'one/bottleneck/3',
    ])
    const fewer = await api.removeFromList({ list, channels: [at(1)] }, calling)
    expect(fewer.channels.map(({ channel }) => channel)).toEqual([0, 3])
    expect(() => api.orderList({ list, channels: order }, calling)).toThrow(
      'does not hold each of its channels',
    )
    await api.renameList({ list, name: 'Stems' }, calling)
    expect((await api.lists(undefined, calling)).map(({ name }) => name)).toEqual(['Stems'])
    expect(await api.deleteList({ list }, calling)).toEqual([])
  })

  it('have names of their own', async () => {
    const { api } = await naming()
    const { list } = await api.createList({ name: 'Stems', channels: [] }, calling)
    await api.createList({ name: 'Beams', channels: [] }, calling)
    expect(() => api.createList({ name: 'stems', channels: [] }, calling)).toThrow(
      'There is a list called stems',
    )
    expect(() => api.renameList({ list, name: 'Beams' }, calling)).toThrow('There is a list called Beams')
    expect(() => api.renameList({ list: 9, name: 'Rests' }, calling)).toThrow('There is no list 9')
  })
})

describe('a blind session', () => {
  it('shows two raters the same channels in the same order, and none of the other’s names', async () => {
    const { api, say } = await naming()
    await say('Ben', 0, 'beam')
    const request = { run: 'one', rater: 'Ada', count: 10, seed: 3 }
    const first = await api.queue(request, calling)
    const second = await api.queue({ ...request, rater: 'Ben' }, calling)
    expect(first.items.map(({ address }) => address)).toEqual(second.items.map(({ address }) => address))
    expect(JSON.stringify(first)).not.toContain('beam')
    expect(first.items).toHaveLength(10)
    const other = await api.queue({ ...request, seed: 4 }, calling)
    expect(other.items.map(({ address }) => address)).not.toEqual(first.items.map(({ address }) => address))
  })

  it('leaves out channels that never fire, and counts what is named', async () => {
    const { api } = await naming()
    const all = await api.queue({ run: 'one', rater: 'Ada', count: 100, seed: 1 }, calling)
    expect(all.outOf).toBe(27 - 5)
    expect(all.items.filter(({ channel }) => channel === 1)).toEqual([])
    expect(new Set(all.items.map(({ address }) => address)).size).toBe(22)
    const [item] = all.items
    if (item !== undefined) await api.name({ ...item, rater: 'Ada', name: 'rest' }, calling)
    const later = await api.queue({ run: 'one', rater: 'Ada', count: 100, seed: 1 }, calling)
    expect(later.named).toBe(1)
    expect(later.items[0]?.own?.name).toBe('rest')
  })

  it('can be of one layer, and needs features', async () => {
    const { api } = await naming()
    const request = { run: 'one', rater: 'Ada', count: 100, seed: 1, layer: 'decoder-2-1' }
    const { items } = await api.queue(request, calling)
    expect(items.map(({ layer }) => layer)).toEqual(Array(5).fill('decoder-2-1'))
    const bare = await naming({ features: false })
    expect(() => bare.api.queue(request, calling)).toThrow('The features of run one are not computed yet')
  })
})

describe('agreement', () => {
  it('is Cohen’s kappa over what both have named', async () => {
    const { api, say } = await naming()
    const ada = ['stem', 'stem', 'beam', 'beam', 'slur']
    const ben = ['Stem', 'beam', 'beam ', 'beam']
    for (const [channel, name] of ada.entries()) await say('Ada', channel, name)
    for (const [channel, name] of ben.entries()) await say('Ben', channel, name)
    const found = await api.agreement({ run: 'one', raters: ['Ada', 'Ben'] }, calling)
    expect(found.channels).toBe(4)
    expect(found.observed).toBe(0.75)
    expect(found.expected).toBe(0.5)
    expect(found.kappa?.value).toBeCloseTo(0.5, 12)
    expect(found.kappa?.low).toBeLessThan(0.5)
    expect(found.names).toEqual(['beam', 'stem'])
    expect(found.confusion).toEqual([
      [2, 0],
      [1, 1],
    ])
    expect(found.disagreements).toEqual([
      { address: 'one/bottleneck/1', layer: 'bottleneck', channel: 1, names: ['stem', 'beam'] },
    ])
    expect(found.sentence).toMatch(/^Ada and Ben agree on 3 of 4 channels: kappa 0\.50/)
  })

  it('of raters without a channel in common is none', async () => {
    const { api, say } = await naming()
    await say('Ada', 0, 'stem')
    const found = await api.agreement({ run: 'one', raters: ['Ada', 'Ben'] }, calling)
    expect(found.kappa).toBeNull()
    expect(found.sentence).toContain('have named no channel both')
  })
})

describe('the naming table', () => {
  it('becomes a file for spreadsheets, whatever names hold', () => {
    const row = {
      address: 'one/bottleneck/0',
      layer: 'bottleneck',
      channel: 0,
      names: { Ada: 'stem, "long"', Ben: '=1+1' },
      notes: { Ada: 'two\nlines' },
      lists: ['A', 'B'],
      density: 0.5,
      styleEffect: -0.25,
      styleQ: null,
      composerEffect: null,
      composerQ: null,
    }
    const [header, ...lines] = namingCsv({ run: 'one', raters: ['Ada', 'Ben'], rows: [row] }).split('\r\n')
    expect(header).toMatch(/^address,layer,channel,name \(Ada\),note \(Ada\),name \(Ben\)/)
    expect(lines).toEqual([
      `one/bottleneck/0,bottleneck,0,"stem, ""long""","two\nlines",'=1+1,,A; B,0.5,-0.25,,,`,
      '',
    ])
  })

  it('has a row for every channel with names, lists, density and effects', async () => {
    const { api, say } = await naming()
    await say('Ada', 0, 'stem')
    await api.name({ ...at(0), rater: 'Ben', note: 'unsure' }, calling)
    await api.createList({ name: 'Verticals', channels: [at(0)] }, calling)
    const { rows, raters } = await api.table({ run: 'one' }, calling)
    expect(rows).toHaveLength(27)
    expect(raters).toEqual(['Ada', 'Ben'])
    expect(rows.find(({ address }) => address === 'one/bottleneck/0')).toEqual({
      address: 'one/bottleneck/0',
      layer: 'bottleneck',
      channel: 0,
      names: { Ada: 'stem' },
      notes: { Ben: 'unsure' },
      lists: ['Verticals'],
      density: 0.5,
      styleEffect: 0.7,
      styleQ: 0.01,
      composerEffect: null,
      composerQ: null,
    })
  })
})
