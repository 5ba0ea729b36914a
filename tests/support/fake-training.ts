/** Training with real records and jobs, and compute processes that do as a test says. */
import { vi } from 'vitest'
import type { Standing, TrainRequest } from '@shared/compute-api'
import type { TrainingOutcome } from '@shared/domain/run'
import { NO_REFUSALS } from '@shared/domain/refusal-words'
import { STUDY_RULES } from '@shared/domain/sampling-rules'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import { Cancelled } from '@shared/errors'
import { REQUESTS } from '@shared/requests'
import { createJobs } from '../../src/main/core/jobs'
import type { LaunchCompute } from '../../src/main/core/ports'
import { splitSamples } from '../../src/main/core/sampling/split'
import { createTraining, type TrainingDependencies } from '../../src/main/core/training'
import { createSampleStore } from '../../src/main/storage/sample-store'
import { type FakeCompute, fakeCompute } from './fake-compute'
import { countingBytes, testProject } from './projects'

export const context = { signal: new AbortController().signal }
export const choices = REQUESTS.training.start.parse({
  seed: 1,
  spec: '1x4@3',
  inputSize: 16,
  epochs: 2,
  split: 'crop',
})

export const set: SampleSet = {
  id: 1,
  name: 's',
  hash: 'a'.repeat(64),
  seed: 1,
  ...STUDY_RULES,
  perPage: 1,
  size: 32,
  samples: 6,
  pages: 6,
  excludedPages: 0,
  refusedDraws: 0,
  refusals: NO_REFUSALS,
  createdAt: '2026',
}

const samples: readonly SampleWithPage[] = Array.from({ length: set.samples }, (_, index) => ({
  index,
  page: index + 1,
  x: 0,
  y: 0,
  size: 32,
  draw: 1,
  whiteness: 0.5,
  file: `${index}.png`,
  style: 's',
  composer: 'c',
  piece: 'p',
  pageNumber: 1,
}))

export const finished: TrainingOutcome = {
  status: 'finished',
  epochs: 2,
  steps: 2,
  trainMse: 0.1,
  validationMse: 0.2,
  weightsSha256: 'b'.repeat(64),
  seconds: 3,
  peakMemoryBytes: 1000,
  backend: 'js',
  remarks: ['Trained in JavaScript.'],
}

const described = {
  backend: 'js',
  device: 'cpu, 2 threads',
  gpu: { used: false, present: false, reason: 'There is none.' },
  versions: { tensorflow: '2.21.0' },
}

interface TrainingFake {
  readonly train: (
    request: TrainRequest,
    options: { readonly signal: AbortSignal },
    tell: FakeCompute['tell'],
  ) => Promise<unknown>
  readonly stop?: () => Promise<unknown>
  readonly standing?: Partial<Standing>
}

/** Training with real records and jobs, and a compute process that does as it is told. */
export async function setUpTraining(
  fake: TrainingFake,
  machine: Partial<Pick<TrainingDependencies, 'freeMemoryBytes' | 'measureFirst' | 'runtimeSettings'>> = {},
) {
  const project = testProject()
  const launched: FakeCompute[] = []
  const launch = vi.fn<LaunchCompute>(() => {
    const process: FakeCompute = fakeCompute({
      device: { describe: () => Promise.resolve(described) },
      training: {
        measure: () =>
          Promise.resolve({
            secondsPerStep: 2,
            firstStepSeconds: 3,
            peakMemoryBytes: 5e8,
            backend: 'js',
          }),
        pause: () => Promise.resolve({ paused: true }),
        resume: () => Promise.resolve({ paused: false }),
        standing: () => Promise.resolve({ step: 0, remarks: [], ...fake.standing }),
        stop: fake.stop ?? (() => Promise.resolve({ stopping: true })),
        train: (request: TrainRequest, options: { readonly signal: AbortSignal }) =>
          fake.train(request, options, process.tell),
      },
    })
    launched.push(process)
    return Promise.resolve(process)
  })
  const bugs: unknown[] = []
  const sets = { now: set }
  const parts = {
    projects: project.projects.access,
    clock: project.clock,
    emit: project.emit,
    randomBytes: countingBytes(),
  }
  const jobs = createJobs({ ...parts, onBug: (error) => bugs.push(error) })
  const trained: string[] = []
  const training = createTraining({
    ...parts,
    jobs: jobs.jobs,
    launchCompute: launch,
    version: '1.2.3',
    samples: {
      latestSet: () => set,
      set: () => sets.now,
      samplesOf: () => samples,
      sampleFile: () => project.projects.access.required().path('samples', '1.u8'),
    },
    splitSamples,
    measureBaselines: () => Promise.resolve({ constant: 0.4, block8: 0.3, block4: 0.2, block2: 0.1 }),
    log: () => undefined,
    onTrained: (run) => trained.push(run),
    freeMemoryBytes: () => 64e9,
    runtimeSettings: () => null,
    measureFirst: null,
    ...machine,
  })
  await project.createAndOpen()
  const open = project.projects.access.required()
  open.database.pragma('foreign_keys = OFF')
  const store = createSampleStore(open.path('samples', '1.u8'), {})
  store.write(new Uint8Array(set.samples * 32 * 32))
  store.commit([set.samples, 32, 32])
  return {
    project,
    open,
    launch,
    launched,
    bugs,
    jobs: jobs.jobs,
    jobsApi: jobs.api,
    training,
    trained,
    sets,
  }
}

export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Cancelled())
    })
  })
