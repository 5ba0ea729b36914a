/** Reconstructions of a few fixed held-out crops, as the compute process wrote them after each epoch. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { EpochReconstructions } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import { ContainerProblem, readContainer } from '../../storage/container'

/**
 * Reads runs/<id>/reconstructions/epoch-NNNN.u8: grey bytes [2, crops, size, size], originals first.
 * @throws AppError training/epoch-unknown, training/reconstructions-damaged
 */
export function readEpochReconstructions(
  runFolder: string,
  wanted: { readonly run: string; readonly epoch: number; readonly epochs: number },
): EpochReconstructions {
  const { epoch } = wanted
  const file = join(runFolder, 'reconstructions', `epoch-${String(epoch).padStart(4, '0')}.u8`)
  if (!existsSync(file)) throw AppError.of('training/epoch-unknown', wanted)
  try {
    const { header, payload } = readContainer(file, 'reconstructions')
    const [, crops = 0, size = 0] = header.shape
    const bytes = crops * size * size
    return {
      epoch,
      size,
      indices: header.facts['indices'] as readonly number[],
      originals: payload.slice(0, bytes),
      reconstructions: payload.slice(bytes, 2 * bytes),
    }
  } catch (error) {
    if (!(error instanceof ContainerProblem)) throw error
    throw AppError.of('training/reconstructions-damaged', { file, problem: error.message }, { cause: error })
  }
}
