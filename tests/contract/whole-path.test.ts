/** The whole path with real parts: import → sample → train → features → look → kill → resume, on a tiny corpus. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunSummary } from '@shared/domain/run'
import { Cancelled } from '@shared/errors'
import { formatPicture } from '@shared/pictures'
import type { Core } from '../../src/main/core'
import { makeTinyCorpus } from '../support/tiny-corpus'
import { buildEntries, computeProcessesOf, newFolder, wholeCore, untilEvent } from '../support/whole-core'

const place = newFolder()
const settings = join(place.folder, 'settings')
const corpus = join(place.folder, 'corpus')
const project = join(place.folder, 'tiny.scorescope')

/** Small enough for seconds, deep enough for two poolings; one thread, so that results are exact. */
const SMALL = { seed: 1, spec: '1x4@3,1x8@3', inputSize: 16, batch: 4, threads: 1, split: 'page' } as const
const LONG = { ...SMALL, epochs: 400 } as const

let core: Core
let pages: number
let finished: RunSummary

beforeAll(async () => {
  await buildEntries()
  pages = await makeTinyCorpus(corpus)
  core = wholeCore(settings)
  await core.api.project.create({ folder: project })
})
afterAll(async () => {
  await core.close()
  place.remove()
})

describe('the whole path', () => {
  it('imports pages, and nothing a second time', async () => {
    const first = await core.api.jobs.wait(await core.api.corpus.import({ folder: corpus }))
    expect(first).toMatchObject({ styles: 2, composers: 4, pieces: 8, pages, added: pages, refused: [] })
    const second = await core.api.jobs.wait(await core.api.corpus.import({ folder: corpus }))
    expect(second).toMatchObject({ pages, added: 0, skipped: pages })
  })

  it('draws the same samples for the same seed', async () => {
    const draw = { seed: 7, size: 32, perPage: 3 }
    const first = await core.api.jobs.wait(await core.api.sampling.draw(draw))
    const second = await core.api.jobs.wait(await core.api.sampling.draw(draw))
    expect(first).toMatchObject({ samples: 3 * pages, pages })
    expect((second as { hash: string }).hash).toBe((first as { hash: string }).hash)
    const { bytes, mediaType } = await core.api.pictures.read({
      address: formatPicture({ kind: 'crop', sampleSet: 1, index: 0 }),
    })
    expect(mediaType).toBe('image/png')
    expect(bytes.length).toBeGreaterThan(50)
  })

  it('says what a training would cost, and keeps nothing of it', async () => {
    const forecast = await core.api.training.forecast({ ...SMALL, epochs: 10 })
    expect(forecast.secondsPerStep).toBeGreaterThan(0)
    expect(forecast.stepsPerEpoch).toBeGreaterThan(1)
    expect(forecast.peakMemoryBytes).toBeGreaterThan(10_000_000)
    expect(forecast.description.layers.map(({ name }) => name)).toContain('bottleneck')
    expect(await core.api.training.runs()).toEqual([])
  })

  it('trains, tells every epoch, and computes the features by itself', async () => {
    const epochs: number[] = []
    const leave = core.on('run/epoch', ({ epoch }) => epochs.push(epoch))
    const featuresEnded = untilEvent(core, 'job/ended', ({ kind }) => kind === 'features')
    const { run, job } = await core.api.training.start({
      ...SMALL,
      epochs: 20,
      head: 'style',
      headWeight: 0.01,
    })
    finished = (await core.api.jobs.wait({ job })) as RunSummary
    leave()
    expect(finished).toMatchObject({ run, status: 'finished', epochs: 20, hasWeights: true, problem: null })
    expect(finished.weightsSha256).toMatch(/^[0-9a-f]{64}$/)
    expect(finished.baselines?.constant).toBeGreaterThan(finished.baselines?.block2 ?? NaN)
    expect(epochs).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    const { steps, epochs: kept } = await core.api.training.metrics({ run })
    expect(steps.map(({ step }) => step)).toEqual(
      Array.from({ length: finished.steps }, (_, index) => index + 1),
    )
    expect(kept.at(-1)?.trainMse).toBeLessThan(kept[0]?.trainMse ?? 0)
    expect((await featuresEnded).status).toBe('finished')
    expect(await core.api.training.run({ run })).toMatchObject({ featuresReady: true })
    const pictures = await core.api.training.epochReconstructions({ run, epoch: 20 })
    expect(pictures.reconstructions.length).toBe(pictures.indices.length * 16 * 16)
    await expect(core.api.training.epochReconstructions({ run, epoch: 21 })).rejects.toMatchObject({
      code: 'training/epoch-unknown',
    })
  })

  it('shows features with addresses and places on pages', async () => {
    const { run } = finished
    const features = await core.api.exploration.features({ run })
    const { layers } = await core.api.exploration.layers({ run })
    expect(features).toHaveLength(layers.reduce((sum, { channels }) => sum + channels, 0))
    expect(features[0]?.address).toBe(`${run}/encoder-1-1/0`)
    expect(await core.api.exploration.features({ run, layer: 'bottleneck' })).toHaveLength(8)
    const alive = features.filter(({ bottleneck, density }) => bottleneck && density > 0)[0]
    expect(alive).toBeDefined()
    const { channel = 0 } = alive ?? {}
    const page = await core.api.exploration.channel({ run, layer: 'bottleneck', channel })
    const best = page.top[0]
    const crop = await core.api.sampling.crop({ sampleSet: finished.sampleSet, index: best?.index ?? 0 })
    expect(page.reduction).toBe(2)
    expect(best).toMatchObject({
      page: crop.page,
      pageX: crop.x + (best?.x ?? NaN),
      pageY: crop.y + (best?.y ?? NaN),
    })
    expect(best?.size).toBe(page.receptiveField.size * 2)
    expect(page.top.map(({ activation }) => activation)).toEqual(
      page.top.map(({ activation }) => activation).sort((a, b) => b - a),
    )
  })

  it('shows kernels, activations and reconstructions, with channels switched off', async () => {
    const { run } = finished
    const kernels = await core.api.exploration.kernels({ run, layer: 'encoder-2-1' })
    expect(kernels).toMatchObject({ kernel: 3, inputChannels: 4, filters: 8 })
    expect(kernels.weights).toHaveLength(3 * 3 * 4 * 8)
    const maps = await core.api.exploration.activations({ run, layer: 'encoder-1-1', index: 0 })
    expect(maps.maps).toHaveLength(16 * 16 * 4)
    const whole = await core.api.exploration.reconstruct({ run, index: 0 })
    expect(whole.reconstruction).toHaveLength(16 * 16)
    expect(whole.without).toEqual([])
    const channels = Array.from({ length: 8 }, (_, channel) => ({ channel, scale: 0 }))
    const without = await core.api.exploration.reconstruct({ run, index: 0, channels })
    expect(without.without).toEqual(channels.map(({ channel }) => `bottleneck/${channel}`))
    expect(without.mse).not.toBe(whole.mse)
  })

  it.skipIf(process.platform !== 'linux')('looks again after the warm process was killed', async () => {
    const { run } = finished
    const before = await core.api.exploration.reconstruct({ run, index: 1 })
    for (const pid of computeProcessesOf(process.pid)) process.kill(pid, 'SIGKILL')
    expect((await core.api.exploration.reconstruct({ run, index: 1 })).mse).toBe(before.mse)
  })

  it.each([
    ['layer', { layer: 'encoder-9-9' }, 'exploration/layer-unknown'],
    ['channel', { layer: 'bottleneck', channel: 8 }, 'exploration/channel-unknown'],
  ])('refuses an unknown %s', async (_, where, code) => {
    const request = { run: finished.run, layer: where.layer, channel: 'channel' in where ? where.channel : 0 }
    await expect(core.api.exploration.channel(request)).rejects.toMatchObject({ code })
  })

  it('pauses, goes on, refuses a second run meanwhile, and stops keeping the weights', async () => {
    const { run, job } = await core.api.training.start(LONG)
    await untilEvent(core, 'run/epoch', ({ epoch }) => epoch >= 2)
    expect(await core.api.training.pause({ run })).toMatchObject({ status: 'paused' })
    await expect(core.api.training.start(SMALL)).rejects.toMatchObject({ code: 'job/busy' })
    const before = (await core.api.training.metrics({ run })).steps.length
    expect(await core.api.training.unpause({ run })).toMatchObject({ status: 'running' })
    await untilEvent(core, 'run/epoch', () => true)
    await core.api.training.stop({ run })
    const stopped = (await core.api.jobs.wait({ job })) as RunSummary
    expect(stopped).toMatchObject({ status: 'stopped', hasWeights: true })
    expect(stopped.steps).toBeGreaterThan(before)
    await expect(core.api.training.pause({ run })).rejects.toMatchObject({ code: 'training/not-running' })
  })

  it('cancels', async () => {
    const { run, job } = await core.api.training.start(LONG)
    await untilEvent(core, 'run/step', () => true)
    expect(await core.api.training.cancel({ run })).toMatchObject({ status: 'cancelled' })
    await expect(core.api.jobs.wait({ job })).rejects.toThrow(Cancelled)
    await expect(core.api.training.resume({ run })).rejects.toMatchObject({ code: 'training/not-resumable' })
  })

  it.skipIf(process.platform !== 'linux')(
    'after a crash of the compute process goes on from the checkpoint to the very same weights',
    async () => {
      const choices = { ...SMALL, epochs: 24 }
      const whole = (await core.api.jobs.wait(await core.api.training.start(choices))) as RunSummary
      const { run, job } = await core.api.training.start(choices)
      await untilEvent(core, 'run/epoch', (told) => told.run === run && told.epoch >= 3)
      for (const pid of computeProcessesOf(process.pid)) process.kill(pid, 'SIGKILL')
      await expect(core.api.jobs.wait({ job })).rejects.toMatchObject({ code: 'training/interrupted' })
      const interrupted = await core.api.training.run({ run })
      expect(interrupted).toMatchObject({ status: 'interrupted', hasWeights: true })
      expect(interrupted.problem).toContain(run)

      const resumed = (await core.api.jobs.wait(await core.api.training.resume({ run }))) as RunSummary
      expect(resumed).toMatchObject({ status: 'finished', epochs: 24, problem: null })
      expect(resumed.weightsSha256).toBe(whole.weightsSha256)
      const told = await core.api.training.metrics({ run })
      const expected = await core.api.training.metrics({ run: whole.run })
      const losses = (metrics: typeof told) => metrics.steps.map(({ step, trainMse }) => [step, trainMse])
      expect(losses(told)).toEqual(losses(expected))
      expect(told.epochs.map(({ validationMse }) => validationMse)).toEqual(
        expected.epochs.map(({ validationMse }) => validationMse),
      )
    },
  )

  it('interrupts a training when it is closed, and goes on with it when opened again', async () => {
    const { run } = await core.api.training.start({ ...SMALL, epochs: 24 })
    await untilEvent(core, 'run/epoch', (told) => told.run === run && told.epoch >= 2)
    await core.close()
    core = wholeCore(settings, { featuresAfterTraining: false })
    await core.api.project.open({ folder: project })
    expect(await core.api.training.run({ run })).toMatchObject({ status: 'interrupted', hasWeights: true })
    const resumed = (await core.api.jobs.wait(await core.api.training.resume({ run }))) as RunSummary
    expect(resumed).toMatchObject({ status: 'finished', epochs: 24 })
  })
})
