import { describe, expect, it, vi } from 'vitest'
import { JobsState, overallProgress } from '../../../src/renderer/src/state/jobs.svelte'
import { Toasts } from '../../../src/renderer/src/state/toasts.svelte'
import { FakeEngine } from '../support/fake-engine'

function begin(engine = new FakeEngine()): { engine: FakeEngine; jobs: JobsState; toasts: Toasts } {
  const toasts = new Toasts()
  return { engine, toasts, jobs: new JobsState(engine.connection, toasts) }
}

describe('jobs', () => {
  it('follows a job from its start to its end', () => {
    const { engine, jobs } = begin()
    const { job } = engine.startJob('import', 'Importing pages')
    engine.progressJob(job, 30, 120, 45)
    expect(jobs.running).toMatchObject([{ job, done: 30, total: 120, secondsLeft: 45 }])
    engine.endJob(job)
    expect(jobs.running).toEqual([])
    expect(jobs.newest('import')?.status).toBe('finished')
  })

  it('takes over what was running before the window opened', async () => {
    const engine = new FakeEngine()
    engine.startJob('train', 'Training', 'r1')
    const { jobs } = begin(engine)
    jobs.load()
    await vi.waitFor(() => expect(jobs.newest('train', 'r1')?.label).toBe('Training'))
  })

  it('tells the host the overall progress, and that nothing runs any more', () => {
    const { engine } = begin()
    const first = engine.startJob('import', 'Importing pages').job
    engine.progressJob(first, 50, 100)
    engine.endJob(first)
    expect(engine.host.progress).toEqual([0, 0.5, null])
  })

  it('says a failure in one sentence', () => {
    const { engine, toasts } = begin()
    const problem = { code: 'sampling/no-pages', message: 'There are no pages to sample.' }
    engine.endJob(engine.startJob('sample', 'Drawing samples').job, { status: 'failed', problem })
    expect(toasts.items).toMatchObject([{ tone: 'danger', message: 'There are no pages to sample.' }])
  })

  it('is silent about a cancelled job', async () => {
    const { engine, jobs, toasts } = begin()
    const { job } = engine.startJob('import', 'Importing pages')
    jobs.cancel(job)
    await vi.waitFor(() => expect(jobs.newest('import')?.status).toBe('cancelled'))
    expect(toasts.items).toEqual([])
  })

  it('cancels a training only after it was confirmed', async () => {
    const { engine, jobs } = begin()
    const { job } = engine.startJob('train', 'Training', 'r1')
    jobs.askCancel(job)
    expect([jobs.doubted?.subject, jobs.running.length]).toEqual(['r1', 1])
    jobs.keepGoing()
    expect(engine.requests('jobs', 'cancel')).toEqual([])
    jobs.askCancel(job)
    jobs.confirmCancel()
    await vi.waitFor(() => expect(jobs.newest('train')?.status).toBe('cancelled'))
    expect(jobs.doubted).toBeNull()
  })

  it('asks before a series is cancelled, too', () => {
    const { engine, jobs } = begin()
    const { job } = engine.startJob('series', 'Training seed 2 of 5', 's1')
    jobs.askCancel(job)
    expect([jobs.doubted?.kind, engine.requests('jobs', 'cancel').length]).toEqual(['series', 0])
    jobs.confirmCancel()
    expect(engine.requests('jobs', 'cancel')).toEqual([{ job }])
  })

  it('asks no longer about a training that has ended', () => {
    const { engine, jobs } = begin()
    const { job } = engine.startJob('train', 'Training', 'r1')
    jobs.askCancel(job)
    engine.endJob(job)
    expect(jobs.doubted).toBeNull()
  })

  it('tells whoever listens how a job ended, until they stop', () => {
    const { engine, jobs } = begin()
    const ended: string[] = []
    const stop = jobs.onEnded((job) => ended.push(`${job.kind} ${job.status}`))
    engine.endJob(engine.startJob('sample', 'Drawing samples').job)
    stop()
    engine.endJob(engine.startJob('sample', 'Drawing samples').job)
    expect(ended).toEqual(['sample finished'])
  })

  it('ignores progress that arrives after the end', () => {
    const { engine, jobs } = begin()
    const { job } = engine.startJob('import', 'Importing pages')
    engine.endJob(job)
    engine.progressJob(job, 1, 2)
    expect(jobs.running).toEqual([])
  })

  it('has the mean of all shares as overall progress', () => {
    const { engine, jobs } = begin()
    engine.progressJob(engine.startJob('import', 'Importing pages').job, 50, 100)
    engine.startJob('train', 'Training')
    expect(overallProgress(jobs.running)).toBe(0.25)
  })
})
