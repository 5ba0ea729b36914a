import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EngineState } from '@shared/bridge'
import type { ProjectSummary } from '@shared/domain/project'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { superviseEngine, type EngineSupervisor } from '../../src/main/transport/engine-supervisor'
import type { Installation } from '../../src/main/transport/installation'
import { bundle } from '../support/bundle'
import { ensureBuilt, entries, startEngineProcess, temporaryFolder, until } from '../support/engine-process'
import { failureOf } from '../support/failure'
import { childrenOf, isAlive } from '../support/processes'
import { makeTinyCorpus } from '../support/tiny-corpus'

const installation: Installation = {
  packaged: false,
  entries,
  node: process.execPath,
  renderer: join(entries, '..', 'renderer'),
  native: null,
}

let folder: ReturnType<typeof temporaryFolder>
let supervisor: EngineSupervisor | null = null

beforeAll(() => ensureBuilt(['main']))
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await supervisor?.stop()
  supervisor = null
  folder.remove()
})

function supervise(more: Partial<Installation> = {}): EngineSupervisor {
  supervisor = superviseEngine({
    installation: { ...installation, ...more },
    settingsFolder: join(folder.path, 'settings'),
    pausesMs: [0, 10, 20],
  })
  return supervisor
}

/** A project with samples, ready to train. */
async function prepareProject(): Promise<string> {
  const project = join(folder.path, 'Supervised.scorescope')
  const corpus = join(folder.path, 'corpus')
  await makeTinyCorpus(corpus)
  const { api, child } = await startEngineProcess(join(folder.path, 'settings'))
  await api.project.create({ folder: project })
  await api.jobs.wait(await api.corpus.import({ folder: corpus }))
  await api.jobs.wait(await api.sampling.draw({ seed: 1, size: 56, perPage: 3, whiteness: 1 }))
  await child.stop()
  return project
}

describe('the engine under supervision', () => {
  it('is started again when it is killed, with the project that was open', async () => {
    const engine = supervise()
    const states: EngineState['state'][] = []
    engine.onState(({ state }) => states.push(state))
    const project = join(folder.path, 'One.scorescope')
    await engine.call('project', 'create', { folder: project })
    const firstPid = engine.pid() ?? 0
    process.kill(firstPid, 'SIGKILL')
    await until(() => states.at(-1) === 'ready' && states.includes('restarting'), 'the engine is ready again')
    expect(engine.pid()).not.toBe(firstPid)
    const current = (await engine.call('project', 'current', undefined)) as ProjectSummary
    expect(current.folder).toBe(project)
  })

  it('fails the request that it was answering, and answers those that were asked meanwhile', async () => {
    const engine = supervise()
    await engine.call('system', 'ping', { echo: 1 })
    const caught = failureOf(engine.call('system', 'doctor', undefined))
    process.kill(engine.pid() ?? 0, 'SIGKILL')
    const failure = await caught
    expect(failure).toMatchObject({ code: 'process/exited', details: { process: 'engine' } })
    expect(failure.message).toContain('while answering system.doctor')
    expect(await engine.call('system', 'ping', { echo: 2 })).toEqual({ echo: 2 })
  })

  it('is given up after several starts in a row, says why, and can be asked to try again', async () => {
    const engine = supervise({ entries: folder.path })
    expect(await failureOf(engine.call('system', 'ping', { echo: 1 }))).toMatchObject({
      code: 'process/not-started',
    })
    expect(engine.state()).toMatchObject({ state: 'failed' })
    expect(engine.state().sentence).toContain('Cannot find module')
    engine.retry()
    expect(await failureOf(engine.call('system', 'ping', { echo: 1 }))).toMatchObject({
      code: 'process/not-started',
    })
  })

  it('is given up when it dies again and again after it was ready, until someone asks', async () => {
    const engine = supervise()
    for (let death = 1; death <= 3; death += 1) {
      await engine.call('system', 'ping', { echo: death })
      const pid = engine.pid() ?? 0
      process.kill(pid, 'SIGKILL')
      await until(() => engine.pid() !== pid, 'the supervisor has noticed')
    }
    expect(engine.state()).toMatchObject({ state: 'failed' })
    expect(engine.state().sentence).toContain('stopped 3 times in a row')
    expect(await engine.call('system', 'ping', { echo: 'once more' })).toEqual({ echo: 'once more' })
  })

  it('ends when the supervisor does, with its project closed', async () => {
    const engine = supervise()
    const project = join(folder.path, 'One.scorescope')
    await engine.call('project', 'create', { folder: project })
    const pid = engine.pid() ?? 0
    await engine.stop()
    expect(isAlive(pid)).toBe(false)
    const next = supervise()
    expect(await next.call('project', 'open', { folder: project })).toMatchObject({ folder: project })
  })
})

describe.runIf(process.platform === 'linux')('when the parent is killed without warning', () => {
  it('engine and training end too, and the run can be resumed', async () => {
    const project = await prepareProject()
    const entry = await bundle(
      fileURLToPath(new URL('fixtures/grandparent.ts', import.meta.url)),
      folder.path,
    )
    const settings = join(folder.path, 'settings')
    const parent = spawn(process.execPath, [entry, join(entries, 'engine.cjs'), settings, project], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said = await new Promise<string>((resolve, reject) => {
      parent.stdout.setEncoding('utf8').on('data', resolve)
      parent.on('exit', (code) => reject(new Error(`it ended with ${code}`)))
    })
    const { engine, run } = JSON.parse(said) as { engine: number; run: string }
    const computes = childrenOf(engine, 'compute.cjs')
    expect(computes.length).toBeGreaterThan(0)
    parent.removeAllListeners('exit')
    parent.kill('SIGKILL')
    await until(() => ![engine, ...computes].some(isAlive), 'engine and compute processes are gone')

    const again = await startEngineProcess(settings)
    await again.api.project.open({ folder: project })
    expect(await again.api.training.run({ run })).toMatchObject({ status: 'interrupted', hasWeights: true })
    await again.child.stop()
  })
})
