/** Training with a trainer of the test's own, without the rest of the compute process. */
import type { RunPlan, TrainingOutcome } from '@shared/domain/run'
import { TrainingControls } from '../../../src/main/compute/controls'
import { loadTensorflowScript } from '../../../src/main/compute/script/load-script'
import { ScriptTrainer } from '../../../src/main/compute/script/script-trainer'
import { train } from '../../../src/main/compute/train'
import type { Trainer } from '../../../src/main/compute/trainer'
import type { ComputeEvent } from './in-process'
import type { TinyRun } from './tiny-run'

/** Small enough for plain JavaScript. */
export const SMALL = { spec: '1x3@3', cropSize: 16, samples: 20, batchSize: 8, microBatch: 4 } as const

/** Plain JavaScript with some of its methods replaced. */
export async function scriptTrainer(
  { architecture }: RunPlan,
  replace: (real: ScriptTrainer) => Partial<Trainer>,
): Promise<Trainer> {
  const real = new ScriptTrainer(await loadTensorflowScript(), architecture)
  return {
    train: (batch, settings) => real.train(batch, settings),
    followStatistics: (pixels, rate) => {
      real.followStatistics(pixels, rate)
    },
    evaluate: (batch) => real.evaluate(batch),
    reconstruct: (pixels) => real.reconstruct(pixels),
    read: () => real.read(),
    assign: (values) => {
      real.assign(values)
    },
    close: () => {
      real.close()
    },
    ...replace(real),
  }
}

export async function trainWith(
  trainer: Trainer,
  run: TinyRun,
  options: {
    readonly resume?: boolean
    readonly signal?: AbortSignal
    readonly onEvent?: (event: ComputeEvent) => void
    readonly elapsedMs?: () => number
  } = {},
): Promise<TrainingOutcome> {
  const { resume = false, signal = new AbortController().signal, onEvent } = options
  let ms = 0
  const context = {
    trainer,
    backend: 'js',
    device: 'cpu, 1 thread',
    controls: new TrainingControls(signal),
    emit: (name: string, value: unknown) => onEvent?.({ name, value } as ComputeEvent),
    elapsedMs: options.elapsedMs ?? (() => (ms += 1)),
    remarks: [],
    readerScript: null,
  } as const
  try {
    return await train({ ...run, resume, keep: 3 }, context)
  } finally {
    trainer.close()
  }
}
