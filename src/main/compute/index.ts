/** The compute process's one door: everything that `ComputeApi` promises. */
import type { ComputeApi, ComputeEvents } from '@shared/compute-api'
import type { Local } from '@shared/remote'
import type { Environment } from './backend'
import { BackendHolder } from './backend-holder'
import { adoptWeights, readWeights } from './exchange'
import { Explorer } from './explore'
import { Scorer } from './score'
import { createTrainingApi } from './training-api'

export interface ComputeDependencies {
  readonly emit: <Name extends keyof ComputeEvents>(name: Name, value: ComputeEvents[Name]) => void
  readonly environment: Environment
  /** Milliseconds from any start, never going back. */
  readonly elapsedMs: () => number
  /** See `ReadAhead`; absent: batches are read when they are needed. */
  readonly readerScript?: string
}

export function createCompute(dependencies: ComputeDependencies): Local<ComputeApi> {
  const { emit, environment, elapsedMs, readerScript = null } = dependencies
  const backends = new BackendHolder(environment)
  const explorer = new Explorer({
    elapsedMs,
    loadModel: (architecture, values) => backends.loadModel(architecture, values),
  })
  const scorer = new Scorer((architecture, values) => backends.loadModel(architecture, values))

  return {
    device: {
      describe: () => backends.report(),
    },
    training: createTrainingApi({ backends, emit, elapsedMs, readerScript }),
    model: {
      reconstruct: (request) => explorer.reconstruct(request),
      reconstructMany: (request) => scorer.reconstructMany(request),
      patterns: (request, { signal }) => scorer.patterns(request, signal),
      classify: (request) => scorer.classify(request),
      activations: (request) => explorer.activations(request),
      kernels: (request) => explorer.kernels(request),
      respond: (request, { signal }) =>
        explorer.respond(request, {
          signal,
          onProgress: (done, total) => {
            emit('compute/features-progress', { done, total })
          },
        }),
      featurePass: (request, { signal }) =>
        explorer.featurePass(request, {
          signal,
          onProgress: (done, total) => {
            emit('compute/features-progress', { done, total })
          },
        }),
      ablate: (request, { signal }) =>
        explorer.ablate(request, {
          signal,
          onProgress: (done, total) => {
            emit('compute/ablate-progress', { done, total })
          },
        }),
      pageMap: (request, { signal }) => explorer.pageMap(request, { signal }),
      decodeMix: (request, { signal }) => explorer.decodeMix(request, { signal }),
      weights: (request) => readWeights(request),
      adopt: (request) => adoptWeights(request),
    },
  }
}
