import { describe, expect, it } from 'vitest'
import type { ImportReport } from '@shared/domain/page'
import { AppError, Cancelled } from '@shared/errors'
import { createJobs } from '../../src/main/core/jobs'
import { TimeLeft } from '../../src/main/core/jobs/time-left'
import type { JobContext } from '../../src/main/core/ports'
import { countingBytes, temporaryFolder, testProject, type TestProject } from '../support/projects'

const report: ImportReport = {
  project: 'p',
  styles: 1,
  composers: 1,
  pieces: 1,
  pages: 2,
  added: 2,
  skipped: 0,
  refused: [],
  seconds: 1,
}

const options = { label: 'Importing pages', subject: null }
const context = { signal: new AbortController().signal }

function jobsOf(project: TestProject) {
  const bugs: unknown[] = []
  const module = createJobs({
    projects: project.projects.access,
    clock: project.clock,
    emit: project.emit,
    randomBytes: countingBytes(),
    onBug: (error) => bugs.push(error),
  })
  return { ...module, bugs }
}

/** Work that goes on until it is told to end. */
function untilAborted({ signal }: JobContext): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Cancelled())
    })
  })
}

describe('jobs', () => {
  it('have a row before they start and their result in it afterwards', async () => {
    const project = testProject()
    const { jobs, api } = jobsOf(project)
    await project.createAndOpen()
    let rowAtStart: unknown = null
    const reference = jobs.start('import', options, ({ job }) => {
      rowAtStart = project.projects.access
        .required()
        .database.prepare('SELECT kind, status FROM jobs WHERE job = ?')
        .get(job)
      return Promise.resolve(report)
    })
    expect(await jobs.wait(reference)).toEqual(report)
    expect(rowAtStart).toEqual({ kind: 'import', status: 'running' })
    expect(await api.wait({ job: reference.job }, context)).toEqual(report)
    expect(api.get({ job: reference.job }, context)).toMatchObject({ status: 'finished', problem: null })
    expect(project.told.map(({ name }) => name).filter((name) => name.startsWith('job'))).toEqual([
      'job/started',
      'job/ended',
    ])
  })

  it('fail with the sentence of what went wrong, now and when asked later', async () => {
    const project = testProject()
    const { jobs, api, bugs } = jobsOf(project)
    await project.createAndOpen()
    const reference = jobs.start('import', options, () =>
      Promise.reject(AppError.of('corpus/folder-empty', { folder: 'scans' })),
    )
    await expect(jobs.wait(reference)).rejects.toMatchObject({ code: 'corpus/folder-empty' })
    await expect(api.wait({ job: reference.job }, context)).rejects.toMatchObject({
      code: 'corpus/folder-empty',
      message: expect.stringContaining('scans') as string,
    })
    expect(bugs).toEqual([])
  })

  it('report what nobody foresaw as a bug with its stack', async () => {
    const project = testProject()
    const { jobs, bugs } = jobsOf(project)
    await project.createAndOpen()
    const bug = new TypeError('x is undefined')
    const reference = jobs.start('import', options, () => Promise.reject(bug))
    await expect(jobs.wait(reference)).rejects.toBe(bug)
    expect(bugs).toEqual([bug])
  })

  it('end as cancelled when asked to, and stop being waited for without ending', async () => {
    const project = testProject()
    const { jobs, api } = jobsOf(project)
    await project.createAndOpen()
    const reference = jobs.start('import', options, untilAborted)
    const patience = new AbortController()
    const waiting = api.wait({ job: reference.job }, patience)
    patience.abort()
    await expect(waiting).rejects.toThrow(Cancelled)
    expect(api.get({ job: reference.job }, context)).toMatchObject({ status: 'running' })
    await api.cancel({ job: reference.job }, context)
    await expect(jobs.wait(reference)).rejects.toThrow(Cancelled)
    expect(api.get({ job: reference.job }, context)).toMatchObject({ status: 'cancelled' })
  })

  it('are refused while one of their kind goes on, and run beside other kinds', async () => {
    const project = testProject()
    const { jobs, api } = jobsOf(project)
    await project.createAndOpen()
    const first = jobs.start('import', options, untilAborted)
    expect(() => jobs.start('import', options, untilAborted)).toThrow(
      `"Importing pages" is still going on (job ${first.job}): wait for it, or cancel it first.`,
    )
    expect(() => jobs.start('demo', { label: 'Demo', subject: null }, untilAborted)).toThrow(/still going on/)
    const beside = jobs.start('sample', { label: 'Drawing samples', subject: null }, untilAborted)
    expect(api.list(undefined, context)).toMatchObject([{ job: beside.job }, { job: first.job }])
  })

  it('of the kinds that train are refused while one of them goes on', async () => {
    const project = testProject()
    const { jobs } = jobsOf(project)
    await project.createAndOpen()
    const series = jobs.start('series', { label: 'Training a series', subject: 's' }, untilAborted)
    for (const kind of ['train', 'series', 'demo'] as const)
      expect(() => {
        jobs.requireFree(kind)
      }).toThrow('"Training a series" is still going on')
    jobs.requireFree('evaluate')
    // Its work begins after it was started.
    await Promise.resolve()
    jobs.cancel(series.job)
    await expect(jobs.wait(series)).rejects.toThrow(Cancelled)
    jobs.requireFree('train')
  })

  it('are none while no project is open', async () => {
    const { api } = jobsOf(testProject())
    expect(await api.list(undefined, context)).toEqual([])
  })

  it('that know how long they take are believed', async () => {
    const project = testProject()
    const { jobs } = jobsOf(project)
    await project.createAndOpen()
    const told: unknown[] = []
    await jobs.wait(
      jobs.start('import', options, (job) => {
        for (const secondsLeft of [12, null]) {
          job.progress({ label: 'Working', done: 1, total: 4, secondsLeft })
          told.push(project.told.at(-1)?.value)
        }
        return Promise.resolve(report)
      }),
    )
    expect(told).toMatchObject([{ secondsLeft: 12 }, { secondsLeft: null }])
  })

  it('tell how far they are, with the time left from their own pace', async () => {
    const project = testProject()
    const { jobs } = jobsOf(project)
    await project.createAndOpen()
    const reference = jobs.start('import', options, (job) => {
      job.progress({ label: 'Importing pages', done: 0, total: 100 })
      project.clock.advance(2000)
      job.progress({ label: 'Importing pages', done: 20, total: 100 })
      return Promise.resolve(report)
    })
    await jobs.wait(reference)
    const progressed = project.told.filter(({ name }) => name === 'job/progressed').map(({ value }) => value)
    expect(progressed).toMatchObject([{ secondsLeft: null }, { done: 20, total: 100, secondsLeft: 8 }])
  })

  it('are interrupted when the project closes, and say so when it is opened again', async () => {
    const project = testProject()
    const { jobs, api } = jobsOf(project)
    await project.createAndOpen()
    const reference = jobs.start('import', options, untilAborted)
    await project.projects.api.close(undefined, context)
    expect(() => jobs.start('import', options, untilAborted)).toThrow(/No project is open/)
    await project.projects.api.open({ folder: project.folder }, context)
    expect(api.get({ job: reference.job }, context)).toMatchObject({ status: 'interrupted' })
    await expect(api.wait({ job: reference.job }, context)).rejects.toMatchObject({ code: 'job/interrupted' })
  })

  it('that a killed process left running are interrupted when the project is opened', async () => {
    const base = temporaryFolder()
    const first = testProject(base)
    jobsOf(first)
    await first.createAndOpen()
    first.projects.access
      .required()
      .database.prepare(
        `INSERT INTO jobs (job, kind, status, label, started_at) VALUES ('abc', 'import', 'running', 'Importing', '2026')`,
      )
      .run()
    await first.projects.close()
    const second = testProject(base)
    const { api } = jobsOf(second)
    await second.projects.api.open({ folder: second.folder }, context)
    expect(api.get({ job: 'abc' }, context)).toMatchObject({
      status: 'interrupted',
      problem: { message: 'Job abc was interrupted when Scorescope stopped: start it again.' },
    })
  })

  it('that were never heard of are unknown', async () => {
    const project = testProject()
    const { api } = jobsOf(project)
    await project.createAndOpen()
    expect(() => api.get({ job: 'nope' }, context)).toThrow('There is no job nope.')
  })
})

describe('time left', () => {
  it('starts anew with each kind of work and is unknown until there is a pace', () => {
    const left = new TimeLeft()
    expect(left.update({ label: 'a', done: 0, total: 10 }, 0)).toBeNull()
    expect(left.update({ label: 'a', done: 1, total: 10 }, 100)).toBeNull()
    expect(left.update({ label: 'a', done: 5, total: 10 }, 1000)).toBe(1)
    expect(left.update({ label: 'b', done: 5, total: 10 }, 2000)).toBeNull()
    expect(left.update({ label: 'b', done: 6, total: 10 }, 4000)).toBe(8)
  })

  it('counts a resumed training from where it went on', () => {
    const left = new TimeLeft()
    left.update({ label: 'Training', done: 900, total: 1000 }, 0)
    expect(left.update({ label: 'Training', done: 910, total: 1000 }, 1000)).toBe(9)
  })
})
