import { describe, expect, test } from 'vitest'
import {
  type ChannelFacts,
  labelOf,
  NO_FILTER,
  orderChannels,
  type SortKey,
} from '../../src/renderer/src/state/filters-order'
import { fakeContrasts } from './support/fake-findings'
import { fakeFeatures } from './support/fake-model'
import { FAKE_SYMBOLS } from './support/fake-symbols'

const LAYER = 'encoder-1-1'
const features = fakeFeatures('r1', [], LAYER)
const contrasts = fakeContrasts('r1', 'style').channels.filter((row) => row.layer === LAYER)

function facts(channel: number, change: Partial<ChannelFacts> = {}): ChannelFacts {
  return {
    channel,
    feature: features[channel] ?? null,
    names: [],
    notes: [],
    liking: null,
    lossWhenAbsent: null,
    contrasts: { style: contrasts.find((row) => row.channel === channel) ?? null, composer: null },
    ...change,
  }
}

const liking = (channel: number, place: number): ChannelFacts['liking'] => ({
  layer: LAYER,
  channel,
  symbol: FAKE_SYMBOLS[place] ?? null,
  selectivity: 0.5,
})

const CHANNELS = [
  facts(0, { lossWhenAbsent: 0.001 }),
  facts(1, { names: ['stem'], notes: ['upright, in print'], lossWhenAbsent: 0.004 }),
  facts(2, { liking: liking(2, 2) }),
  facts(3, { names: ['beam'], liking: liking(3, 0) }),
  facts(4),
  facts(5),
]

const sorted = (sort: SortKey): readonly number[] => orderChannels(CHANNELS, { sort, filter: NO_FILTER })
const passing = (filter: Partial<typeof NO_FILTER>): readonly number[] =>
  orderChannels(CHANNELS, { sort: 'channel', filter: { ...NO_FILTER, ...filter } })

describe('the order of channels', () => {
  test('is by what is largest, those without a value last', () => {
    expect(sorted('maximum')[0]).toBe(3)
    expect(sorted('lossWhenAbsent')).toEqual([1, 0, 2, 3, 4, 5])
    expect(sorted('style').slice(0, 2)).toEqual([0, 5])
    expect(sorted('composer')).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('by name: names that people gave first, then likings, then the nameless', () => {
    expect(sorted('name')).toEqual([3, 1, 2, 0, 4, 5])
  })
})

describe('the choice of channels', () => {
  test('leaves out dead, unnamed or undistinguished ones when asked', () => {
    const dead = CHANNELS.map((one) =>
      one.channel === 4 && one.feature !== null ? { ...one, feature: { ...one.feature, dead: true } } : one,
    )
    expect(orderChannels(dead, { sort: 'channel', filter: { ...NO_FILTER, hideDead: true } })).not.toContain(
      4,
    )
    expect(passing({ onlyNamed: true })).toEqual([1, 3])
    expect(passing({ onlyFound: true })).toEqual([0, 5])
  })

  test('finds by name, note, liking or number', () => {
    expect(passing({ search: 'STEM' })).toEqual([1])
    expect(passing({ search: 'print' })).toEqual([1])
    expect(passing({ search: 'beam' })).toEqual([2, 3])
    expect(passing({ search: '4' })).toEqual([4])
    expect(passing({ search: 'nothing of the kind' })).toEqual([])
  })
})

test('a channel is called by its name, else by what it likes', () => {
  expect(labelOf(CHANNELS[3] ?? facts(3))).toEqual({ text: 'beam', named: true })
  expect(labelOf(CHANNELS[2] ?? facts(2))).toEqual({ text: 'beam', named: false })
  expect(labelOf(facts(0))).toBeNull()
})
