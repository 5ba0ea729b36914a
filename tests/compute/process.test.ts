/** The compute process itself, built and started as the engine does, and killed as nobody should. */
import { describe, expect, it } from 'vitest'
import { builtCompute } from './support/compute-process'
import { createInProcess, train } from './support/in-process'
import { nativeIsThere } from './support/native'
import { createTinyRun } from './support/tiny-run'

const start = builtCompute()

describe.skipIf(!nativeIsThere)('the compute process', () => {
  it('says what it computes on, and passes typed arrays both ways', async () => {
    const { child, api } = await start()
    const { run, done } = createTinyRun({ epochs: 1 })
    expect(await api.device.describe()).toMatchObject({ backend: 'tensorflow', devices: [{ type: 'CPU' }] })
    await api.training.train({ ...run, resume: false, keep: 3 })
    const { original, reconstruction } = await api.model.reconstruct({ ...run, index: 3, channels: [] })
    expect(original).toBeInstanceOf(Uint8Array)
    expect(reconstruction).toHaveLength(32 * 32)
    done()
    await child.stop()
  })

  it('killed in the middle of training, ends with the very weights of a run that was not', async () => {
    const undisturbed = createTinyRun({ epochs: 4 })
    const whole = await start()
    const expected = await whole.api.training.train({ ...undisturbed.run, resume: false, keep: 3 })
    await whole.child.stop()

    const { run, done } = createTinyRun({ epochs: 4 })
    const killed = await start()
    const lost = killed.api.training
      .train({ ...run, resume: false, keep: 3 })
      .catch((error: unknown) => error)
    await killed.once('compute/step', ({ step }) => step === 5)
    process.kill(killed.child.pid, 'SIGKILL')
    expect(await lost).toMatchObject({ code: 'process/exited' })

    const resumed = await start()
    const outcome = await resumed.api.training.train({ ...run, resume: true, keep: 3 })
    await resumed.child.stop()
    expect(outcome).toMatchObject({ status: 'finished', epochs: 4, steps: 8 })
    expect(outcome.weightsSha256).toBe(expected.weightsSha256)
    expect(outcome.validationMse).toBe(expected.validationMse)
    undisturbed.done()
    done()
  })

  it('reads samples ahead on a thread, and ends with the weights of a run that did not', async () => {
    const alone = createTinyRun({ cropSize: 64, inputSize: 32 })
    const expected = await train(createInProcess(), alone.run)
    const { run, done } = createTinyRun({ cropSize: 64, inputSize: 32 })
    const { child, api } = await start()
    const outcome = await api.training.train({ ...run, resume: false, keep: 3 })
    expect(outcome.weightsSha256).toBe(expected.weightsSha256)
    alone.done()
    done()
    await child.stop()
  })

  it('is paused, resumed and cancelled while it trains', async () => {
    const { child, api, once } = await start()
    const { run, done } = createTinyRun({ epochs: 500 })
    const controller = new AbortController()
    const training = api.training.train({ ...run, resume: false, keep: 3 }, { signal: controller.signal })
    const ended = training.then(
      ({ status }) => status,
      (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
    )
    await once('compute/step', () => true)
    const waits = once('compute/live', ({ phase }) => phase === 'paused')
    expect(await api.training.pause()).toEqual({ paused: true })
    await waits
    expect(await api.training.resume()).toEqual({ paused: false })
    await once('compute/step', () => true)
    controller.abort()
    expect(['cancelled', 'Cancelled']).toContain(await ended)
    done()
    await child.stop()
  })
})
