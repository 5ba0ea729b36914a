/** The latent space with real parts: pages, crops, a trained model, a compute process, the whole core. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LatentMap } from '@shared/domain/latent'
import type { Core } from '../../src/main/core'
import { makeTinyCorpus } from '../support/tiny-corpus'
import { buildEntries, newFolder, wholeCore } from '../support/whole-core'

const place = newFolder()
const SMALL = { seed: 1, spec: '1x4@3,1x8@3', inputSize: 16, batch: 4, threads: 1, split: 'page' } as const

let core: Core
let run: string

beforeAll(async () => {
  await buildEntries()
  await makeTinyCorpus(join(place.folder, 'corpus'))
  core = wholeCore(join(place.folder, 'settings'))
  const { api } = core
  await api.project.create({ folder: join(place.folder, 'latent.scorescope') })
  await api.jobs.wait(await api.corpus.import({ folder: join(place.folder, 'corpus') }))
  await api.jobs.wait(await api.sampling.draw({ seed: 7, size: 32, perPage: 3 }))
  const training = await api.training.start({ ...SMALL, epochs: 1 })
  await api.jobs.wait(training)
  ;({ run } = training)
  const jobs = await api.jobs.list()
  const features = jobs.find(({ kind }) => kind === 'features')
  await api.jobs.wait(features ?? (await api.exploration.computeFeatures({ run })))
})
afterAll(async () => {
  await core.close()
  place.remove()
})

async function umap(): Promise<LatentMap> {
  const { api } = core
  const request = { run, method: 'umap', neighbours: 5 } as const
  const first = await api.latent.map(request)
  if (first.state === 'ready') return first.map
  await api.jobs.wait(first.job)
  return umap()
}

describe('the latent space of a trained model', () => {
  it('is laid out both ways, a point per crop', async () => {
    const reply = await core.api.latent.map({ run })
    const fields = await core.api.latent.fields({ run })
    if (reply.state !== 'ready') throw new Error('PCA is answered at once.')
    const laid = await umap()
    expect(fields.categorical.slice(0, 2).map(({ values }) => values.length)).toEqual([2, 4])
    for (const { samples, coordinates } of [reply.map, laid]) {
      expect([...samples]).toEqual([...fields.samples])
      expect(coordinates.length).toBe(2 * samples.length)
      expect(coordinates.every((value) => Number.isFinite(value))).toBe(true)
    }
  })

  it('knows neighbours and outliers, and decodes the way from a crop to its neighbour', async () => {
    const { latent, exploration } = core.api
    const [nearest] = await latent.neighbours({ run, index: 0, count: 1 })
    expect(nearest?.sample.page).not.toBe(1)
    expect((await latent.outliers({ run, count: 3 })).outliers).toHaveLength(3)
    const to = nearest?.sample.index ?? 1
    const { size, pictures } = await latent.decode({ kind: 'path', run, from: 0, to, steps: 3 })
    expect([size, pictures.length]).toEqual([16, 3])
    const { reconstruction } = await exploration.reconstruct({ run, index: 0 })
    for (const [at, grey] of (pictures[0]?.grey ?? new Uint8Array()).entries())
      expect(Math.abs(grey - (reconstruction[at] ?? -99))).toBeLessThanOrEqual(1)
  })

  it('is probed, and remembers what was found', async () => {
    const { latent, jobs } = core.api
    expect(await latent.reports({ run })).toEqual({ probe: null, confounds: null })
    const probe = await jobs.wait(await latent.probe({ run, fields: ['style', 'whiteness'] }))
    const confounds = await jobs.wait(await latent.confounds({ run }))
    expect(await latent.reports({ run })).toEqual({ probe, confounds })
    await expect(latent.probe({ run, fields: [] })).rejects.toMatchObject({ code: 'request/invalid' })
  })
})
