/** Series: several runs of one plan that differ in one thing, trained and scored as one job. */
import type { LocalApi, Replies } from '@shared/api'
import type { Evaluation } from '@shared/domain/evaluation'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SeriesReport, SeriesSummary } from '@shared/domain/series'
import { AppError } from '@shared/errors'
import { type RandomBytes, shortIdentifier } from '../identifiers'
import type { Clock, JobContext, Jobs, OpenProject, ProjectAccess } from '../ports'
import { Conductor } from './conductor'
import { membersOf, type SeriesChoices, type SeriesRequest } from './members'
import { gapsOf, pointOf, remarksOn, spreads } from './report'
import {
  deleteSeries,
  getSeries,
  insertSeries,
  interruptLeftovers,
  listSeries,
  memberRuns,
  type SeriesRecord,
  updateSeries,
} from './series-records'

/** Trainings, as a series needs them; given by core/parts.ts. */
export interface SeriesTraining {
  train(
    choices: SeriesChoices,
    context: JobContext,
    membership: { readonly series: string; readonly place: number },
  ): Promise<RunSummary>
  resume(run: string, context: JobContext): Promise<RunSummary>
  /** What these trainings would be. @throws AppError job/busy, model/…, training/no-space, … */
  plan(
    choices: readonly SeriesChoices[],
  ): readonly { readonly plan: RunPlan; readonly remarks: readonly string[] }[]
}

export interface SeriesDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly training: SeriesTraining
  readonly runs: {
    summary(run: string): RunSummary
    plan(run: string): RunPlan
  }
  /** Scores a run within another job, and keeps the scores. */
  readonly evaluate: (run: string, context: JobContext) => Promise<unknown>
  /** Of the run's present weights; null where they have not been scored. */
  readonly evaluation: (run: string) => Evaluation | null
  /** Told of every trained run once the series has ended. */
  readonly onTrained: (run: string) => void
}

export function createSeries(dependencies: SeriesDependencies): { readonly api: LocalApi['series'] } {
  const { projects, clock } = dependencies
  projects.onOpened(({ database }) => {
    interruptLeftovers(database, clock.now().toISOString())
  })
  return {
    api: {
      start: (request) => startSeries(dependencies, request),
      resume: ({ series }) => resumeSeries(dependencies, series),
      list() {
        const project = projects.required()
        return listSeries(project.database).map((record) => summarize(project, record))
      },
      report: ({ series }) => reportOf(dependencies, projects.required(), series),
    },
  }
}

/** @throws AppError job/busy, series/not-narrower, and whatever refuses one of its trainings */
function startSeries(dependencies: SeriesDependencies, request: SeriesRequest): Replies['series']['start'] {
  const { projects, clock, randomBytes, training } = dependencies
  const project = projects.required()
  const members = membersOf(request)
  const { request: resolved, remarks } = resolve(
    request,
    training.plan(members.map(({ choices }) => choices)),
  )
  const series = shortIdentifier(randomBytes)
  insertSeries(project.database, {
    series,
    kind: request.kind,
    name: request.name ?? request.choices.name ?? `${KIND[request.kind]} of ${members.length} runs`,
    status: 'running',
    request: resolved,
    planned: members.length,
    startedAt: clock.now().toISOString(),
    finishedAt: null,
    problem: null,
    remarks,
  })
  try {
    return launch(dependencies, project, series)
  } catch (error) {
    deleteSeries(project.database, series)
    throw error
  }
}

const KIND = { seeds: 'Seeds', ladder: 'Bottleneck ladder', splits: 'Splits' } as const

/** What would be decided anew for each run is decided once, so that the runs differ in nothing else. */
function resolve(
  request: SeriesRequest,
  planned: ReturnType<SeriesTraining['plan']>,
): Pick<SeriesRecord, 'request' | 'remarks'> {
  const microBatch = Math.min(...planned.map(({ plan }) => plan.optimizer.microBatch))
  const remarks = planned
    .filter(({ plan }) => plan.optimizer.microBatch === microBatch)
    .flatMap((each) => each.remarks)
  const [first] = planned
  const threads = first?.plan.threads ?? undefined
  const choices: SeriesChoices = {
    ...request.choices,
    sampleSet: first?.plan.sampleSet.id,
    microBatch,
    ...(threads === undefined ? {} : { threads }),
  }
  return { request: { ...request, choices }, remarks: [...new Set(remarks)] }
}

/** @throws AppError series/unknown, series/complete, job/busy */
function resumeSeries(dependencies: SeriesDependencies, series: string): Replies['series']['resume'] {
  const { projects, jobs } = dependencies
  const project = projects.required()
  const before = getSeries(project.database, series)
  jobs.requireFree('series')
  if (before.status === 'finished' && isComplete(dependencies, project, before))
    throw AppError.of('series/complete', { series })
  dependencies.training.plan([])
  updateSeries(project.database, series, { status: 'running', finishedAt: null, problem: null })
  try {
    return launch(dependencies, project, series)
  } catch (error) {
    updateSeries(project.database, series, before)
    throw error
  }
}

function isComplete(
  { evaluation }: SeriesDependencies,
  { database }: OpenProject,
  { series, planned }: SeriesRecord,
): boolean {
  return memberRuns(database, series).filter(({ run }) => evaluation(run) !== null).length === planned
}

function launch(
  dependencies: SeriesDependencies,
  project: OpenProject,
  series: string,
): Replies['series']['start'] {
  const options = { label: 'Training a series', subject: series }
  const reference = dependencies.jobs.start('series', options, (context) =>
    new Conductor(dependencies, project, series, context).carryOut(() =>
      reportOf(dependencies, project, series),
    ),
  )
  return { ...reference, series }
}

function summarize({ database }: OpenProject, record: SeriesRecord): SeriesSummary {
  const { request: _, remarks: __, ...summary } = record
  return { ...summary, runs: memberRuns(database, record.series).map(({ run }) => run) }
}

/** @throws AppError series/unknown */
function reportOf(
  { runs, evaluation }: SeriesDependencies,
  project: OpenProject,
  series: string,
): SeriesReport {
  const record = getSeries(project.database, series)
  const summary = summarize(project, record)
  const summaries = summary.runs.map((run) => runs.summary(run))
  const points = summaries.flatMap((each) => {
    const scores = evaluation(each.run)
    const point =
      scores === null ? null : pointOf({ summary: each, plan: runs.plan(each.run), evaluation: scores })
    return point === null ? [] : [point]
  })
  const { kind, planned } = record
  const counts = { planned, scored: points.length }
  return {
    ...summary,
    points,
    spread: spreads(kind, points),
    gaps: gapsOf(kind, points),
    remarks: [...record.remarks, ...remarksOn(kind, summaries, counts)],
  }
}
