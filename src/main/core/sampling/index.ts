/** Sampling: frozen sets of random crops, drawn exactly as the study draws them. */
import { existsSync } from 'node:fs'
import type { EncodedPicture, LocalApi } from '@shared/api'
import type { LeakReport } from '@shared/domain/evaluation'
import type { Split } from '@shared/domain/run'
import type { SampleReport, SampleSet, SampleWithPage, StaffSpaceSummary } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { Clock, JobContext, Jobs, OpenProject, ProjectAccess } from '../ports'
import { AcceptanceFields } from './acceptance-field'
import { preparePage } from './background'
import { compareSampleSets } from './comparison'
import { readCropPicture } from './crop-reader'
import { type DrawRequest, drawSampleSet } from './draw'
import { forecastDraws } from './forecast'
import { measureLeaks } from './leak-meter'
import type { GreyPage } from './pixel-sums'
import {
  findSample,
  findSampleSet,
  latestSampleSet,
  listSamples,
  listSampleSets,
  readPageHashes,
  readSampleReport,
  readSamples,
} from './sample-records'
import type { SampledCorpus } from './sampled-corpus'
import { staffSpacesOf } from './staff-spaces'
import { splitSamples } from './split'
import { Surveys } from './survey'

export type { DrawRequest }

export interface Sampling {
  readonly api: LocalApi['sampling']
  /** The drawing itself, for use inside another job. Errors as `drawSampleSet` in draw.ts. */
  drawSamples(request: DrawRequest, context: JobContext): Promise<SampleReport>
  /**
   * A page in grey, prepared as the crops of a set were before they were cut: of each of them it holds the very bytes.
   * @throws AppError sampling/set-unknown, corpus/page-unknown, corpus/page-unreadable, corpus/page-changed
   */
  decodePage(page: number, sampleSet: number): Promise<GreyPage>
  /** @throws AppError sampling/set-unknown, sampling/index-unknown, sampling/store-damaged */
  readCrop(crop: { readonly sampleSet: number; readonly index: number }): Promise<EncodedPicture>
  /** Absolute path of the set's pixels. @throws AppError sampling/set-gone where its row or its file is missing */
  sampleFile(sampleSet: number): string
  /** All samples of a set, in order of their index. @throws AppError sampling/set-unknown */
  samplesOf(sampleSet: number): readonly SampleWithPage[]
  /** @throws AppError sampling/set-unknown */
  set(sampleSet: number): SampleSet
  /** What a split's held-out crops share with its training crops. @throws AppError sampling/set-unknown */
  leaksOf(sampleSet: number, split: Pick<Split, 'by' | 'train' | 'validation'>): LeakReport
  /** How far apart staff lines are in a set's crops. @throws AppError sampling/set-unknown, sampling/store-damaged, Cancelled */
  staffSpaces(sampleSet: number, signal: AbortSignal): Promise<StaffSpaceSummary>
  /** The newest set. @throws AppError sampling/none-yet */
  latestSet(): SampleSet
}

interface SamplingDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly corpus: SampledCorpus
}

export function createSampling(deps: SamplingDependencies): Sampling {
  const { projects, jobs, clock, corpus } = deps
  const database = () => projects.required().database
  const ids = new SampleSetIds()

  const drawSamples = async (request: DrawRequest, context: JobContext): Promise<SampleReport> => {
    const project = projects.required()
    const id = ids.next(project)
    const report = await drawSampleSet(request, {
      project,
      clock,
      corpus,
      context,
      id,
      path: pixelPath(project, id),
    })
    projects.announceChange()
    return report
  }
  const sampleFile = (sampleSet: number): string => presentPixels(projects.required(), sampleSet)

  const samplesOf = (sampleSet: number): readonly SampleWithPage[] =>
    readSamples(database(), findSampleSet(database(), sampleSet).id)
  const staffSpaces: Sampling['staffSpaces'] = (sampleSet, signal) => {
    const set = { id: sampleSet, path: sampleFile(sampleSet), samples: () => samplesOf(sampleSet) }
    return staffSpacesOf(database(), set, signal)
  }
  const leaksOf: Sampling['leaksOf'] = (sampleSet, split) => {
    const hashes = readPageHashes(database(), sampleSet)
    const samples = samplesOf(sampleSet)
    return measureLeaks(
      split,
      samples.map((sample, at) => ({ ...sample, pageSha256: hashes[at] ?? '' })),
    )
  }

  return {
    api: {
      draw: (request) => {
        const label = 'Drawing samples'
        return jobs.start('sample', { label, subject: null }, (context) => drawSamples(request, context))
      },
      ...forecastingApi(deps),
      compare: (sets) => compareSampleSets(database(), sets),
      sets: () => listSampleSets(database()),
      report: ({ sampleSet }) => readSampleReport(database(), sampleSet),
      samples: (request) => listSamples(database(), request),
      crop: ({ sampleSet, index }) => findSample(database(), sampleSet, index),
      staffSpaces: ({ sampleSet }, { signal }) => staffSpaces(sampleSet, signal),
      leaks: ({ sampleSet, by, seed, validation: fraction, stratify }) =>
        leaksOf(sampleSet, splitSamples({ by, seed, fraction, stratify, samples: samplesOf(sampleSet) })),
    },
    drawSamples,
    decodePage: async (page, sampleSet) => {
      const { background } = findSampleSet(database(), sampleSet)
      return preparePage(await corpus.decodePage(page), background)
    },
    readCrop: ({ sampleSet, index }) => {
      findSampleSet(database(), sampleSet)
      return readCropPicture(sampleFile(sampleSet), index)
    },
    sampleFile,
    samplesOf,
    leaksOf,
    staffSpaces,
    set: (sampleSet) => findSampleSet(database(), sampleSet),
    latestSet: () => latestSampleSet(database()),
  }
}

/** What can be known before anything is drawn. */
function forecastingApi({
  projects,
  jobs,
  clock,
  corpus,
}: SamplingDependencies): Pick<LocalApi['sampling'], 'field' | 'survey' | 'surveyState' | 'forecast'> {
  const surveys = new Surveys(corpus, clock)
  const fields = new AcceptanceFields(corpus)
  projects.onClosing(async () => {
    fields.forget()
  })
  return {
    field: (request) => fields.field(projects.required(), request),
    survey: (key) => {
      const project = projects.required()
      return jobs.start('survey', { label: 'Measuring pages', subject: null }, (context) =>
        surveys.complete(project, key, context),
      )
    },
    surveyState: (key) => surveys.state(projects.required(), key),
    forecast: (request) =>
      surveys.reading(projects.required(), request, (file) => forecastDraws(request, corpus, file)),
  }
}

function pixelPath(project: OpenProject, sampleSet: number): string {
  return project.path('samples', `${String(sampleSet)}.u8`)
}

/** @throws AppError sampling/set-gone */
function presentPixels(project: OpenProject, sampleSet: number): string {
  if (!listSampleSets(project.database).some(({ id }) => id === sampleSet))
    throw AppError.of('sampling/set-gone', { sampleSet, reason: 'the catalogue no longer has it' })
  const file = pixelPath(project, sampleSet)
  if (existsSync(file)) return file
  throw AppError.of('sampling/set-gone', { sampleSet, reason: `${file} is missing` })
}

/**
 * Gives ids to sets that are still being drawn, so that two at once never write the same file. A file that the catalogue
 * does not know, as after an older copy of it was restored, keeps its number and is not written over.
 */
class SampleSetIds {
  private readonly last = new WeakMap<OpenProject, number>()

  next(project: OpenProject): number {
    const newest = listSampleSets(project.database)[0]?.id ?? 0
    let id = Math.max(newest, this.last.get(project) ?? 0) + 1
    while (existsSync(pixelPath(project, id))) id += 1
    this.last.set(project, id)
    return id
  }
}
