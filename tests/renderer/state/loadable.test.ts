import { AppError, Cancelled } from '@shared/errors'
import { describe, expect, it } from 'vitest'
import { Loadable } from '../../../src/renderer/src/state/loadable.svelte'

const never = (): Promise<number> => new Promise(() => undefined)

describe('a loadable', () => {
  it('is idle, then loading, then ready with the answer', async () => {
    const loadable = new Loadable<number>()
    expect(loadable.status).toBe('idle')
    const loading = loadable.load(() => Promise.resolve(7))
    expect(loadable.status).toBe('loading')
    await loading
    expect([loadable.status, loadable.value]).toEqual(['ready', 7])
  })

  it('cancels the question before when a new one is asked, and ignores a late answer', async () => {
    const loadable = new Loadable<string>()
    let answerFirst: (value: string) => void = () => undefined
    let first: AbortSignal | undefined
    const early = loadable.load((signal) => {
      first = signal
      return new Promise((resolve) => (answerFirst = resolve))
    })
    await loadable.load(() => Promise.resolve('second'))
    answerFirst('first')
    expect(await early).toBeNull()
    expect(first?.aborted).toBe(true)
    expect(loadable.value).toBe('second')
  })

  it('fails with the sentence of an expected failure and keeps the earlier answer', async () => {
    const loadable = new Loadable<number>()
    await loadable.load(() => Promise.resolve(1))
    await loadable.load(() => Promise.reject(AppError.of('project/none-open', {})))
    expect(loadable.status).toBe('failed')
    expect(loadable.failure?.message).toBe('No project is open: open or create one first.')
    expect(loadable.value).toBe(1)
  })

  it('says that a bug is a bug', async () => {
    const loadable = new Loadable<number>()
    await loadable.load(() => Promise.reject(new TypeError('x is undefined')))
    expect(loadable.failure).toEqual({
      kind: 'bug',
      code: 'bug',
      message: 'This is a bug in Scorescope: x is undefined',
    })
  })

  it('is silent about what was cancelled', async () => {
    const loadable = new Loadable<number>()
    await loadable.load(() => Promise.reject(new Cancelled()))
    expect([loadable.status, loadable.failure]).toEqual(['idle', null])
  })

  it('drops what is being asked when it is reset', () => {
    const loadable = new Loadable<number>()
    void loadable.load(never)
    loadable.reset()
    expect(loadable.status).toBe('idle')
  })
})
