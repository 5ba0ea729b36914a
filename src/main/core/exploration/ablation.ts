/** What the absence of each channel of a layer costs: one batched job over held-out crops. */
import { describeArchitecture } from '@shared/domain/architecture'
import type { AblatedErrors } from '@shared/compute-api'
import type { AbsenceCost, AblationReport } from '@shared/domain/feature'
import type { JobReference } from '@shared/domain/job'
import type { RunPlan } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { Cancelled } from '@shared/errors'
import { ClusterBootstrap } from '../../numerics/bootstrap'
import type { Clock, JobContext, Jobs, LaunchCompute, ProjectAccess } from '../ports'
import { readAblation, storeAblation } from './ablation-records'
import type { ExploredRuns, ExploredSamples } from './explored'

export interface AblationDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly launchCompute: LaunchCompute
  readonly runs: ExploredRuns
  readonly samples: ExploredSamples
}

export interface AblationChoices {
  readonly run: string
  readonly layer: string
  /** At most so many crops. */
  readonly crops: number
}

const LABEL = 'Ranking channels by what their absence costs'

/** @throws AppError job/busy, training/run-unknown, training/no-checkpoint */
export function startAblation(
  dependencies: AblationDependencies,
  choices: AblationChoices,
): JobReference<'ablate'> {
  const { jobs, runs } = dependencies
  runs.requireWeights(runs.plan(choices.run).run)
  return jobs.start('ablate', { label: LABEL, subject: choices.run }, (context) =>
    ablate(dependencies, choices, context),
  )
}

/** What is known of these very weights and crops is not measured again. */
async function ablate(
  dependencies: AblationDependencies,
  { run, layer, crops }: AblationChoices,
  context: JobContext,
): Promise<AblationReport> {
  const { projects, clock, runs, samples } = dependencies
  const { database } = projects.required()
  const startMs = clock.elapsedMs()
  const plan = runs.plan(run)
  const { indices, heldOut } = chooseCrops(plan, crops)
  const { weightsSha256 } = runs.summary(run)
  const known = weightsSha256 === null ? null : readAblation(database, { run, layer, weightsSha256 })
  if (known?.crops === indices.length) return known
  const errors = await measure(dependencies, { plan, layer, indices }, context)
  const all = samples.samplesOf(plan.sampleSet.id)
  const report: AblationReport = {
    run,
    layer,
    ...summarizeCosts(
      errors,
      indices.map((index) => all[index]),
      plan.seed,
    ),
    crops: indices.length,
    heldOut,
    weightsSha256: errors.weightsSha256,
    seconds: (clock.elapsedMs() - startMs) / 1000,
    finishedAt: clock.now().toISOString(),
  }
  storeAblation(database, report)
  return report
}

async function measure(
  { launchCompute, runs, samples }: AblationDependencies,
  of: { readonly plan: RunPlan; readonly layer: string; readonly indices: readonly number[] },
  context: JobContext,
): Promise<AblatedErrors> {
  const { plan, layer, indices } = of
  const described = describeArchitecture(plan.architecture).layers.find(({ name }) => name === layer)
  const channels = Array.from({ length: described?.channels ?? 0 }, (_, channel) => channel)
  context.progress({ label: LABEL, done: 0, total: channels.length * indices.length })
  const process = await launchCompute({
    threads: plan.threads,
    doing: `ranking the channels of run ${plan.run}`,
  })
  const unsubscribe = process.on('compute/ablate-progress', ({ done, total }) => {
    context.progress({ label: LABEL, done, total })
  })
  try {
    if (context.signal.aborted) throw new Cancelled()
    const model = {
      plan,
      runFolder: runs.folder(plan.run),
      sampleFile: samples.sampleFile(plan.sampleSet.id),
    }
    return await process.api.model.ablate({ ...model, indices, layer, channels }, { signal: context.signal })
  } finally {
    unsubscribe()
    await process.stop()
  }
}

/** Held-out crops, evenly spread over the set and so over its pieces; training crops where none are held out. */
export function chooseCrops(
  { split }: Pick<RunPlan, 'split'>,
  most: number,
): { readonly indices: readonly number[]; readonly heldOut: boolean } {
  const heldOut = split.validation.length > 0
  const all = [...(heldOut ? split.validation : split.train)].sort((one, other) => one - other)
  const count = Math.min(most, all.length)
  const indices = Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)] ?? 0)
  return { indices, heldOut }
}

type Costs = Pick<
  AblationReport,
  'channels' | 'intactMse' | 'intactByStyle' | 'intactByComposer' | 'pieces' | 'interval'
>

/** Means over crops, by style and composer as well; intervals by drawing whole pieces anew, the same for all channels. */
export function summarizeCosts(
  { intact, without }: Pick<AblatedErrors, 'intact' | 'without'>,
  crops: readonly (SampleWithPage | undefined)[],
  seed: number,
): Costs {
  const pieces = crops.map((crop) => JSON.stringify([crop?.style, crop?.composer, crop?.piece]))
  const bootstrap = new ClusterBootstrap(pieces, { seed })
  const ones = new Float64Array(crops.length).fill(1)
  const styles = crops.map((crop) => crop?.style ?? '')
  const composers = crops.map((crop) => crop?.composer ?? '')
  const channels = Array.from(
    { length: without.length / Math.max(1, crops.length) },
    (_, channel): AbsenceCost => {
      const increases = Float64Array.from(
        intact,
        (error, crop) => (without[channel * crops.length + crop] ?? 0) - error,
      )
      const increase = bootstrap.ratio({ numerators: increases, denominators: ones })
      return {
        channel,
        increase: increase ?? { value: 0, low: null, high: null },
        byStyle: meansBy(styles, increases),
        byComposer: meansBy(composers, increases),
      }
    },
  )
  return {
    channels: channels.sort(
      (one, other) => other.increase.value - one.increase.value || one.channel - other.channel,
    ),
    intactMse: mean(intact),
    intactByStyle: meansBy(styles, intact),
    intactByComposer: meansBy(composers, intact),
    pieces: new Set(pieces).size,
    interval: bootstrap.method,
  }
}

function meansBy(names: readonly string[], values: ArrayLike<number>): Readonly<Record<string, number>> {
  const groups = new Map<string, number[]>()
  for (const [at, name] of names.entries()) {
    const group = groups.get(name) ?? []
    group.push(values[at] ?? 0)
    groups.set(name, group)
  }
  return Object.fromEntries([...groups].map(([name, group]) => [name, mean(group)]))
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}
