/** What the absence of channels costs: which crops, which means, which intervals; and what is kept of it. */
import { describe, expect, it } from 'vitest'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { chooseCrops, summarizeCosts } from '../../src/main/core/exploration/ablation'
import { readAblation, storeAblation } from '../../src/main/core/exploration/ablation-records'
import { testProject } from '../support/projects'

const crop = (index: number, composer: string, piece: string): SampleWithPage => ({
  index,
  page: 1,
  x: 0,
  y: 0,
  size: 8,
  draw: 1,
  whiteness: 0,
  file: 'f',
  style: composer === 'Bach' ? 'Baroque' : 'Romantic',
  composer,
  piece,
  pageNumber: 1,
})
const crops = [crop(0, 'Bach', 'a'), crop(1, 'Bach', 'a'), crop(2, 'Chopin', 'b'), crop(3, 'Liszt', 'c')]

describe('the cost of absence', () => {
  const errors = {
    intact: Float32Array.of(0.1, 0.2, 0.3, 0.4),
    // Channel 0 costs nothing, channel 1 costs composers differently.
    without: Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.2, 0.3, 0.3, 0.9),
  }
  const costs = summarizeCosts(errors, crops, 3)

  it('is a mean over crops, costliest first, and over the crops of each style and composer', () => {
    expect(costs.channels.map(({ channel }) => channel)).toEqual([1, 0])
    const [first, second] = costs.channels
    expect(first?.increase.value).toBeCloseTo(0.7 / 4, 6)
    expect(first?.byStyle['Baroque']).toBeCloseTo(0.1, 6)
    expect(first?.byStyle['Romantic']).toBeCloseTo(0.25, 6)
    expect(first?.byComposer['Liszt']).toBeCloseTo(0.5, 6)
    expect(second?.increase).toEqual({ value: 0, low: 0, high: 0 })
    expect(costs.intactMse).toBeCloseTo(0.25, 6)
    expect(costs.intactByComposer['Bach']).toBeCloseTo(0.15, 6)
  })

  it('has an interval over whole pieces', () => {
    expect(costs).toMatchObject({ pieces: 3, interval: { unit: 'piece', units: 3, seed: 3 } })
    const { low, high } = costs.channels[0]?.increase ?? {}
    // Resamples of one piece alone: only "b", which costs nothing, or only "c".
    expect(low).toBeCloseTo(0, 6)
    expect(high).toBeCloseTo(0.5, 6)
  })

  it('is measured on held-out crops spread over the set, on training crops where none are held out', () => {
    const split = { by: 'piece', fraction: 0.5 } as const
    const validation = [9, 7, 5, 3, 1]
    expect(chooseCrops({ split: { ...split, train: [0, 2], validation } }, 256)).toEqual({
      indices: [1, 3, 5, 7, 9],
      heldOut: true,
    })
    expect(chooseCrops({ split: { ...split, train: [0, 2], validation } }, 2).indices).toEqual([1, 5])
    expect(chooseCrops({ split: { ...split, train: [2, 0], validation: [] } }, 256)).toEqual({
      indices: [0, 2],
      heldOut: false,
    })
  })

  it('is kept by layer, and not shown for other weights', async () => {
    const project = testProject()
    await project.createAndOpen()
    const { database } = project.projects.access.required()
    database.pragma('foreign_keys = OFF')
    const weightsSha256 = 'a'.repeat(64)
    const report = {
      ...costs,
      run: 'r',
      layer: 'bottleneck',
      crops: 4,
      heldOut: true,
      weightsSha256,
      seconds: 1,
      finishedAt: '2026',
    }
    storeAblation(database, report)
    storeAblation(database, { ...report, crops: 5 })
    const of = { run: 'r', layer: 'bottleneck' }
    expect(readAblation(database, { ...of, weightsSha256 })).toEqual({ ...report, crops: 5 })
    expect(readAblation(database, { ...of, weightsSha256: 'b'.repeat(64) })).toBeNull()
    expect(readAblation(database, { ...of, layer: 'output', weightsSha256 })).toBeNull()
  })
})
