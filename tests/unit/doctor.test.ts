import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@shared/errors'
import type { BackendReport } from '@shared/compute-api'
import { afterAll, describe, expect, it } from 'vitest'
import type { Jobs, LaunchCompute } from '../../src/main/core/ports'
import { createSystem, createTuning } from '../../src/main/core/system'
import { findElectron } from '../../src/main/core/system/electron'
import { findProblems } from '../../src/main/core/system/problems'

const context = { signal: new AbortController().signal }
const folder = mkdtempSync(join(tmpdir(), 'scorescope-doctor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const native: BackendReport = {
  backend: 'tensorflow',
  tensorflow: '2.21.0',
  devices: [{ name: 'a processor', type: 'CPU', memoryBytes: 8e9 }],
  device: 'cpu, 2 threads',
  gpu: { used: false, present: false, reason: 'No NVIDIA driver is loaded here.' },
  origin: 'a folder (wheel tensorflow-cpu 2.21.0)',
  versions: {},
}
const plenty = { totalBytes: 16e9, freeBytes: 12e9 }
const window = { available: true, version: '45.0.0', reason: 'it runs this window' }

const noJobs: Jobs = {
  start: () => {
    throw new Error('unused')
  },
  wait: () => Promise.reject(new Error('unused')),
  cancel: () => undefined,
  requireFree: () => undefined,
}

function system(version: string, launchCompute: LaunchCompute): ReturnType<typeof createSystem> {
  const clock = { now: () => new Date(0), elapsedMs: () => 0 }
  const tuning = createTuning({ settingsFolder: folder, launchCompute, clock, log: () => undefined })
  return createSystem({ version, launchCompute, tuning, jobs: noJobs })
}

describe('doctor', () => {
  it('tells what was found out by a compute process, and ends that process', async () => {
    const doings: string[] = []
    let stopped = 0
    const launchCompute = ((launch) => {
      doings.push(launch.doing)
      return Promise.resolve({
        api: { device: { describe: () => Promise.resolve(native) } },
        stop: () => Promise.resolve(void (stopped += 1)),
      })
    }) as LaunchCompute
    const report = await system('1.2.3', launchCompute).api.doctor(undefined, context)
    expect(report).toMatchObject({ version: '1.2.3', backend: 'tensorflow', tensorflow: '2.21.0' })
    expect(report.devices).toEqual(native.devices)
    expect(report.natives.at(-1)).toEqual({ name: 'TensorFlow', version: '2.21.0', origin: native.origin })
    expect(report.memory.freeBytes).toBeGreaterThan(0)
    expect([doings, stopped]).toEqual([['describing this machine'], 1])
  })

  it('tells why no compute process could be asked, and goes on', async () => {
    const failure = AppError.of('process/not-started', { process: 'compute', reason: 'no such file' })
    const launchCompute: LaunchCompute = () => Promise.reject(failure)
    const report = await system('1', launchCompute).api.doctor(undefined, context)
    expect(report).toMatchObject({ backend: 'js', tensorflow: null, devices: [] })
    expect(report.problems).toContain(failure.message)
    expect(report.natives.map(({ name }) => name)).toEqual(['Node', 'SQLite', 'sharp'])
  })

  it('echoes', async () => {
    const { api } = system('1', () => Promise.reject(new Error('unused')))
    expect(await api.ping({ echo: [1, 'two'] }, context)).toEqual({ echo: [1, 'two'] })
  })
})

describe('the problems that doctor tells', () => {
  it('are none where everything works', () => {
    expect(
      findProblems({ backend: { report: native, failure: null }, electron: window, memory: plenty }),
    ).toEqual([])
  })

  it('name a GPU that lies idle, and nothing where there is none or it was not wanted', () => {
    const idle = { used: false, present: true, reason: 'TensorFlow here is the CPU build: run "x"' }
    const problemsWith = (gpu: BackendReport['gpu']): string[] =>
      findProblems({
        backend: { report: { ...native, gpu }, failure: null },
        electron: window,
        memory: plenty,
      })
    expect(problemsWith(idle)).toEqual([
      'Training does not use the GPU. TensorFlow here is the CPU build: run "x".',
    ])
    expect(problemsWith({ ...idle, present: false })).toEqual([])
    expect(problemsWith({ ...idle, used: true })).toEqual([])
  })

  it('say what does not work, why, and what to do', () => {
    const problems = findProblems({
      backend: {
        report: { ...native, backend: 'js', tensorflow: null, origin: 'No native TensorFlow was set up' },
        failure: null,
      },
      electron: { available: false, version: '45.0.0', reason: 'there is no display' },
      memory: { totalBytes: 4e9, freeBytes: 1.5e9 },
    })
    expect(problems).toEqual([
      'Training runs in plain JavaScript, which is slow, because TensorFlow is not loaded: No native TensorFlow was set up.',
      'The desktop window cannot open here (there is no display): "scorescope serve" opens the same app in a browser.',
      '1.5 GB of memory are free, and the study\'s model needs about 6.0 GB: close other programs, or train with the preset "quick".',
    ])
  })
})

describe("doctor's search for Electron", () => {
  it('is over when the window asks', async () => {
    expect(await findElectron({ SCORESCOPE_ELECTRON: '45.4.1' })).toEqual({
      available: true,
      version: '45.4.1',
      reason: 'it runs this window',
    })
  })

  it('says where the binary is missing', async () => {
    const report = await findElectron({ ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'nowhere'), DISPLAY: ':0' })
    expect(report.available).toBe(false)
    expect(report.reason).toContain(join(folder, 'nowhere'))
  })

  it.runIf(process.platform === 'linux')(
    'finds one, and misses the display where there is none',
    async () => {
      const dist = join(folder, 'dist')
      mkdirSync(dist)
      writeFileSync(join(dist, 'electron'), '#!/bin/sh\n')
      chmodSync(join(dist, 'electron'), 0o755)
      writeFileSync(join(dist, 'version'), 'v41.2.3\n')
      const environment = { ELECTRON_OVERRIDE_DIST_PATH: dist }
      expect(await findElectron({ ...environment, DISPLAY: ':0' })).toMatchObject({
        available: true,
        version: '41.2.3',
      })
      const hidden = await findElectron(environment)
      expect(hidden.available).toBe(false)
      expect(hidden.reason).toContain('no display')
    },
  )
})
