/** The probe sheet shown to a trained model: drawn, measured and answered by real parts. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatPicture } from '@shared/pictures'
import type { Core } from '../../src/main/core'
import { makeTinyCorpus } from '../support/tiny-corpus'
import { buildEntries, newFolder, wholeCore } from '../support/whole-core'

const place = newFolder()
let core: Core
let run: string

beforeAll(async () => {
  await buildEntries()
  core = wholeCore(join(place.folder, 'settings'), { featuresAfterTraining: false })
  await core.api.project.create({ folder: join(place.folder, 'symbols.scorescope') })
  await makeTinyCorpus(join(place.folder, 'corpus'))
  await core.api.jobs.wait(await core.api.corpus.import({ folder: join(place.folder, 'corpus') }))
  await core.api.jobs.wait(await core.api.sampling.draw({ seed: 1, size: 64, perPage: 2 }))
  const choices = { seed: 1, spec: '1x4@3,1x6@3', inputSize: 32, batch: 4, threads: 1, epochs: 2 }
  const reference = await core.api.training.start({ ...choices, split: 'crop' })
  run = reference.run
  await core.api.jobs.wait(reference)
})
afterAll(async () => {
  await core.close()
  place.remove()
})

describe('the probe sheet', () => {
  it('is told apart from one that was not shown yet', async () => {
    const asked = core.api.symbols.responses({ run, layer: 'bottleneck', channel: 0 })
    await expect(asked).rejects.toMatchObject({ code: 'symbols/not-measured' })
  })

  it('is shown to a model, and every channel answers', async () => {
    const sheet = await core.api.symbols.sheet({ sampleSet: 1 })
    const report = await core.api.jobs.wait(await core.api.symbols.measure({ run }))
    expect(report).toMatchObject({ run, pictures: sheet.pictures.length + 1 })
    const found = await core.api.symbols.responses({ run, layer: 'encoder-1-1', channel: 2 })
    expect(found.responses.map(({ symbol }) => symbol.id).sort()).toEqual(
      sheet.symbols.map(({ id }) => id).sort(),
    )
    const strongest = Math.max(...found.responses.map(({ relative }) => Math.abs(relative)))
    expect([0, 1]).toContain(strongest)
    const likings = await core.api.symbols.likings({ run, layer: 'bottleneck' })
    expect(likings.map(({ channel }) => channel)).toEqual([0, 1, 2, 3, 4, 5])
    const everywhere = await core.api.symbols.likings({ run })
    expect(everywhere.length).toBe((report as { channels: number }).channels)
  })

  it('has pictures with addresses', async () => {
    const address = formatPicture({ kind: 'symbol', sampleSet: 1, index: 5 })
    expect(await core.api.pictures.read({ address })).toMatchObject({ mediaType: 'image/png' })
  })

  it('refuses layers and channels that the model does not have', async () => {
    const layer = core.api.symbols.responses({ run, layer: 'nowhere', channel: 0 })
    await expect(layer).rejects.toMatchObject({ code: 'exploration/layer-unknown' })
    const channel = core.api.symbols.responses({ run, layer: 'bottleneck', channel: 6 })
    await expect(channel).rejects.toMatchObject({ code: 'exploration/channel-unknown' })
  })
})
