/** A trained model leaves as a file. */
import { dirname, extname } from 'node:path'
import type { ModelExport } from '@shared/domain/exchange'
import { modelParameters } from '@shared/domain/model-parameters'
import { AppError, throwIfCancelled } from '@shared/errors'
import type { RequestOutput } from '@shared/requests'
import { writeFileAtomically } from '../../storage/atomic-file'
import { refusingFailedWrites } from '../../storage/write-problem'
import type { SharingDependencies } from './index'
import { modelFacts, tensorsOf } from './model-content'
import { encodeModel } from './write-model'

export type ExportChoices = RequestOutput<'sharing', 'exportModel'>

/**
 * The newest good weights of a run, also of one that is still training.
 * @throws AppError sharing/extension, sharing/no-head, training/run-unknown, training/no-checkpoint, project/no-write
 */
export async function exportModel(
  { runs, launchCompute }: SharingDependencies,
  { run, format, part, file }: ExportChoices,
  signal: AbortSignal,
): Promise<ModelExport> {
  const plan = runs.plan(run)
  const { architecture } = plan
  // Also keeps a slip of the pen from replacing a file of another kind.
  if (extname(file).toLowerCase() !== `.${format}`) throw AppError.of('sharing/extension', { file, format })
  if (part === 'classifier' && architecture.head === null) throw AppError.of('sharing/no-head', { run })
  runs.requireWeights(run)
  const process = await launchCompute({ threads: null, doing: `exporting run ${run}` })
  try {
    throwIfCancelled(signal)
    const { weights, weightsSha256 } = await process.api.model.weights({ plan, runFolder: runs.folder(run) })
    const values = new Map(weights.map((weight) => [weight.name, weight.values]))
    const tensors = tensorsOf(modelParameters(architecture), values)
    const content = { architecture, tensors, facts: modelFacts(plan, weightsSha256) }
    const encoded = encodeModel(content, format, part)
    throwIfCancelled(signal)
    refusingFailedWrites(dirname(file), () => {
      writeFileAtomically(file, encoded.bytes)
    })
    return {
      run,
      format,
      part,
      file,
      sizeBytes: encoded.bytes.byteLength,
      tensors: encoded.tensors.length,
      numbers: encoded.tensors.reduce((sum, tensor) => sum + tensor.values.length, 0),
      weightsSha256,
      leftOut: encoded.leftOut,
    }
  } finally {
    await process.stop()
  }
}
