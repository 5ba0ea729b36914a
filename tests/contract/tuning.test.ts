/** A machine measured with real compute processes, on a model that is trained in milliseconds. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobContext } from '../../src/main/core/ports'
import { createTuning } from '../../src/main/core/system'
import { createComputeLauncher } from '../../src/main/transport/compute-launcher'
import { nativeIsThere } from '../compute/support/native'
import { buildEntries, builtEntries, newFolder } from '../support/whole-core'

const place = newFolder()
const MODEL = { spec: '1x4@3', inputSize: 16, dropout: 0, microBatch: 4, steps: 2 }
const launchCompute = createComputeLauncher({
  packaged: false,
  entries: builtEntries,
  node: process.execPath,
  renderer: '',
  native: null,
})
const context: JobContext = { job: 'j', signal: new AbortController().signal, progress: () => undefined }

beforeAll(buildEntries)
afterAll(place.remove)

describe.skipIf(!nativeIsThere)('a machine that is measured with real compute processes', () => {
  it('has a figure for each setting, and remembers what it chose', async () => {
    const tuning = createTuning({
      settingsFolder: join(place.folder, 'settings'),
      launchCompute,
      clock: { now: () => new Date(), elapsedMs: () => performance.now() },
      log: (line) => {
        throw new Error(line)
      },
      models: { quick: MODEL, thorough: MODEL },
    })
    const report = await tuning.measure({ thorough: false, label: 'Measuring' }, context)
    expect(report.candidates.map(({ problem }) => problem)).toEqual(report.candidates.map(() => null))
    for (const { secondsPerStep, firstStepSeconds, peakMemoryBytes } of report.candidates) {
      expect(secondsPerStep).toBeGreaterThan(0)
      expect(firstStepSeconds).toBeGreaterThan(0)
      expect(peakMemoryBytes).toBeGreaterThan(50_000_000)
    }
    expect(report.candidates.map(({ settings }) => settings)).toContainEqual(report.chosen)
    expect(report.machine).toMatch(/TensorFlow \d+\.\d+/)
    expect(tuning.current()).toEqual(report)
  })

  it('is told what a launch asks for: the processor, and how many threads', async () => {
    const child = await launchCompute({ threads: 1, device: 'cpu', doing: 'testing' })
    const report = await child.api.device.describe()
    await child.stop()
    expect(report.device).toBe('cpu, 1 thread')
    expect(report.gpu).toMatchObject({ used: false, reason: 'The processor was asked for.' })
    expect(report.devices[0]?.type).toBe('CPU')
  })
})
