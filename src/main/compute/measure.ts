import type { MeasureRequest, StepMeasurement } from '@shared/compute-api'
import { throwIfCancelled } from '@shared/errors'
import type { BackendKind } from '@shared/domain/run'
import { setImmediate } from 'node:timers/promises'
import { microBatchSettings } from './micro-batch'
import { initialValues, trainingParameters } from './parameters'
import { peakMemoryBytes } from './peak-memory'
import { nextRange, START } from './progress'
import { epochOrder } from './random'
import { openSamples } from './samples'
import type { Trainer } from './trainer'

/**
 * Times micro-batches of the plan from its first weights, after one to warm up. A step is as many of them as make a
 * batch; timing one rather than the step keeps the forecast of a large model short.
 * @throws Cancelled, compute/out-of-memory
 */
export async function measureSteps(
  { plan, sampleFile, steps }: MeasureRequest,
  context: {
    readonly trainer: Trainer
    readonly backend: BackendKind
    readonly signal: AbortSignal
    readonly elapsedMs: () => number
  },
): Promise<StepMeasurement> {
  const { trainer, elapsedMs } = context
  const samples = openSamples(sampleFile, plan)
  try {
    trainer.assign(initialValues(trainingParameters(plan.architecture), plan.seed))
    const { from, to, batchTo } = nextRange(0, plan)
    const batch = samples.batch(epochOrder(plan.split.train, plan.seed, 1).subarray(from, to))
    const place = { share: (to - from) / batchTo, labelledInBatch: 1, completesBatch: true }
    const beganMs = elapsedMs()
    let startMs = beganMs
    for (let step = 0; step <= steps; step += 1) {
      await setImmediate()
      throwIfCancelled(context.signal)
      trainer.train(batch, microBatchSettings(plan, { ...START, microBatches: step, step }, place))
      // The first one warms up.
      if (step === 0) startMs = elapsedMs()
    }
    const secondsEach = (elapsedMs() - startMs) / 1000 / Math.max(1, steps)
    const microBatches = Math.ceil(batchTo / (to - from))
    return {
      firstStepSeconds: (startMs - beganMs) / 1000,
      secondsPerStep: secondsEach * microBatches,
      peakMemoryBytes: peakMemoryBytes(),
      backend: context.backend,
    }
  } finally {
    samples.close()
  }
}
