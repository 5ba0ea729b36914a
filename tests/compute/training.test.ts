/** The training loop, on real TensorFlow in this process. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readContainer } from '../../src/main/storage/container'
import { context, createInProcess, train, valuesOf } from './support/in-process'
import { nativeIsThere } from './support/native'
import { createTinyRun, type TinyOptions, type TinyRun } from './support/tiny-run'

const cleanUps: (() => void)[] = []
afterEach(() => {
  for (const done of cleanUps.splice(0)) done()
})

function tinyRun(options: TinyOptions = {}): TinyRun {
  const { run, done } = createTinyRun(options)
  cleanUps.push(done)
  return run
}

const checkpointsOf = ({ runFolder }: TinyRun): string[] => readdirSync(join(runFolder, 'checkpoints')).sort()

const linesOf = ({
  runFolder,
}: TinyRun): { kind: string; step: number; epoch: number; elapsedMs: number }[] =>
  readFileSync(join(runFolder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; step: number; epoch: number; elapsedMs: number })

describe.skipIf(!nativeIsThere)('training', () => {
  it('learns: both errors fall', async () => {
    const process = createInProcess()
    const outcome = await train(process, tinyRun({ epochs: 16, learningRate: 0.01, dropout: 0 }))
    const epochs = valuesOf(process, 'compute/epoch')
    expect(epochs).toHaveLength(16)
    expect(epochs.at(-1)?.trainMse).toBeLessThan((epochs[0]?.trainMse ?? 0) * 0.7)
    expect(epochs.at(-1)?.validationMse).toBeLessThan((epochs[0]?.validationMse ?? 0) * 0.7)
    expect(outcome).toMatchObject({ status: 'finished', epochs: 16, steps: 32, backend: 'tensorflow' })
    expect(outcome.validationMse).toBe(epochs.at(-1)?.validationMse)
    expect(outcome.peakMemoryBytes).toBeGreaterThan(1e8)
  })

  it('gives the same weights for the same plan, and others for another seed', async () => {
    const process = createInProcess()
    const first = await train(process, tinyRun())
    expect((await train(process, tinyRun())).weightsSha256).toBe(first.weightsSha256)
    expect((await train(process, tinyRun({ seed: 8 }))).weightsSha256).not.toBe(first.weightsSha256)
  })

  it('writes every step and epoch to metrics.jsonl, and says the same in events', async () => {
    const process = createInProcess()
    const run = tinyRun({ epochs: 2 })
    await train(process, run)
    expect(linesOf(run).map(({ kind, step, epoch }) => [kind, step, epoch])).toEqual([
      ['step', 1, 1],
      ['step', 2, 1],
      ['epoch', 2, 1],
      ['step', 3, 2],
      ['step', 4, 2],
      ['epoch', 4, 2],
    ])
    const steps = valuesOf(process, 'compute/step')
    expect(linesOf(run).filter(({ kind }) => kind === 'step')).toEqual(
      steps.map((step) => ({ kind: 'step', ...step })),
    )
  })

  it('shows the same held-out crops after each epoch, originals as the model saw them', async () => {
    const process = createInProcess()
    const run = tinyRun({ epochs: 2, cropSize: 64, inputSize: 32 })
    await train(process, run)
    const files = valuesOf(process, 'compute/epoch').map(
      ({ reconstructionsFile }) => reconstructionsFile ?? '',
    )
    expect(files.map((file) => file.slice(-18))).toEqual(
      ['/epoch-0001.u8', '/epoch-0002.u8'].map((name) => `tructions${name}`.slice(-18)),
    )
    const [first, second] = files.map((file) => readContainer(file, 'reconstructions'))
    expect(first?.header.shape).toEqual([2, 4, 32, 32])
    expect(first?.header.facts['indices']).toEqual(run.plan.split.validation)
    const half = 4 * 32 * 32
    expect(second?.payload.subarray(0, half)).toEqual(first?.payload.subarray(0, half))
    expect(second?.payload.subarray(half)).not.toEqual(first?.payload.subarray(half))
  })

  it('keeps as many of the newest checkpoints as it is told, and the best', async () => {
    const process = createInProcess()
    const run = tinyRun({ epochs: 6 })
    await train(process, run, { keep: 2 })
    const epochs = valuesOf(process, 'compute/epoch')
    const best = epochs.reduce((one, other) => (other.validationMse < one.validationMse ? other : one))
    const number = (epoch: number): string => `${String(epoch * 4).padStart(9, '0')}.checkpoint`
    expect(checkpointsOf(run)).toEqual([...new Set([best.epoch, 5, 6].map(number))].sort())
    expect(valuesOf(process, 'compute/checkpoint').map(({ epoch, step }) => [epoch, step])).toEqual(
      [1, 2, 3, 4, 5, 6].map((epoch) => [epoch, epoch * 2]),
    )
  })

  it('stops within a micro-batch, keeps the weights, and goes on later as if nothing had happened', async () => {
    const process = createInProcess()
    const whole = await train(process, tinyRun())
    const run = tinyRun()
    let steps = 0
    process.onEvent = ({ name }) => {
      if (name === 'compute/step' && ++steps === 3) void process.compute.training.stop(undefined, context())
    }
    const stopped = await train(process, run)
    expect(stopped).toMatchObject({ status: 'stopped', steps: 3, epochs: 1 })
    expect(stopped.weightsSha256).not.toBe(whole.weightsSha256)
    const resumed = await train(process, run, { resume: true })
    expect(resumed).toMatchObject({ status: 'finished', steps: 6, epochs: 3, remarks: whole.remarks })
    expect(resumed.weightsSha256).toBe(whole.weightsSha256)
    expect(resumed.validationMse).toBe(whole.validationMse)
    expect(linesOf(run).map(({ step }) => step)).toEqual([1, 2, 2, 3, 4, 4, 5, 6, 6])
  })

  it('pauses with a checkpoint in the middle of a batch, and resumes to the same weights', async () => {
    const process = createInProcess()
    const whole = await train(process, tinyRun())
    const { training } = process.compute
    let resumeLater = Promise.resolve()
    process.onEvent = ({ name, value }) => {
      if (name === 'compute/step' && value.step === 1) {
        expect(training.pause(undefined, context())).toEqual({ paused: true })
      }
      if (name === 'compute/checkpoint' && value.step === 1) {
        resumeLater = Promise.resolve().then(() => {
          expect(training.resume(undefined, context())).toEqual({ paused: false })
        })
      }
    }
    const run = tinyRun()
    const paused = await train(process, run)
    await resumeLater
    expect(paused.weightsSha256).toBe(whole.weightsSha256)
    expect(valuesOf(process, 'compute/checkpoint').filter(({ step }) => step === 1)).toHaveLength(1)
  })

  it('can be stopped and cancelled while it is paused', async () => {
    const process = createInProcess()
    const { training } = process.compute
    for (const ending of ['stopped', 'cancelled'] as const) {
      const controller = new AbortController()
      process.onEvent = ({ name }) => {
        if (name === 'compute/step') void training.pause(undefined, context())
        if (name !== 'compute/checkpoint') return
        if (ending === 'stopped') void training.stop(undefined, context())
        else controller.abort()
      }
      const outcome = await train(process, tinyRun(), { signal: controller.signal })
      expect(outcome).toMatchObject({ status: ending, steps: 1 })
      expect(outcome.weightsSha256 === null).toBe(ending === 'cancelled')
    }
  })

  it('cancels within a micro-batch', async () => {
    const process = createInProcess()
    const controller = new AbortController()
    process.onEvent = ({ name }) => {
      if (name === 'compute/step') controller.abort()
    }
    const run = tinyRun()
    expect(await train(process, run, { signal: controller.signal })).toMatchObject({
      status: 'cancelled',
      steps: 1,
    })
    expect(linesOf(run)).toHaveLength(1)
  })

  it('refuses a checkpoint with a flipped byte, says so, and uses the one before', async () => {
    const process = createInProcess()
    const whole = await train(process, tinyRun())
    const run = tinyRun()
    process.onEvent = ({ name, value }) => {
      if (name === 'compute/step' && value.step === 5)
        void process.compute.training.stop(undefined, context())
    }
    await train(process, run)
    const newest = join(run.runFolder, 'checkpoints', checkpointsOf(run).at(-1) ?? '')
    const bytes = readFileSync(newest)
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1
    writeFileSync(newest, bytes)
    process.onEvent = () => undefined
    const resumed = await train(process, run, { resume: true })
    expect(resumed.remarks.join()).toMatch(
      /\d{9}\.checkpoint is damaged \(its checksum does not match\) and was refused/,
    )
    expect(resumed.weightsSha256).toBe(whole.weightsSha256)
  })

  it('starts again from the seed, and says so, where no checkpoint is good', async () => {
    const process = createInProcess()
    const whole = await train(process, tinyRun())
    const resumed = await train(process, tinyRun(), { resume: true })
    expect(resumed.remarks.join()).toMatch(/no checkpoint to resume from/)
    expect(resumed.weightsSha256).toBe(whole.weightsSha256)
  })

  it('says in a sentence that it diverged, and at which step', async () => {
    const diverging = train(createInProcess(), tinyRun({ learningRate: 1e30, epochs: 20 }))
    await expect(diverging).rejects.toThrow(
      /Run tiny diverged at step \d+ \(its numbers are no longer finite\) before its first checkpoint/,
    )
  })

  it('refuses a plan that holds nothing out', async () => {
    const run = tinyRun()
    const plan = { ...run.plan, split: { ...run.plan.split, validation: [] } }
    await expect(train(createInProcess(), { ...run, plan })).rejects.toThrow(/it holds no samples out/)
  })

  it('trains the head: it tells apart what can be told apart', async () => {
    const process = createInProcess()
    // Every other crop has thicker lines (see drawCrop); some have no label.
    const labels = Array.from({ length: 40 }, (_, index) => (index % 5 === 3 ? -1 : index % 2))
    const head = { field: 'style', classes: ['thin', 'thick'], weight: 0.1 } as const
    const run = tinyRun({ samples: 40, epochs: 12, learningRate: 0.02, dropout: 0, labels, head })
    await train(process, run)
    const epochs = valuesOf(process, 'compute/epoch')
    expect(epochs.at(-1)?.headAccuracy).toBeGreaterThan(0.9)
    const losses = valuesOf(process, 'compute/step').map(({ headLoss }) => headLoss ?? NaN)
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2)
  })

  it('leaves the autoencoder as it is with a head of weight 0', async () => {
    const process = createInProcess()
    const alone = await train(process, tinyRun())
    const labels = Array.from({ length: 20 }, (_, index) => index % 2)
    const head = { field: 'style', classes: ['even', 'odd'], weight: 0 } as const
    const read = await train(process, tinyRun({ labels, head }))
    expect(read.validationMse).toBe(alone.validationMse)
    expect(read.remarks.join()).toMatch(/reads the bottleneck without changing it/)
  })

  it('measures steps for a forecast', async () => {
    const { compute } = createInProcess()
    const { plan, sampleFile } = tinyRun()
    const measured = await compute.training.measure({ plan, sampleFile, steps: 2 }, context())
    // One tick of the test's clock for the two timed micro-batches, two micro-batches in a batch.
    expect(measured.secondsPerStep).toBeCloseTo((0.001 / 2) * 2)
    expect(measured.peakMemoryBytes).toBeGreaterThan(1e8)
  })
})
