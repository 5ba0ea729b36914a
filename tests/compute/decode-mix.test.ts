/** Mixtures of codes, decoded by a trained model. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CodeMix } from '@shared/compute-api'
import { Cancelled } from '@shared/errors'
import { context, createInProcess, type InProcess, train, WITHOUT_NATIVE } from './support/in-process'
import { createTinyRun, type TinyRun } from './support/tiny-run'

describe('mixtures of codes', () => {
  let run: TinyRun
  let done: () => void
  let process: InProcess

  beforeAll(async () => {
    ;({ run, done } = createTinyRun({ epochs: 1, samples: 24 }))
    process = createInProcess(WITHOUT_NATIVE)
    await train(process, run)
  })
  afterAll(() => {
    done()
  })

  const decode = (mixes: readonly CodeMix[], signal?: AbortSignal) =>
    process.compute.model.decodeMix({ ...run, mixes }, context(signal))
  const reconstruct = async (index: number) =>
    (await process.compute.model.reconstruct({ ...run, index, channels: [] }, context())).reconstruction

  it('of one crop is its reconstruction, however its weight is put together', async () => {
    const { size, pictures } = await decode([
      [{ index: 3, weight: 1 }],
      [
        { index: 3, weight: 0.25 },
        { index: 5, weight: 0 },
        { index: 3, weight: 0.75 },
      ],
    ])
    expect(size).toBe(run.plan.architecture.inputSize)
    const own = await reconstruct(3)
    for (const picture of pictures)
      for (const [at, grey] of picture.entries())
        expect(Math.abs(grey - (own[at] ?? -99))).toBeLessThanOrEqual(1)
  })

  it('lies between the crops that it is of, and is the same in whatever company', async () => {
    const half = [
      { index: 2, weight: 0.5 },
      { index: 9, weight: 0.5 },
    ]
    const others = Array.from({ length: 24 }, (_, index) => [{ index, weight: 1 }])
    const [alone, together] = [await decode([half]), await decode([...others, half])]
    expect(together.pictures).toHaveLength(25)
    const last = together.pictures.at(-1) ?? new Uint8Array()
    for (const [at, grey] of (alone.pictures[0] ?? new Uint8Array()).entries())
      expect(Math.abs(grey - (last[at] ?? -99))).toBeLessThanOrEqual(1)
    expect(last).not.toEqual(await reconstruct(2))
  })

  it('refuses samples that are not there, and can be cancelled', async () => {
    await expect(decode([[{ index: 99, weight: 1 }]])).rejects.toMatchObject({
      code: 'sampling/index-unknown',
    })
    await expect(decode([[{ index: 1, weight: 1 }]], AbortSignal.abort())).rejects.toThrow(Cancelled)
  })
})
