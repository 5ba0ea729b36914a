/** samples/<id>.u8: N × size × size grey bytes behind a sealed header, read at offsets. */
import { AppError } from '@shared/errors'
import { ContainerProblem, ContainerReader, ContainerWriter } from './container'

/** A frozen set of crops, open for reading. */
export interface SampleStore {
  /** Side of a crop in pixels. */
  readonly size: number
  readonly samples: number
  /** What was recorded with it, see `createSampleStore`. */
  readonly facts: Readonly<Record<string, unknown>>
  /** SHA-256 of the pixels, in hex. */
  readonly sha256: string
  /** Crops by index → grey bytes [indices.length, size, size]. */
  read(indices: ArrayLike<number>): Uint8Array
  /** Reads everything once and compares with the digest. @throws AppError sampling/store-damaged */
  verify(): void
  close(): void
}

/** @throws AppError sampling/store-damaged */
export function openSampleStore(path: string): SampleStore {
  const attempt = <Result>(action: () => Result): Result => {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof ContainerProblem) && !isFileProblem(error)) throw error
      throw AppError.of('sampling/store-damaged', { file: path, problem: error.message }, { cause: error })
    }
  }
  const reader = attempt(() => ContainerReader.open(path, 'samples'))
  const [samples = 0, size = 0] = reader.header.shape
  const sampleBytes = size * size
  return {
    size,
    samples,
    facts: reader.header.facts,
    sha256: reader.header.sha256,
    read(indices) {
      const pixels = new Uint8Array(indices.length * sampleBytes)
      for (let slot = 0; slot < indices.length; slot += 1) {
        const index = indices[slot] ?? -1
        if (index < 0 || index >= samples) throw AppError.of('sampling/index-unknown', { index, samples })
        const target = pixels.subarray(slot * sampleBytes, (slot + 1) * sampleBytes)
        attempt(() => {
          reader.readInto(target, index * sampleBytes)
        })
      }
      return pixels
    },
    verify() {
      attempt(() => {
        reader.verify()
      })
    },
    close() {
      reader.close()
    },
  }
}

/** Starts a sample store; append crops with `write`, then `commit([samples, size, size])`. */
export function createSampleStore(path: string, facts: Readonly<Record<string, unknown>>): ContainerWriter {
  return new ContainerWriter(path, { kind: 'samples', elementType: 'uint8', facts })
}

function isFileProblem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}
