import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { RunSummary } from '@shared/domain/run'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { putDemoProject } from '../support/demo-project'
import { electronProblem, launchDesktop, type DesktopApp } from '../support/electron-app'
import { ensureBuilt, temporaryFolder, until } from '../support/engine-process'
import { childrenOf, isAlive } from '../support/processes'
import { go } from './journey'

const LINUX = process.platform === 'linux'
/** Small enough for an epoch within a moment, long enough never to end by itself. */
const ENDLESS = { seed: 1, name: 'Survivor', spec: '1x4@3,1x4@3', inputSize: 56, epochs: 100_000, limit: 20 }

if (electronProblem !== null) process.stderr.write(`Skipped: survival in Electron. ${electronProblem}\n`)

describe.skipIf(electronProblem !== null || !LINUX)('a training in Electron survives SIGKILL', () => {
  const folder = temporaryFolder()
  const project = join(folder.path, 'Survival.scorescope')
  let desktop: DesktopApp | null = null
  let run = ''

  beforeAll(async () => {
    await ensureBuilt()
    putDemoProject(project)
    desktop = await open()
    run = await ask<{ run: string }>(desktop, 'training', 'start', ENDLESS).then((started) => started.run)
  })
  afterEach(() => expectWhole(project))
  afterAll(async () => {
    await desktop?.app.close()
    folder.remove()
  })

  async function open(): Promise<DesktopApp> {
    const opened = await launchDesktop({ folder: folder.path, args: [project] })
    opened.page.setDefaultTimeout(60_000)
    await opened.page.getByText('Synthetic demo').first().waitFor()
    return opened
  }

  function summary(app: DesktopApp): Promise<RunSummary> {
    return ask<RunSummary>(app, 'training', 'run', { run })
  }

  /** Waits until the run has a checkpoint of more epochs than before. */
  async function progressed(app: DesktopApp, epochs: number): Promise<RunSummary> {
    await until(
      async () => (await summary(app)).epochs > epochs,
      `the run has trained more than ${epochs} epochs`,
    )
    return summary(app)
  }

  /** Resumes in the window, as a user does. */
  async function resume(app: DesktopApp, epochs: number): Promise<void> {
    await until(async () => (await summary(app)).status === 'interrupted', 'the run is marked as interrupted')
    await go(app.page, 'Training')
    await app.page.getByRole('button', { name: 'Survivor' }).click()
    const shown = app.page.getByRole('region', { name: 'Run Survivor' })
    await shown.getByText('interrupted', { exact: false }).first().waitFor()
    await shown.getByRole('button', { name: 'Resume training' }).click()
    await shown.getByRole('button', { name: 'Pause' }).waitFor()
    expect((await progressed(app, epochs)).status).toBe('running')
  }

  it('of the compute process: the window says what happened, the run is resumed', async () => {
    const app = held(desktop)
    const { epochs } = await progressed(app, 1)
    const engine = held(childrenOf(mainPid(app), 'engine.cjs')[0])
    for (const compute of childrenOf(engine, 'compute.cjs')) process.kill(compute, 'SIGKILL')
    await until(async () => (await summary(app)).status !== 'running', 'the run is no longer running')
    expect((await summary(app)).problem).toContain('killed from outside')
    await resume(app, epochs)
  })

  it('of the engine: it is started again with the project open, the run is resumed', async () => {
    const app = held(desktop)
    const { epochs } = await summary(app)
    const engine = held(childrenOf(mainPid(app), 'engine.cjs')[0])
    const computes = childrenOf(engine, 'compute.cjs')
    process.kill(engine, 'SIGKILL')
    await until(() => !computes.some(isAlive), 'the compute processes have ended too')
    await until(
      () => childrenOf(mainPid(app), 'engine.cjs').some((pid) => pid !== engine),
      'another engine runs',
    )
    await resume(app, epochs)
    expect(app.page.url()).toMatch(/^app:/)
  })

  it('of the main process: nothing is left running, the project opens, the run is resumed', async () => {
    const app = held(desktop)
    const { epochs } = await summary(app)
    const engine = held(childrenOf(mainPid(app), 'engine.cjs')[0])
    const children = [engine, ...childrenOf(engine, 'compute.cjs')]
    process.kill(mainPid(app), 'SIGKILL')
    await until(() => !children.some(isAlive), 'engine and compute processes have ended too')
    expectWhole(project)
    desktop = await open()
    await resume(desktop, epochs)
    await desktop.page.getByRole('button', { name: 'Stop and keep' }).click()
    await desktop.page.getByRole('region', { name: 'Run Survivor' }).getByText('stopped').waitFor()
    expect(await summary(desktop)).toMatchObject({ status: 'stopped', hasWeights: true })
  })
})

const mainPid = ({ app }: DesktopApp): number => held(app.process().pid)

/** What must be there by now. */
function held<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('It is not there.')
  return value
}

let lastId = 2e9

/** Asks over the page's bridge, as the page does. */
async function ask<Reply>(
  { page }: DesktopApp,
  noun: string,
  verb: string,
  request: unknown,
): Promise<Reply> {
  lastId += 1
  const outcome = await page.evaluate(
    ([id, ...names]) => {
      type Call = (id: number, request: unknown) => Promise<unknown>
      const { api } = Reflect.get(globalThis, 'scorescope') as { api: Record<string, Record<string, Call>> }
      return api[names[0]]?.[names[1]]?.(id, names[2])
    },
    [lastId, noun, verb, request] as const,
  )
  const { ok, value, error } = outcome as { ok: boolean; value: Reply; error?: { message: string } }
  if (!ok) throw new Error(error?.message)
  return value
}

/** SQLite finds nothing wrong, also while the project is in use. */
function expectWhole(project: string): void {
  const database = new Database(join(project, 'project.sqlite'), { readonly: true })
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('foreign_key_check')).toEqual([])
  } finally {
    database.close()
  }
}
