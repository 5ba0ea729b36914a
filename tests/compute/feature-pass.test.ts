/** The feature pass, against brute force on activations, and ended in the middle. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FeaturePass } from '@shared/compute-api'
import { describeArchitecture } from '@shared/domain/architecture'
import { HISTOGRAM_EDGES } from '@shared/domain/histogram'
import { FEATURE_VERSION, readFeatureTables } from '../../src/main/storage/feature-tables'
import { context, createInProcess, type InProcess, train, WITHOUT_NATIVE } from './support/in-process'
import { nativeIsThere } from './support/native'
import { createTinyRun, type TinyRun } from './support/tiny-run'

const SAMPLES = 150
const PASS = { top: 3, bands: 5, picks: 2 } as const
const INDICES = Array.from({ length: SAMPLES }, (_, index) => index)

describe.skipIf(!nativeIsThere)('a feature pass', () => {
  let run: TinyRun
  let done: () => void
  let native: InProcess
  let pass: FeaturePass
  /** By layer: every sample's map [height, width, channels]. */
  const maps = new Map<string, readonly Float32Array[]>()

  const passOver = async (process: InProcess, signal?: AbortSignal): Promise<FeaturePass> =>
    process.compute.model.featurePass({ ...run, ...PASS, indices: INDICES }, context(signal))
  const layers = () => describeArchitecture(run.plan.architecture).layers

  beforeAll(async () => {
    ;({ run, done } = createTinyRun({ epochs: 1, cropSize: 16, samples: SAMPLES, learningRate: 0.01 }))
    native = createInProcess()
    await train(native, run)
    pass = await passOver(native)
    for (const { name } of layers()) {
      const all: Float32Array[] = []
      for (const index of INDICES)
        all.push(
          (await native.compute.model.activations({ ...run, layer: name, index }, context())).maps.slice(),
        )
      maps.set(name, all)
    }
  })
  afterAll(() => {
    done()
  })

  const tablesNow = () => {
    const channels = layers().reduce((sum, layer) => sum + layer.channels, 0)
    const bottleneck = layers().find(({ kind }) => kind === 'bottleneck')
    const codeNumbers = 4 * (bottleneck?.channels ?? 0)
    const { weightsSha256 } = pass
    const identity = { version: FEATURE_VERSION, weightsSha256, sampleSet: 'none', channels, codeNumbers }
    return { channels, codeNumbers, tables: readFeatureTables(run.runFolder, identity) }
  }

  it('keeps a table of means, maxima and their places for every sample, and leaves no parts behind', () => {
    const { channels, tables } = tablesNow()
    let from = 0
    for (const layer of layers()) {
      for (const sample of [0, 63, 64, 149]) {
        const values = maps.get(layer.name)?.[sample] ?? new Float32Array()
        for (let channel = 0; channel < layer.channels; channel += 1) {
          const own = values.filter((_, at) => at % layer.channels === channel)
          const cell = sample * channels + from + channel
          expect(tables?.means[cell]).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 5)
          expect(tables?.maxima[cell]).toBeCloseTo(Math.max(...own), 5)
          expect(own[tables?.positions[cell] ?? -1]).toBeCloseTo(Math.max(...own), 5)
          expect(tables?.densities[cell]).toBeCloseTo(own.filter((value) => value > 0).length / own.length, 6)
        }
      }
      from += layer.channels
    }
    expect(readdirSync(join(run.runFolder, 'features'))).toEqual(['tables.f32'])
  })

  it('keeps the bottleneck averaged over a grid of two by two', () => {
    const { codeNumbers, tables } = tablesNow()
    const { width, channels } = layers().find(({ kind }) => kind === 'bottleneck') ?? {
      width: 0,
      channels: 0,
    }
    const values = maps.get('bottleneck')?.[77] ?? new Float32Array()
    const half = width / 2
    for (let cell = 0; cell < 4; cell += 1)
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 0
        for (let row = 0; row < half; row += 1)
          for (let column = 0; column < half; column += 1) {
            const unit = (row + half * Math.floor(cell / 2)) * width + column + half * (cell % 2)
            sum += values[unit * channels + channel] ?? 0
          }
        expect(tables?.codes[77 * codeNumbers + cell * channels + channel]).toBeCloseTo(sum / half ** 2, 5)
      }
  })

  it('counts activations into the bins that hold them', () => {
    for (const layer of layers()) {
      // Maps of at most 16 units a side are counted whole.
      const all = maps.get(layer.name) ?? []
      for (let channel = 0; channel < layer.channels; channel += 1) {
        const counts = Array.from({ length: 64 }, () => 0)
        let silent = 0
        for (const values of all)
          for (let at = channel; at < values.length; at += layer.channels) {
            const value = values[at] ?? NaN
            const bin = HISTOGRAM_EDGES.findLastIndex((edge) => edge <= value)
            const place = Math.min(63, Math.max(0, bin))
            if (value > 0) counts[place] = (counts[place] ?? 0) + 1
            else silent += 1
          }
        const found = pass.channels.find((one) => one.layer === layer.name && one.channel === channel)
        const total = all.length * layer.height * layer.width
        const counted = found?.histogram.counts ?? []
        expect(counted.reduce((sum, count) => sum + count, found?.histogram.silent ?? NaN)).toBe(total)
        const different = counted.reduce((sum, count, bin) => sum + Math.abs(count - (counts[bin] ?? 0)), 0)
        // A batch is rounded otherwise than one sample alone, which moves a value over an edge now and then.
        expect(different + Math.abs((found?.histogram.silent ?? 0) - silent)).toBeLessThan(total / 500)
      }
    }
  })

  it('draws samples from each fifth of the range, the same ones each time', () => {
    for (const { layer, channel, bands, top, maximum } of pass.channels) {
      const { channels = 1 } = layers().find(({ name }) => name === layer) ?? {}
      expect(bands.map(({ samples }) => samples)).toEqual([30, 30, 30, 30, 30])
      expect(bands.at(-1)?.high).toBe(maximum)
      expect(top[0]?.activation).toBe(maximum)
      for (const [at, band] of bands.entries()) {
        if (at > 0) expect(band.low).toBeGreaterThanOrEqual(bands[at - 1]?.high ?? Infinity)
        expect(band.picks).toHaveLength(2)
        for (const { index, activation } of band.picks) {
          const own = maps.get(layer)?.[index]?.filter((_, cell) => cell % channels === channel)
          expect(activation).toBeCloseTo(Math.max(...(own ?? [])), 5)
          expect(activation >= band.low && activation <= band.high).toBe(true)
        }
      }
    }
  })

  it('correlates channels over samples and over positions as brute force does', () => {
    const columnOf = (layer: string, channel: number, everywhere: boolean): readonly number[] => {
      const { channels = 1 } = layers().find(({ name }) => name === layer) ?? {}
      return (maps.get(layer) ?? []).flatMap((values) => {
        const own = [...values.filter((_, at) => at % channels === channel)]
        return everywhere ? own : [own.reduce((sum, value) => sum + value, 0) / own.length]
      })
    }
    let compared = 0
    for (const { layer, channel, related, relatedWithin } of pass.channels) {
      for (const other of [related.positive[0], related.negative[0]]) {
        if (other === undefined) continue
        const expected = pearson(columnOf(layer, channel, false), columnOf(other.layer, other.channel, false))
        expect(other.correlation).toBeCloseTo(expected, 3)
        compared += 1
      }
      for (const other of [relatedWithin.positive[0], relatedWithin.negative[0]]) {
        if (other === undefined) continue
        expect(other.layer).toBe(layer)
        const expected = pearson(columnOf(layer, channel, true), columnOf(layer, other.channel, true))
        expect(other.correlation).toBeCloseTo(expected, 3)
        compared += 1
      }
      const twins = related.positive.filter((other) => other.channel === channel)
      if (layer === 'bottleneck') expect(twins.map((other) => other.layer)).not.toContain('encoder-2-1')
    }
    expect(compared).toBeGreaterThan(10)
  })

  it('that was ended goes on where it was, and comes to the same', async () => {
    const process = createInProcess()
    const controller = new AbortController()
    rmSync(join(run.runFolder, 'features'), { recursive: true })
    process.onEvent = ({ name, value }) => {
      if (name === 'compute/features-progress' && value.done === 128) controller.abort()
    }
    await expect(passOver(process, controller.signal)).rejects.toThrow('Cancelled')
    expect(readdirSync(join(run.runFolder, 'features')).sort()).toEqual(['part-0.f32', 'part-64.f32'])
    // What is damaged is measured again.
    writeFileSync(join(run.runFolder, 'features', 'part-64.f32'), 'no longer whole')
    process.onEvent = () => undefined
    const resumed = await passOver(process)
    expect(resumed.resumed).toBe(64)
    expect(resumed.channels).toEqual(pass.channels)
    expect(tablesNow().tables?.means).toHaveLength(SAMPLES * tablesNow().channels)
  })

  it('finds much the same in plain JavaScript', async () => {
    const script = await passOver(createInProcess(WITHOUT_NATIVE))
    for (const [at, channel] of script.channels.entries()) {
      expect(channel.mean).toBeCloseTo(pass.channels[at]?.mean ?? NaN, 4)
      expect(channel.histogram.silent).toBeCloseTo(pass.channels[at]?.histogram.silent ?? NaN, -3)
    }
  })
})

function pearson(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [a, b] = [mean(one), mean(other)]
  const product = one.reduce((sum, value, at) => sum + (value - a) * ((other[at] ?? NaN) - b), 0)
  const square = (values: readonly number[], centre: number) =>
    values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return product / Math.sqrt(square(one, a) * square(other, b))
}
