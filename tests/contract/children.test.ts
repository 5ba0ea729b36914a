import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRemote } from '@shared/caller'
import { AppError, Cancelled, RemoteBug } from '@shared/errors'
import type { Remote } from '@shared/remote'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { scrubbed } from '../../src/main/transport/environment'
import { launchChild, type Child, type ChildLaunch } from '../../src/main/transport/launch-child'
import { bundle } from '../support/bundle'
import { failureOf } from '../support/failure'
import { CHILD_METHODS, type ChildApi, type ChildEvents } from './fixtures/child-api'

const folder = mkdtempSync(join(tmpdir(), 'scorescope-children-'))
let entry = ''
const started: Child[] = []

beforeAll(async () => {
  entry = await bundle(fileURLToPath(new URL('fixtures/child.ts', import.meta.url)), folder)
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function start(more: Partial<ChildLaunch> = {}) {
  const child = await launchChild({
    name: 'compute',
    execPath: process.execPath,
    entry,
    env: scrubbed(process.env),
    readinessSeconds: 20,
    ...more,
  })
  started.push(child)
  return { child, ...createRemote<Remote<ChildApi>, ChildEvents>(child.port, CHILD_METHODS) }
}

describe('a child process', () => {
  it('answers requests, typed arrays crossing as they are', async () => {
    const { api } = await start()
    const doubled = await api.test.double({ values: Float32Array.of(1, 2.5) })
    expect(doubled).toEqual(Float32Array.of(2, 5))
  })

  it('passes on the three kinds of failure as what they are', async () => {
    const { api } = await start()
    const expected = await failureOf(api.test.fail({ kind: 'expected' }))
    expect(expected).toBeInstanceOf(AppError)
    expect(expected).toMatchObject({ code: 'training/run-unknown', details: { run: 'k3f9' } })
    expect(await failureOf(api.test.fail({ kind: 'cancelled' }))).toBeInstanceOf(Cancelled)
    const bug = await failureOf(api.test.fail({ kind: 'bug' }))
    expect(bug).toBeInstanceOf(RemoteBug)
    expect(bug).toMatchObject({
      remoteStack: expect.stringContaining('TypeError: undefined is not a page') as string,
    })
  })

  it('is told when a request is cancelled, and its own answer to that arrives', async () => {
    const { api } = await start()
    const controller = new AbortController()
    const answer = api.test.untilCancelled(undefined, { signal: controller.signal })
    controller.abort()
    expect(await answer).toBe('stopped neatly')
  })

  it('is not asked at all when the signal is aborted beforehand', async () => {
    const { api } = await start()
    expect(await failureOf(api.test.never(undefined, { signal: AbortSignal.abort() }))).toBeInstanceOf(
      Cancelled,
    )
  })

  it('has as long as the deadline says', async () => {
    const { api } = await start()
    expect(await failureOf(api.test.never(undefined, { deadlineMs: 50 }))).toMatchObject({
      code: 'request/deadline',
    })
    expect(await api.test.count({ to: 1 }, { deadlineMs: 20_000 })).toBe(1)
  })

  it('sends its events before the answer that follows them, in order', async () => {
    const { api, on } = await start()
    const heard: number[] = []
    const leave = on('counted', (number) => heard.push(number))
    await api.test.count({ to: 200 })
    expect(heard).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    leave()
    await api.test.count({ to: 5 })
    expect(heard).toHaveLength(200)
  })

  it('answers with a bug where the value cannot be cloned', async () => {
    const { api } = await start()
    expect(await failureOf(api.test.unsendable())).toBeInstanceOf(RemoteBug)
    expect(await api.test.count({ to: 1 })).toBe(1)
  })

  it('sees only the listed names of the environment', async () => {
    const { api } = await start({
      env: scrubbed({
        ...process.env,
        NODE_OPTIONS: '--no-warnings',
        ELECTRON_RUN_AS_NODE: '1',
        LD_PRELOAD: '',
        AWS_SECRET_ACCESS_KEY: 'secret',
        TF_CPP_MIN_LOG_LEVEL: '2',
        SCORESCOPE_NATIVE_FOLDER: 'somewhere',
      }),
    })
    const names = Object.keys(await api.test.environment())
    expect(names).toEqual(
      expect.arrayContaining(['PATH', 'TF_CPP_MIN_LOG_LEVEL', 'SCORESCOPE_NATIVE_FOLDER']),
    )
    expect(names.filter((name) => /^(NODE_OPTIONS|ELECTRON_|LD_PRELOAD|AWS_|npm_)/.test(name))).toEqual([])
  })
})

describe('a child process that ends', () => {
  it('fails every request that it had not answered, naming what was being done', async () => {
    const { api, child } = await start({ doing: 'training run k3f9' })
    const waiting = [failureOf(api.test.never()), failureOf(api.test.never())]
    process.kill(child.pid, 'SIGKILL')
    for (const failure of await Promise.all(waiting))
      expect(failure.message).toContain('while training run k3f9')
    expect(await child.exited).toEqual({ reason: expect.stringContaining('killed') as string })
    expect(await failureOf(api.test.never())).toMatchObject({ code: 'process/exited' })
  })

  it('names the request where nothing else was said', async () => {
    const { api } = await start()
    expect((await failureOf(api.test.die({ how: 'kill' }))).message).toContain('while answering test.die')
  })

  it('with code 0 before the answer has failed all the same', async () => {
    const { api } = await start()
    expect(await failureOf(api.test.die({ how: 'exit' }))).toMatchObject({
      code: 'process/exited',
      details: { reason: 'exit code 0' },
    })
  })

  it('by an uncaught error says which', async () => {
    const { api, child } = await start()
    const pending = failureOf(api.test.never())
    await api.test.die({ how: 'throw' }).catch(() => undefined)
    expect((await pending).message).toContain('RangeError: the graph is too large')
    await child.exited
  })

  it('ends when asked to, and is killed when it does not listen', async () => {
    const { child } = await start()
    await child.stop()
    expect(await child.exited).toEqual({ reason: 'exit code 0' })
    const deaf = await start({ graceSeconds: 0.2 })
    void failureOf(deaf.api.test.block({ ms: 60_000 }))
    await deaf.child.stop()
    expect((await deaf.child.exited).reason).toContain('killed')
  })
})

describe('a child process that never becomes ready', () => {
  it('is given up at the deadline', async () => {
    const failure = await failureOf(start({ args: ['silent'], readinessSeconds: 0.5 }))
    expect(failure).toMatchObject({
      code: 'process/not-ready',
      details: { process: 'compute', seconds: 0.5 },
    })
  })

  it('says why when it crashed on the way', async () => {
    const failure = await failureOf(start({ args: ['crash'] }))
    expect(failure).toMatchObject({
      code: 'process/not-started',
      details: { reason: 'libtensorflow is missing' },
    })
  })

  it('gives its own sentence when it refused', async () => {
    expect(await failureOf(start({ args: ['refuse'] }))).toMatchObject({ code: 'project/none-open' })
  })

  it('says when its file or binary is missing', async () => {
    const noFile = await failureOf(start({ entry: join(folder, 'nothing.cjs') }))
    expect(noFile.message).toContain('Cannot find module')
    const noBinary = await failureOf(start({ execPath: join(folder, 'nothing') }))
    expect(noBinary.message).toContain('ENOENT')
  })
})
