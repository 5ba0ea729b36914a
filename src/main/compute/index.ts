/** The compute process's one door: everything that `ComputeApi` promises. */
import type { ComputeApi, ComputeEvents } from '@shared/compute-api'
import type { RunPlan } from '@shared/domain/run'
import type { Local } from '@shared/remote'
import type { Environment } from './backend'
import { BackendHolder } from './backend-holder'
import { TrainingControls } from './controls'
import { adoptWeights, readWeights } from './exchange'
import { Explorer } from './explore'
import { measureSteps } from './measure'
import { Scorer } from './score'
import { train } from './train'
import type { Trainer } from './trainer'

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
  let training: TrainingControls | null = null

  const withTrainer = async <Result>(
    plan: RunPlan,
    work: (trainer: Trainer) => Promise<Result>,
  ): Promise<Result> => {
    const trainer = await backends.createTrainer(plan)
    try {
      return await work(trainer)
    } finally {
      trainer.close()
    }
  }

  return {
    device: {
      describe: () => backends.report(),
    },
    training: {
      train: (request, { signal }) =>
        withTrainer(request.plan, async (trainer) => {
          if (training !== null) throw new Error('This process is training already.')
          const controls = (training = new TrainingControls(signal))
          try {
            const remarks = backends.remarks(request.plan)
            return await train(request, {
              trainer,
              backend: backends.kind,
              device: backends.report().device,
              readerScript,
              controls,
              emit,
              elapsedMs,
              remarks,
            })
          } finally {
            training = null
          }
        }),
      pause: () => {
        training?.pause()
        return { paused: training?.isPaused ?? false }
      },
      resume: () => {
        training?.resume()
        return { paused: training?.isPaused ?? false }
      },
      stop: () => {
        training?.stop()
        return { stopping: training !== null }
      },
      measure: (request, { signal }) =>
        withTrainer(request.plan, (trainer) =>
          measureSteps(request, { trainer, backend: backends.kind, signal, elapsedMs }),
        ),
    },
    model: {
      reconstruct: (request) => explorer.reconstruct(request),
      reconstructMany: (request) => scorer.reconstructMany(request),
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
      weights: (request) => readWeights(request),
      adopt: (request) => adoptWeights(request),
    },
  }
}
