/** A model from a file becomes a run: explorable like one that was trained here. */
import { basename } from 'node:path'
import { reductionFactor } from '@shared/domain/architecture'
import type { ImportedModel } from '@shared/domain/exchange'
import type { RunPlan } from '@shared/domain/run'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import { throwIfCancelled } from '@shared/errors'
import type { RequestOutput } from '@shared/requests'
import { shortIdentifier } from '../identifiers'
import { type ReadModel, readModel } from './read-model'
import type { SharingDependencies } from './index'

export type ImportChoices = RequestOutput<'sharing', 'importModel'>

/**
 * The run appears only once its plan and weights are on disk.
 * @throws AppError sharing/…, sampling/none-yet, sampling/set-unknown, model/…, project/no-write, process/not-ready
 */
export async function importModel(
  dependencies: SharingDependencies,
  choices: ImportChoices,
  signal: AbortSignal,
): Promise<ImportedModel> {
  const { samples, runs, launchCompute, onImported } = dependencies
  const set = choices.sampleSet === undefined ? samples.latestSet() : samples.set(choices.sampleSet)
  const model = readModel(choices)
  reductionFactor(set.size, model.architecture.inputSize)
  const plan = planOf(dependencies, { choices, model, set })
  const imported = runs.beginImport(plan)
  try {
    const process = await launchCompute({ threads: null, doing: 'importing a model' })
    try {
      throwIfCancelled(signal)
      const weights = model.tensors.map(({ name, values }) => ({ name, values }))
      const request = { plan, runFolder: imported.folder, weights }
      const { weightsSha256 } = await process.api.model.adopt(request)
      imported.record({ weightsSha256, remarks: remarksOn(choices, model) })
    } finally {
      await process.stop()
    }
  } catch (error) {
    imported.discard()
    throw error
  }
  onImported(plan.run)
  return runs.summary(plan.run)
}

interface PlanParts {
  readonly choices: ImportChoices
  readonly model: ReadModel
  readonly set: SampleSet
}

/** What would have been trained for, had it been here: nothing. All samples count as held out. */
function planOf(
  { randomBytes, samples, version }: SharingDependencies,
  { choices, model, set }: PlanParts,
): RunPlan {
  const { architecture } = model
  const { head } = architecture
  const all = samples.samplesOf(set.id)
  const classOf = (sample: SampleWithPage): number =>
    head === null ? -1 : head.classes.indexOf(sample[head.field])
  return {
    format: 1,
    run: shortIdentifier(randomBytes),
    name: choices.name ?? basename(choices.file, '.safetensors').slice(0, 200),
    preset: null,
    sampleSet: { id: set.id, hash: set.hash, size: set.size, samples: set.samples },
    split: { by: 'crop', fraction: 1, train: [], validation: all.map(({ index }) => index) },
    architecture,
    labels: head === null ? null : all.map(classOf),
    optimizer: { learningRate: 0, epochs: 0, batchSize: 1, microBatch: 1 },
    seed: 0,
    threads: null,
    versions: { scorescope: version },
  }
}

function remarksOn({ file }: ImportChoices, { origin }: ReadModel): readonly string[] {
  const from = origin === null ? '' : `, where it was run ${origin}`
  return [
    `Imported from ${basename(file)}${from}; how it was trained is not known here.`,
    'Which samples it was trained on is not known, so that all of them are listed as held out.',
  ]
}
