/** A run's numbers, given out and taken in: what model exchange needs of the checkpoints, without loading TensorFlow. */
import type { AdoptRequest, RunWeights, WeightsReference } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import { CheckpointFolder } from './checkpoint'
import { hashValues, modelParameters, valueOf } from './parameters'
import { START } from './progress'

/** The newest good weights of a run. @throws training/no-checkpoint */
export function readWeights({ plan, runFolder }: WeightsReference): RunWeights {
  const parameters = modelParameters(plan.architecture)
  const { checkpoint } = new CheckpointFolder(runFolder).newest(parameters)
  if (checkpoint === null) throw AppError.of('training/no-checkpoint', { run: plan.run })
  const { values } = checkpoint
  return {
    // Only the model's: what the optimizer keeps beside them stays here.
    weights: parameters.map(({ name }) => ({ name, values: valueOf(values, name) })),
    weightsSha256: hashValues(parameters, values),
  }
}

/**
 * Writes weights that were trained elsewhere as the run's one checkpoint.
 * @throws project/no-write
 */
export function adoptWeights({ plan, runFolder, weights }: AdoptRequest): Pick<RunWeights, 'weightsSha256'> {
  const parameters = modelParameters(plan.architecture)
  const values = new Map(weights.map(({ name, values: numbers }) => [name, numbers]))
  new CheckpointFolder(runFolder).write(parameters, values, START)
  return { weightsSha256: hashValues(parameters, values) }
}
