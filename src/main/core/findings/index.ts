/** Findings: contrasts between styles or composers, profiles of channels, and what recurs from run to run. */
import { setImmediate } from 'node:timers/promises'
import type { LocalApi } from '@shared/api'
import { describeArchitecture } from '@shared/domain/architecture'
import type { ContrastField, Contrasts } from '@shared/domain/findings'
import { requireChannel, requireLayer } from '@shared/domain/layers'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError, throwIfCancelled } from '@shared/errors'
import type { Pause } from '../../numerics/correlation'
import type { Clock, FeatureAccess, JobContext, Jobs, LaunchCompute, ProjectAccess } from '../ports'
import type { MeasuredRun } from './compared-run'
import { covariateSpan } from './covariates'
import { type ContrastChoices, testContrasts } from './contrasts'
import {
  listRecurrences,
  readContrasts,
  readRecurrence,
  storeContrasts,
  storeRecurrence,
} from './finding-records'
import type { ReadKernels } from './kernel-likeness'
import { channelColumns, type Piece, pieceMeans, type PieceTable, sampleRows } from './piece-means'
import { profileOf } from './profile'
import { findRecurrence, type RecurrenceChoices } from './recurrence'
import { measureUntrained } from './untrained'

/** Correlations of all with all are kept in memory: so many take 100 MB. */
const MOST_CHANNELS = 5000

/** Runs, as findings need them; given by core/parts.ts. */
export interface FoundInRuns {
  /** @throws AppError training/run-unknown */
  summary(run: string): RunSummary
  /** @throws AppError training/run-unknown, training/plan-damaged */
  plan(run: string): RunPlan
  /** Absolute path of runs/<id>/. */
  folder(run: string): string
}

export interface FoundInSamples {
  /** All samples of a set, in order of their index. */
  samplesOf(sampleSet: number): readonly SampleWithPage[]
  /** Absolute path of the set's pixels. */
  sampleFile(sampleSet: number): string
}

export interface FindingsDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly launchCompute: LaunchCompute
  readonly runs: FoundInRuns
  readonly samples: FoundInSamples
  readonly features: FeatureAccess
  /** Distance between staff lines of a page in pixels; null where no staff can be made out. */
  readonly staffSpace: (page: number, signal: AbortSignal) => Promise<number | null>
  /** From the warm process. */
  readonly kernels: (run: string, layer: string, signal: AbortSignal) => ReturnType<ReadKernels>
}

export interface Findings {
  readonly api: LocalApi['findings']
  /** The contrasts of a run's present weights over all its layers; null where there are none. */
  storedContrasts(run: string, field: ContrastField): Contrasts | null
}

export function createFindings(dependencies: FindingsDependencies): Findings {
  const { projects, jobs, runs, features } = dependencies
  const database = () => projects.required().database
  const stored = (wanted: { run: string; field: ContrastField; layer: string | null }): Contrasts | null =>
    readContrasts(database(), wanted, runs.summary(wanted.run).weightsSha256)
  return {
    storedContrasts: (run, field) => stored({ run, field, layer: null }),
    api: {
      contrasts(request) {
        const choices = { ...request, layer: request.layer ?? null }
        requireIn(runs.plan(choices.run), choices.layer)
        features.tables(choices.run)
        return jobs.start('contrasts', { label: 'Testing channels', subject: choices.run }, (context) =>
          contrast(dependencies, choices, context),
        )
      },
      contrastTable: ({ run, field, layer }) => stored({ run, field, layer: layer ?? null }),
      profile({ run, layer, channel }) {
        requireIn(runs.plan(run), layer, channel)
        const column = columnOf(dependencies, { run, layer, channel })
        const rowOf = (field: ContrastField) => {
          const table = stored({ run, field, layer: null }) ?? stored({ run, field, layer })
          return table?.channels.find((row) => row.layer === layer && row.channel === channel) ?? null
        }
        return {
          address: `${run}/${layer}/${channel}`,
          layer,
          channel,
          ...profileOf(tableOf(dependencies, run), column),
          contrasts: { style: rowOf('style'), composer: rowOf('composer') },
        }
      },
      recurrence(request) {
        const { threshold = null, layer = null, ...rest } = request
        const choices = { ...rest, threshold, layer }
        const plans = requireComparable(dependencies, [...new Set(request.runs)], layer)
        const subject = plans.map(({ run }) => run).join(' ')
        return jobs.start('recur', { label: 'Comparing channels', subject }, (context) =>
          recur(dependencies, { plans, choices }, context),
        )
      },
      recurrences: () => listRecurrences(database()),
      recurrenceReport: ({ recurrence }) => readRecurrence(database(), recurrence),
    },
  }
}

async function contrast(
  dependencies: FindingsDependencies,
  choices: ContrastChoices,
  context: JobContext,
): Promise<Contrasts> {
  const { projects, clock, runs, features } = dependencies
  const { database } = projects.required()
  const startMs = clock.elapsedMs()
  const { run, layer } = choices
  const { weightsSha256 } = runs.summary(run)
  const tables = features.tables(run)
  const columns = channelColumns(tables, layer)
  const rows = sampleRows(tables, dependencies.samples.samplesOf(runs.plan(run).sampleSet.id))
  const result = await testContrasts(tableOf(dependencies, run), columns, {
    choices,
    explained: (pieces) =>
      covariateSpan(choices.without, pieces, {
        database,
        samples: rows,
        units: choices.shuffle === 'whole-composers' ? composersOf(pieces) : pieces.length,
        staffSpace: (page) => {
          throwIfCancelled(context.signal)
          return dependencies.staffSpace(page, context.signal)
        },
      }),
    pause: pauseOf(context),
    onProgress: (done) => {
      context.progress({ label: 'Testing channels', done, total: columns.length })
    },
  })
  const seconds = (clock.elapsedMs() - startMs) / 1000
  const contrasts = { ...result, weightsSha256, seconds, finishedAt: clock.now().toISOString() }
  storeContrasts(database, contrasts)
  return contrasts
}

interface RecurrenceWork {
  readonly plans: readonly [RunPlan, ...RunPlan[]]
  readonly choices: RecurrenceChoices
}

async function recur(
  dependencies: FindingsDependencies,
  { plans, choices }: RecurrenceWork,
  context: JobContext,
) {
  const { projects, clock, samples } = dependencies
  const { database } = projects.required()
  const startMs = clock.elapsedMs()
  const measured = await measureRuns(dependencies, plans, context)
  const result = await findRecurrence(measured, samples.samplesOf(plans[0].sampleSet.id), {
    choices,
    readKernels: (run, layer) => dependencies.kernels(run, layer, context.signal),
    pause: pauseOf(context),
    onProgress: (done, total) => {
      context.progress({ label: 'Comparing channels', done, total })
    },
  })
  const seconds = (clock.elapsedMs() - startMs) / 1000
  return storeRecurrence(database, { ...result, seconds, finishedAt: clock.now().toISOString() })
}

/** Every run's tables, and what its network would have answered before training. */
async function measureRuns(
  { launchCompute, runs, samples, features }: FindingsDependencies,
  plans: RecurrenceWork['plans'],
  context: JobContext,
): Promise<[MeasuredRun, ...MeasuredRun[]]> {
  const process = await launchCompute({ threads: null, doing: 'looking at networks before training' })
  try {
    const total = plans.reduce((sum, { run }) => sum + features.tables(run).samples.length, 0)
    let done = 0
    const measure = async (plan: RunPlan): Promise<MeasuredRun> => {
      const { means, maxima, layers, channels, samples: rows } = features.tables(plan.run)
      const model = {
        plan,
        runFolder: runs.folder(plan.run),
        sampleFile: samples.sampleFile(plan.sampleSet.id),
      }
      const untrained = await measureUntrained(process, model, {
        indices: [...rows],
        signal: context.signal,
        onProgress: (count) => {
          context.progress({ label: 'Looking at networks before training', done: (done += count), total })
        },
      })
      return { plan, tables: { means, maxima, layers, channels, samples: rows }, untrained }
    }
    const [first, ...others] = plans
    const measured: [MeasuredRun, ...MeasuredRun[]] = [await measure(first)]
    for (const plan of others) measured.push(await measure(plan))
    return measured
  } finally {
    await process.stop()
  }
}

/** @throws AppError findings/other-samples, findings/too-many-channels, exploration/features-missing */
function requireComparable(
  { runs, features }: FindingsDependencies,
  names: readonly string[],
  layer: string | null,
): RecurrenceWork['plans'] {
  const [first, ...others] = names.map((run) => runs.plan(run))
  if (first === undefined) throw new RangeError('A recurrence of no run.')
  let channels = 0
  for (const plan of [first, ...others]) {
    if (plan.sampleSet.hash !== first.sampleSet.hash)
      throw AppError.of('findings/other-samples', { run: first.run, other: plan.run })
    requireIn(plan, layer)
    channels += channelColumns(features.tables(plan.run), layer).length
  }
  if (channels > MOST_CHANNELS)
    throw AppError.of('findings/too-many-channels', { channels, most: MOST_CHANNELS })
  return [first, ...others]
}

/** @throws AppError exploration/layer-unknown, exploration/channel-unknown */
function requireIn({ architecture }: RunPlan, name: string | null, channel = 0): void {
  if (name === null) return
  requireChannel(requireLayer(describeArchitecture(architecture).layers, name), channel)
}

function tableOf({ runs, samples, features }: FindingsDependencies, run: string): PieceTable {
  return pieceMeans(features.tables(run), samples.samplesOf(runs.plan(run).sampleSet.id))
}

function columnOf(
  { features }: FindingsDependencies,
  { run, layer, channel }: { readonly run: string; readonly layer: string; readonly channel: number },
): number {
  const place = features.tables(run).layers.find(({ name }) => name === layer)
  return (place?.from ?? 0) + channel
}

const composersOf = (pieces: readonly Piece[]): number =>
  new Set(pieces.map(({ style, composer }) => JSON.stringify([style, composer]))).size

/** Lets the engine answer others between two pieces of work. @throws Cancelled */
function pauseOf({ signal }: JobContext): Pause {
  return async () => {
    await setImmediate()
    throwIfCancelled(signal)
  }
}
