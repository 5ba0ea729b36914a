/** What suits a machine: which settings are tried, which is taken, for how long it is remembered, and who uses it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MeasureRequest, StepMeasurement } from '@shared/compute-api'
import type { RuntimeSettings, TuningCandidate, TuningReport } from '@shared/domain/system'
import { AppError, Cancelled } from '@shared/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ComputeLaunch, JobContext, LaunchCompute } from '../../src/main/core/ports'
import { type Hardware, hardwareKey, machineKey } from '../../src/main/core/system/machine'
import { Tuning } from '../../src/main/core/system/tuning'
import { choose, reasonFor, threadCandidates, variants } from '../../src/main/core/system/tuning-choice'
import { createTuningRecords } from '../../src/main/core/system/tuning-records'
import { fakeCompute } from '../support/fake-compute'

const MODEL = { spec: '1x2@3', inputSize: 8, dropout: 0, microBatch: 2, steps: 3 }
const hardware: Hardware = { processor: 'a processor', cores: 4, memoryBytes: 15.6 * 2 ** 30 }

function candidate(
  settings: Partial<RuntimeSettings>,
  figures: Partial<TuningCandidate> = {},
): TuningCandidate {
  return {
    settings: { threads: 2, allocator: 'bfc', xla: false, ...settings },
    secondsPerStep: 1,
    firstStepSeconds: 1,
    peakMemoryBytes: 1e9,
    problem: null,
    ...figures,
  }
}

describe('settings worth a measurement', () => {
  it('are one, half and all of the cores, each count once', () => {
    expect(threadCandidates(8).map(({ threads }) => threads)).toEqual([8, 4, 1])
    expect(threadCandidates(2).map(({ threads }) => threads)).toEqual([2, 1])
    expect(threadCandidates(1).map(({ threads }) => threads)).toEqual([1])
  })

  it('try the other allocator on top of the best, and XLA only when asked to be thorough', () => {
    const best: RuntimeSettings = { threads: 4, allocator: 'bfc', xla: false }
    expect(variants(best, false)).toEqual([{ ...best, allocator: 'system' }])
    expect(variants(best, true)).toContainEqual({ ...best, xla: true })
  })
})

describe('the choice', () => {
  it('is the fastest', () => {
    const [slow, fast] = [candidate({ threads: 1 }), candidate({ threads: 4 }, { secondsPerStep: 0.5 })]
    expect(choose([slow, fast])).toBe(fast)
    expect(reasonFor(fast, [slow, fast])).toBe(
      '4 threads with TensorFlow’s own pool of memory: 0.50 s per step, the fastest of 2 settings and 50 % below the slowest.',
    )
  })

  it('is the one with the least memory where times differ by chance only', () => {
    const fast = candidate({}, { secondsPerStep: 1 })
    const small = candidate({ allocator: 'system' }, { secondsPerStep: 1.04, peakMemoryBytes: 5e8 })
    expect(choose([fast, small])).toBe(small)
    expect(reasonFor(small, [fast, small])).toMatch(
      /what was faster was so by chance and took more memory \(this: 0\.5 GB\)/,
    )
  })

  it('is fewer threads only where those are clearly faster', () => {
    const all = candidate({ threads: 4 }, { secondsPerStep: 1 })
    const [little, much] = [0.9, 0.8].map((secondsPerStep) => candidate({ threads: 1 }, { secondsPerStep }))
    if (little === undefined || much === undefined) throw new Error('There are two.')
    expect(choose([all, little])).toBe(all)
    expect(reasonFor(all, [all, little])).toMatch(/what was faster was not clearly so/)
    expect(choose([all, much])).toBe(much)
  })

  it('is XLA only where that gains more than a tenth', () => {
    const plain = candidate({})
    const [little, much] = [0.95, 0.7].map((secondsPerStep) => candidate({ xla: true }, { secondsPerStep }))
    expect(choose([plain, ...(little ? [little] : [])])).toBe(plain)
    expect(choose([plain, ...(much ? [much] : [])])).toBe(much)
  })

  it('leaves out what could not be measured, and is null where nothing could', () => {
    const broken = candidate({}, { secondsPerStep: 0, problem: 'It crashed.' })
    const fine = candidate({ threads: 1 })
    expect(choose([broken, fine])).toBe(fine)
    expect(choose([broken])).toBeNull()
  })
})

describe('the machine that figures hold for', () => {
  it('is its processor, cores, class of memory and TensorFlow', () => {
    expect(machineKey(hardware, '2.21.0')).toBe('a processor, 4 cores, 16 GB, TensorFlow 2.21.0')
    expect(hardwareKey({ ...hardware, memoryBytes: 16.2 * 2 ** 30 })).toBe(hardwareKey(hardware))
    expect(hardwareKey({ ...hardware, cores: 8 })).not.toBe(hardwareKey(hardware))
    expect(hardwareKey({ ...hardware, memoryBytes: 64 * 2 ** 30 })).not.toBe(hardwareKey(hardware))
  })
})

let folder: string
let launches: ComputeLaunch[]
let measured: MeasureRequest[]
let running: number
let said: string[]
let labels: string[]
let tensorflow: string | null
/** Seconds per step by settings, or how it fails. */
let speed: (settings: ComputeLaunch) => number | Error

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scorescope-tuning-'))
  ;[launches, measured, said, labels] = [[], [], [], []]
  running = 0
  tensorflow = '2.21.0'
  speed = ({ threads }) => 4 / (threads ?? 4)
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const launchCompute: LaunchCompute = (launch) => {
  launches.push(launch)
  running += 1
  const process = fakeCompute({
    device: {
      describe: () =>
        Promise.resolve({
          backend: tensorflow === null ? 'js' : 'tensorflow',
          tensorflow,
          origin: 'No library.',
        }),
    },
    training: {
      measure: (request: MeasureRequest): Promise<StepMeasurement> => {
        measured.push(request)
        // Real samples, as the compute process would find them.
        expect(existsSync(request.sampleFile)).toBe(true)
        const secondsPerStep = speed(launch)
        if (secondsPerStep instanceof Error) return Promise.reject(secondsPerStep)
        const peakMemoryBytes = launch.allocator === 'system' ? 2e9 : 1e9
        return Promise.resolve({
          secondsPerStep,
          firstStepSeconds: 2,
          peakMemoryBytes,
          backend: 'tensorflow',
        })
      },
    },
  })
  return Promise.resolve({
    ...process,
    stop: () => {
      running -= 1
      return process.stop()
    },
  })
}

function makeTuning(on: Hardware = hardware, elapsedMs: () => number = () => 0): Tuning {
  return new Tuning({
    launchCompute,
    records: createTuningRecords(folder, (line) => said.push(line)),
    clock: { now: () => new Date('2026-11-24T12:00:00Z'), elapsedMs },
    hardware: on,
    models: { quick: MODEL, thorough: { ...MODEL, inputSize: 16 } },
  })
}

function jobContext(signal: AbortSignal = new AbortController().signal): JobContext {
  return { job: 'j', signal, progress: ({ label, done, total }) => labels.push(`${label} ${done}/${total}`) }
}

const measure = (tuning: Tuning, thorough = false): Promise<TuningReport> =>
  tuning.measure({ thorough, label: 'Measuring' }, jobContext())

describe('measuring a machine', () => {
  it('starts a process for each setting, ends it, and keeps the fastest', async () => {
    const tuning = makeTuning()
    const report = await measure(tuning)
    expect(launches.map(({ threads, allocator, xla }) => [threads, allocator, xla])).toEqual([
      [4, 'bfc', false],
      [2, 'bfc', false],
      [1, 'bfc', false],
      [4, 'system', false],
    ])
    expect(running).toBe(0)
    expect(report.chosen).toEqual({ threads: 4, allocator: 'bfc', xla: false })
    expect(report.machine).toBe('a processor, 4 cores, 16 GB, TensorFlow 2.21.0')
    expect(makeTuning().current()).toEqual(report)
    expect(labels).toEqual([
      'Measuring 0/4',
      'Measuring 1/4',
      'Measuring 2/4',
      'Measuring 3/4',
      'Measuring 4/4',
    ])
  })

  it('trains the model of its thoroughness, and leaves no samples behind', async () => {
    await measure(makeTuning(), true)
    expect(launches.at(-1)).toMatchObject({ xla: true })
    expect(measured.map(({ plan, steps }) => [plan.architecture.inputSize, steps])).toContainEqual([16, 3])
    expect(measured.every(({ sampleFile }) => !existsSync(sampleFile))).toBe(true)
  })

  it('goes on where one setting fails, and says why', async () => {
    speed = ({ threads }) => (threads === 4 ? AppError.of('compute/out-of-memory', {}) : 4 / (threads ?? 4))
    const report = await measure(makeTuning())
    expect(report.candidates[0]?.problem).toMatch(/memory/)
    expect(report.chosen.threads).toBe(2)
  })

  it('says what is missing where there is no TensorFlow, and remembers nothing', async () => {
    tensorflow = null
    await expect(measure(makeTuning())).rejects.toMatchObject({ code: 'system/nothing-to-tune' })
    expect([running, readdirSync(folder)]).toEqual([0, []])
  })

  it('can be cancelled between two settings', async () => {
    const cancelling = new AbortController()
    speed = () => {
      cancelling.abort()
      return 1
    }
    const options = { thorough: false, label: 'Measuring' }
    await expect(makeTuning().measure(options, jobContext(cancelling.signal))).rejects.toBeInstanceOf(
      Cancelled,
    )
    expect([launches.length, running]).toEqual([1, 0])
  })

  it('tries no more settings once twenty seconds are spent', async () => {
    let ms = 0
    const report = await measure(makeTuning(hardware, () => (ms += 8_000)))
    expect(report.candidates.length).toBeLessThan(4)
    expect(report.candidates.length).toBeGreaterThan(0)
  })
})

describe('what was measured', () => {
  it('does not hold on another machine or for another TensorFlow', async () => {
    await measure(makeTuning())
    expect(makeTuning({ ...hardware, cores: 16 }).current()).toBeNull()
    const other = makeTuning()
    other.learn('2.22.0')
    expect(other.current()).toBeNull()
  })

  it('stands beside that of other machines that share the folder, the newest of each', async () => {
    await measure(makeTuning())
    await measure(makeTuning({ ...hardware, cores: 2 }))
    speed = ({ threads }) => threads ?? 1
    await measure(makeTuning())
    expect(makeTuning().current()?.chosen.threads).toBe(1)
    expect(makeTuning({ ...hardware, cores: 2 }).current()?.chosen.threads).toBe(2)
    expect(JSON.parse(readFileSync(join(folder, 'tuning.json'), 'utf8'))).toMatchObject({ reports: [{}, {}] })
  })

  it('is ignored with a line in the log where the file is damaged', () => {
    for (const content of [
      '{"version": 1',
      '{"version": 9, "reports": []}',
      '{"version": 1, "reports": [{}]}',
    ]) {
      writeFileSync(join(folder, 'tuning.json'), content)
      expect(makeTuning().current()).toBeNull()
    }
    expect(said).toHaveLength(3)
    expect(said[0]).toContain('tuning.json')
  })

  it('is used by every launch that leaves it open, and by none that does not', async () => {
    const tuning = makeTuning()
    await tuning.launch({ threads: null, doing: 'exploring' })
    await measure(tuning)
    await tuning.launch({ threads: null, doing: 'exploring' })
    await tuning.launch({ threads: 1, allocator: 'system', doing: 'training' })
    expect(launches[0]).toEqual({ threads: null, doing: 'exploring' })
    expect(launches.at(-2)).toEqual({ threads: 4, allocator: 'bfc', doing: 'exploring' })
    expect(launches.at(-1)).toEqual({ threads: 1, allocator: 'system', doing: 'training' })
  })
})

describe('the first training on a machine', () => {
  const first = async (tuning: Tuning, steps: number): Promise<boolean> => {
    const process = await launchCompute({ threads: null, doing: 'training' })
    return tuning.measureFirst({ steps, process }, jobContext())
  }

  it('measures it, once', async () => {
    const tuning = makeTuning()
    expect(await first(tuning, 300)).toBe(true)
    expect(labels[0]).toBe('Measuring this machine, once 0/4')
    expect(await first(tuning, 300)).toBe(false)
    expect(await first(makeTuning(), 300)).toBe(false)
  })

  it('does not measure before a short run, nor where there is no TensorFlow', async () => {
    expect(await first(makeTuning(), 299)).toBe(false)
    tensorflow = null
    expect(await first(makeTuning(), 5000)).toBe(false)
    expect(measured).toEqual([])
  })

  it('measures anew after TensorFlow was changed', async () => {
    await measure(makeTuning())
    tensorflow = '2.22.0'
    expect(await first(makeTuning(), 300)).toBe(true)
  })
})
