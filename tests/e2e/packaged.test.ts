import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { DemoReport } from '@shared/domain/job'
import type { DoctorReport } from '@shared/domain/system'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronProblem } from '../support/electron-app'
import { root, temporaryFolder } from '../support/engine-process'
import {
  openPackedWindow,
  putPackedApp,
  runPackedCommand,
  type PackedApp,
  type PackedWindow,
} from '../support/packed-app'
import { childrenOf, isAlive } from '../support/processes'
import { ablate, expectAccessible, reopen, seeFilter, trainQuick } from './journey'

const problem = whyNot()
if (problem !== null) process.stderr.write(`Skipped: the journey in the packed app. ${problem}\n`)

function whyNot(): string | null {
  if (process.env['SCORESCOPE_HARD'] !== '1')
    return 'It takes minutes and a gigabyte: `npm run test:hard` makes it.'
  if (process.platform !== 'linux') return 'It looks into processes as Linux shows them.'
  return electronProblem
}

describe.skipIf(problem !== null)('the packed app, away from the checkout and with empty caches', () => {
  const folder = temporaryFolder()
  const project = join(folder.path, 'Journey.scorescope')
  let packed: PackedApp
  let window: PackedWindow | null = null

  beforeAll(async () => {
    packed = await putPackedApp(folder.path)
  })
  afterAll(async () => {
    await window?.quit()
    folder.remove()
  })

  /** The window, opened on the project by the test that says so. */
  function opened(): PackedWindow {
    if (window === null) throw new Error('The packed app was not opened.')
    return window
  }

  it('names no place of this checkout in its code', () => {
    const code = [
      join(packed.resources, 'app.asar'),
      ...readdirSync(join(packed.resources, 'engine'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    ]
    expect(code.filter((file) => readFileSync(file).includes(root))).toEqual([])
  })

  it('engraves the demo and trains on it natively with its command line', async () => {
    const report = (await runPackedCommand(packed, 'demo', project, '--epochs', '1')) as DemoReport
    expect(report.train).toMatchObject({ status: 'finished', backend: 'tensorflow', hasWeights: true })
  })

  it('opens its window on that project', async () => {
    window = await openPackedWindow(packed, project)
    window.page.setDefaultTimeout(30_000)
    await window.page.getByText('Synthetic demo').first().waitFor()
    expect(window.page.url()).toMatch(/^app:\/\/scorescope\//)
  })

  it('runs on the Node, the libraries and the TensorFlow that it carries', async () => {
    const asked = await opened().page.evaluate(async () => {
      type Call = (id: number, request: unknown) => Promise<unknown>
      const { api } = Reflect.get(globalThis, 'scorescope') as { api: Record<string, Record<string, Call>> }
      return api['system']?.['doctor']?.(1e9, undefined)
    })
    const { value } = asked as { value: DoctorReport }
    expect(value).toMatchObject({ backend: 'tensorflow', problems: [], electron: { available: true } })
    expect(value.natives.map(({ name }) => name)).toEqual(['Node', 'SQLite', 'sharp', 'TensorFlow'])
    expect(value.natives.filter(({ origin }) => !origin.startsWith(packed.resources))).toEqual([])
  })

  it('trains, shows a filter with the crops that excite it, and redraws without a channel', async () => {
    const { page } = opened()
    await trainQuick(page, 'Journey')
    await seeFilter(page)
    await ablate(page)
  })

  it('has loaded nothing of the checkout into any of its processes', () => {
    const main = opened().process.pid ?? 0
    const engines = childrenOf(main, 'engine.cjs')
    const computes = engines.flatMap((engine) => childrenOf(engine, 'compute.cjs'))
    expect(engines).toHaveLength(1)
    expect(computes).not.toEqual([])
    for (const pid of [...engines, ...computes])
      expect(readlinkSync(`/proc/${pid}/exe`)).toBe(join(packed.resources, 'node', 'bin', 'node'))
    for (const pid of computes)
      expect(loadedFiles(pid).some((file) => file.startsWith(join(packed.resources, 'native')))).toBe(true)
    const loaded = [main, ...descendantsOf(main)].flatMap(loadedFiles)
    expect(loaded.filter((file) => file.startsWith(root))).toEqual([])
  })

  it('has no serious accessibility violation on any screen, light or dark', async () => {
    await expectAccessible(opened().page)
  })

  it('opens the project again with all that was in it', async () => {
    await reopen(opened().page, 'Journey', ['Journey', 'quick, seed 1'])
  })

  it('asked only for its own page and pictures', () => {
    const own = /^(app:\/\/scorescope\/|page:\/\/picture\/|blob:|data:)/
    expect(opened().requests.length).toBeGreaterThan(0)
    expect(opened().requests.filter((url) => !own.test(url))).toEqual([])
  })

  it('quits when asked to, leaves no process behind, and has kept nothing in the caches', async () => {
    const processes = descendantsOf(opened().process.pid ?? 0)
    expect(await opened().quit()).toBe(0)
    window = null
    await expect.poll(() => processes.filter(isAlive), { timeout: 30_000 }).toEqual([])
    expect(readdirSync(join(folder.path, 'cache'))).not.toContain('scorescope')
    expect(readdirSync(join(folder.path, 'config', 'scorescope'))).toContain('recent-projects.json')
  })
})

/** Libraries and other files that a process has mapped; none of a process that has ended meanwhile. */
function loadedFiles(pid: number): string[] {
  try {
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
    return [...new Set(maps.split('\n').map((line) => line.slice(line.indexOf('/'))))]
  } catch {
    return []
  }
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid, '').flatMap((child) => [child, ...descendantsOf(child)])
}
