/** Training as the compute process offers it: one run at a time. */
import type { ComputeApi } from '@shared/compute-api'
import type { RunPlan } from '@shared/domain/run'
import type { Local } from '@shared/remote'
import type { BackendHolder } from './backend-holder'
import { TrainingControls } from './controls'
import { measureSteps } from './measure'
import { train, type TrainingContext } from './train'
import type { Trainer } from './trainer'
import { readStanding } from './training-state'

export interface TrainingApiOptions extends Pick<TrainingContext, 'emit' | 'elapsedMs' | 'readerScript'> {
  readonly backends: BackendHolder
}

export function createTrainingApi(options: TrainingApiOptions): Local<ComputeApi>['training'] {
  const { backends, emit, elapsedMs, readerScript } = options
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
    async train(request, { signal }) {
      if (training !== null) throw new Error('This process is training already.')
      // From now on, so that whoever stops it while its graph is still being built is heard.
      const controls = (training = new TrainingControls(signal))
      try {
        return await withTrainer(request.plan, (trainer) => {
          const { kind: backend } = backends
          const { device } = backends.report()
          const remarks = backends.remarks(request.plan)
          const context = { trainer, backend, device, readerScript, controls, emit, elapsedMs, remarks }
          return train(request, context)
        })
      } finally {
        training = null
      }
    },
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
    standing: (request) => readStanding(request),
    measure: (request, { signal }) =>
      withTrainer(request.plan, (trainer) =>
        measureSteps(request, { trainer, backend: backends.kind, signal, elapsedMs }),
      ),
  }
}
