/** What is said about a training while it goes on. */
import { describe, expect, it } from 'vitest'
import type { ComputeLive } from '@shared/compute-api'
import { LiveReport } from '../../src/main/compute/live'
import { context, createInProcess, train, valuesOf } from './support/in-process'
import { nativeIsThere } from './support/native'
import { tinyRuns } from './support/runs'

const facts = { phase: 'training', learningRate: 0.1, microBatch: 8 } as const

function report(): { readonly live: LiveReport; readonly said: ComputeLive[]; at: (ms: number) => void } {
  let ms = 0
  const said: ComputeLive[] = []
  const live = new LiveReport({
    device: 'cpu, 1 thread',
    elapsedMs: () => ms,
    emit: (value) => said.push(value),
  })
  return { live, said, at: (now) => (ms = now) }
}

describe('a live report', () => {
  it('is made at most once a second, but says at once that a pause begins or ends', () => {
    const { live, said, at } = report()
    for (let ms = 0; ms <= 2500; ms += 100) {
      at(ms)
      live.say(facts)
    }
    expect(said).toHaveLength(3)
    live.say({ ...facts, phase: 'validating' })
    expect(said).toHaveLength(3)
    live.say({ ...facts, phase: 'paused' })
    live.say({ ...facts, phase: 'paused' })
    live.say(facts)
    expect(said.slice(3).map(({ phase }) => phase)).toEqual(['paused', 'training'])
  })

  it('tells the median of the last 20 steps, and memory', () => {
    const { live, said, at } = report()
    live.say(facts)
    for (let step = 1; step <= 25; step += 1) live.step(step === 25 ? 1000 : step)
    at(1000)
    live.say(facts)
    expect(said.map(({ secondsPerStep }) => secondsPerStep)).toEqual([null, 15.5])
    const [first] = said
    expect(first).toMatchObject({ ...facts, device: 'cpu, 1 thread' })
    expect(first?.memoryBytes).toBeGreaterThan(1e7)
    expect(first?.peakMemoryBytes).toBeGreaterThanOrEqual(first?.memoryBytes ?? Infinity)
  })
})

describe.skipIf(!nativeIsThere)('a training', () => {
  const tinyRun = tinyRuns()

  it('says how it goes: phases, rate, device, kept checkpoints', async () => {
    const process = createInProcess()
    const { training } = process.compute
    let paused = false
    process.onEvent = ({ name, value }) => {
      if (name === 'compute/step' && value.step === 3 && !paused) void training.pause(undefined, context())
      if (name !== 'compute/live' || value.phase !== 'paused') return
      paused = true
      void Promise.resolve().then(() => training.resume(undefined, context()))
    }
    await train(process, tinyRun({ epochs: 4 }), { keep: 1 })
    const live = valuesOf(process, 'compute/live')
    expect(live.map(({ phase }) => phase)).toEqual(['training', 'paused', 'training'])
    expect(live[0]).toMatchObject({ learningRate: 3e-3, microBatch: 4, secondsPerStep: null })
    expect(live[0]?.device).toMatch(/^(cpu|gpu)/)
    expect(live[1]?.secondsPerStep).toBeGreaterThan(0)
    const checkpoints = valuesOf(process, 'compute/checkpoint')
    expect(checkpoints.map((each) => each.checkpoints)).toEqual(
      checkpoints.map(() => expect.any(Number) as number),
    )
    for (const { checkpoints: count, bytes } of checkpoints) {
      expect(count).toBeGreaterThanOrEqual(1)
      expect(count).toBeLessThanOrEqual(2)
      expect(bytes / count).toBeGreaterThan(10_000)
    }
  })
})
