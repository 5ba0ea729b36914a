/** Evaluation with real parts: scores of a trained run, stored once, the same when asked again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Evaluation } from '@shared/domain/evaluation'
import type { RunSummary } from '@shared/domain/run'
import { Cancelled } from '@shared/errors'
import type { Core } from '../../src/main/core'
import { makeTinyCorpus } from '../support/tiny-corpus'
import { buildEntries, newFolder, wholeCore } from '../support/whole-core'

const place = newFolder()
const project = join(place.folder, 'scores.scorescope')
const SMALL = { seed: 1, spec: '1x4@3,1x8@3', inputSize: 16, batch: 4, threads: 1, validation: 0.4 } as const

let core: Core
let trained: RunSummary
let evaluation: Evaluation

const train = async (choices: object): Promise<RunSummary> => {
  const { job } = await core.api.training.start({ ...SMALL, epochs: 3, ...choices })
  return (await core.api.jobs.wait({ job })) as RunSummary
}
const evaluate = async (run: string): Promise<Evaluation> => {
  const { job } = await core.api.training.evaluate({ run })
  return (await core.api.jobs.wait({ job })) as Evaluation
}

beforeAll(async () => {
  await buildEntries()
  const corpus = join(place.folder, 'corpus')
  await makeTinyCorpus(corpus)
  core = wholeCore(join(place.folder, 'settings'), { featuresAfterTraining: false })
  await core.api.project.create({ folder: project })
  await core.api.jobs.wait(await core.api.corpus.import({ folder: corpus }))
  await core.api.jobs.wait(await core.api.sampling.draw({ seed: 7, size: 32, perPage: 3 }))
  trained = await train({ split: 'piece', stratify: 'style', epochs: 12, head: 'style', headWeight: 0.1 })
})
afterAll(async () => {
  await core.close()
  place.remove()
})

describe('an evaluation', () => {
  it('scores the run and its baselines on the same held-out crops', async () => {
    expect(await core.api.training.evaluation({ run: trained.run })).toBeNull()
    evaluation = await evaluate(trained.run)
    expect(evaluation.predictors.map(({ predictor }) => predictor)).toEqual([
      'model',
      'untrained',
      'pca',
      'block2',
      'block4',
      'block8',
      'constant',
    ])
    const [model, ...baselines] = evaluation.predictors
    expect(model?.mse.value).toBeCloseTo(trained.validationMse ?? NaN, 6)
    const mseOf = (wanted: string) => baselines.find(({ predictor }) => predictor === wanted)?.mse.value
    expect(mseOf('constant')).toBeCloseTo(trained.baselines?.constant ?? NaN, 6)
    expect(mseOf('block2')).toBeCloseTo(trained.baselines?.block2 ?? NaN, 6)
    expect(mseOf('block4')).toBeCloseTo(trained.baselines?.block4 ?? NaN, 6)
    expect(mseOf('block8')).toBeCloseTo(trained.baselines?.block8 ?? NaN, 6)
    for (const { mse, mseOverModel, ssim, inkMse } of evaluation.predictors) {
      expect(mse.low).toBeLessThanOrEqual(mse.value)
      expect(mse.high).toBeGreaterThanOrEqual(mse.value)
      expect(
        mseOverModel === null ||
          Math.abs(mseOverModel.value - (mse.value - (model?.mse.value ?? NaN))) < 1e-12,
      ).toBe(true)
      expect(ssim?.value).toBeLessThan(1)
      expect(inkMse?.value).toBeGreaterThan(0)
    }
    expect(mseOf('untrained')).not.toBeCloseTo(model?.mse.value ?? NaN, 3)
  })

  it('says what stands beside the numbers', () => {
    expect(evaluation).toMatchObject({
      run: trained.run,
      weightsSha256: trained.weightsSha256,
      inputSize: 16,
      optimistic: null,
      split: { by: 'piece', stratify: 'style', trainOnly: [], train: 12, validation: 12 },
      leaks: { sharePage: 0, sharePiece: 0, sharePixels: 0, sharedArea: 0 },
      interval: { name: 'cluster bootstrap, percentile', level: 0.95, units: 4, resamples: 2000, seed: 1 },
      remarks: ['The held-out crops are of only 4 pieces: intervals from so few are too narrow.'],
    })
    const pca = evaluation.predictors.find(({ predictor }) => predictor === 'pca')
    expect(pca).toMatchObject({ name: 'PCA, 11 components', codeNumbers: 11 })
    expect(pca?.remark).toMatch(
      /^12 crops have at most 11 components, so its code is 11 numbers where the model’s is 128/,
    )
    expect(evaluation.crops.indices).toHaveLength(12)
    const mean = evaluation.crops.mse.reduce((sum, mse) => sum + mse, 0) / 12
    expect(mean).toBeCloseTo(evaluation.predictors[0]?.mse.value ?? NaN, 12)
  })

  it('has the head’s accuracy as training had it, and a matrix whose cells hold their crops', async () => {
    const { classification } = evaluation
    const { epochs } = await core.api.training.metrics({ run: trained.run })
    expect(classification?.accuracy.value).toBeCloseTo(epochs.at(-1)?.headAccuracy ?? NaN, 6)
    expect(classification).toMatchObject({
      field: 'style',
      classes: ['Style 0', 'Style 1'],
      crops: 12,
      chance: 0.5,
    })
    expect(classification?.majority?.accuracy.value).toBe(0.5)
    expect(classification?.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(12)
    for (const { truth, predicted, indices } of classification?.cells ?? [])
      expect(indices).toHaveLength(classification?.confusion[truth]?.[predicted] ?? NaN)
    expect(classification?.pageVotes).toHaveLength(4)
  })

  it('is kept: in the catalogue, beside the run, and not measured again', async () => {
    expect(await core.api.training.evaluation({ run: trained.run })).toEqual(evaluation)
    const file = join(project, 'runs', trained.run, 'evaluation.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(evaluation)
    expect(await evaluate(trained.run)).toEqual(evaluation)
  })

  it('of crops held out of pages that are trained on carries its label', async () => {
    const run = await train({ split: 'crop' })
    expect(run.optimistic).toMatch(/^Optimistic: held-out crops are from pages that were also trained on/)
    const byCrop = await evaluate(run.run)
    expect(byCrop.optimistic).toBe(run.optimistic)
    expect(byCrop.leaks.sharePage).toBeGreaterThan(0)
    expect(byCrop.classification).toBeNull()
    const request = { sampleSet: run.sampleSet, by: 'crop', seed: 1, validation: 0.4 } as const
    expect(await core.api.sampling.leaks(request)).toEqual(byCrop.leaks)
  })

  it('can be cancelled and leaves nothing', async () => {
    const run = await train({ split: 'page', epochs: 1 })
    const { job } = await core.api.training.evaluate({ run: run.run })
    await core.api.jobs.cancel({ job })
    await expect(core.api.jobs.wait({ job })).rejects.toThrow(Cancelled)
    expect(await core.api.training.evaluation({ run: run.run })).toBeNull()
  })

  it('of a run that is not there is refused', async () => {
    await expect(core.api.training.evaluate({ run: 'nowhere' })).rejects.toMatchObject({
      code: 'training/run-unknown',
    })
  })
})
