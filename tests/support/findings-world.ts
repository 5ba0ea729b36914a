/** Findings of a world in which channels, kernels and untrained networks are planted; jobs and records are real. */
import type { KernelWeights, ReconstructManyRequest } from '@shared/compute-api'
import type { Contrasts, Recurrence } from '@shared/domain/findings'
import type { RunPlan } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { REQUESTS, type RequestInput } from '@shared/requests'
import { createFindings, type Findings } from '../../src/main/core/findings'
import { createJobs } from '../../src/main/core/jobs'
import type { FeatureTables } from '../../src/main/core/ports'
import { calling } from './corpus-projects'
import { fakeCompute } from './fake-compute'
import { normal, plantedPlan, plantedSamples, plantedSummary, plantedTables } from './planted-channels'
import { countingBytes, testProject } from './projects'

export interface World {
  readonly plans: readonly RunPlan[]
  readonly tables: Readonly<Record<string, FeatureTables>>
  readonly untrained?: Readonly<Record<string, FeatureTables>>
  readonly samples?: readonly SampleWithPage[]
  readonly kernels?: (run: string, layer: string) => KernelWeights
}

export interface Looking {
  readonly findings: Findings
  readonly contrasts: (request: RequestInput<'findings', 'contrasts'>) => Promise<Contrasts>
  readonly recurrence: (request: RequestInput<'findings', 'recurrence'>) => Promise<Recurrence>
  /** The run is trained on: its weights are others. */
  readonly trainOn: () => void
}

/** Real projects, jobs and records; feature tables and kernels that are planted. */
export async function look(world: World): Promise<Looking> {
  const test = testProject()
  const { projects, clock, emit } = test
  const onBug = (error: unknown): void => {
    throw error
  }
  const { jobs } = createJobs({ projects: projects.access, clock, emit, randomBytes: countingBytes(), onBug })
  await test.createAndOpen()
  let weights = 'a'.repeat(64)
  const { plans, tables, untrained = tables, samples = plantedSamples } = world
  const { database } = projects.access.required()
  database.pragma('foreign_keys = OFF')
  const findings = createFindings({
    projects: projects.access,
    jobs,
    clock,
    launchCompute: () =>
      Promise.resolve(
        fakeCompute({
          model: {
            patterns: ({ plan, indices }: ReconstructManyRequest) => {
              const { channels, means, maxima } = untrained[plan.run] ?? plantedTables(() => 0, NOISE)
              const rows = (table: Float32Array) =>
                Float32Array.from(
                  indices.flatMap((index) => [...table.subarray(index * channels, (index + 1) * channels)]),
                )
              return Promise.resolve({
                channels,
                means: rows(means),
                maxima: rows(maxima),
                weightsSha256: '',
              })
            },
          },
        }),
      ),
    runs: {
      plan: (run) => plans.find((plan) => plan.run === run) ?? plantedPlan(run, 0),
      summary: (run) => plantedSummary(run, weights),
      folder: (run) => run,
    },
    samples: { samplesOf: () => samples, sampleFile: () => 'samples' },
    features: {
      tables: (run) => tables[run] ?? plantedTables(() => 0, NOISE),
    },
    staffSpace: (page) => Promise.resolve(page % 3 === 0 ? null : 10 + (page % 5)),
    kernels: (run, layer) => Promise.resolve(world.kernels?.(run, layer) ?? noKernels(layer)),
  })
  return {
    findings,
    contrasts: async (request) => {
      const parsed = REQUESTS.findings.contrasts.parse(request)
      return jobs.wait(await findings.api.contrasts(parsed, calling))
    },
    recurrence: async (request) => {
      const parsed = REQUESTS.findings.recurrence.parse(request)
      return jobs.wait(await findings.api.recurrence(parsed, calling))
    },
    trainOn: () => {
      weights = 'b'.repeat(64)
    },
  }
}

const NOISE = { seed: 5, noise: 1 }
const FILTERS: Readonly<Record<string, number>> = { 'encoder-2-1': 6, 'decoder-2-1': 6, output: 1 }

/** Kernels of nothing but noise; the first layer sees one grey channel. */
export function noKernels(layer: string): KernelWeights {
  const filters = FILTERS[layer] ?? 4
  const inputChannels = layer === 'encoder-1-1' ? 1 : 4
  const random = normal(layer.length)
  const weights = Float32Array.from({ length: 9 * inputChannels * filters }, () => random())
  return { kernel: 3, inputChannels, filters, weights }
}
