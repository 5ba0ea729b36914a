/** The latent space: maps, fields, neighbours and outliers, decoded mixtures, selections, probes. */
import type { LocalApi } from '@shared/api'
import type { RemoteCompute } from '@shared/compute-api'
import type { Evaluation } from '@shared/domain/evaluation'
import type { LatentFields } from '@shared/domain/latent'
import type { RunPlan } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import type { Clock, Jobs, ProjectAccess } from '../ports'
import { type CodeAccess, codesOf, pauseFor, type RunCodes } from './codes'
import { mixtureFor, picturesOf } from './decode'
import { readFields } from './fields'
import { Maps } from './map'
import { neighboursOf, Outliers } from './nearby'
import { paperTones } from './paper-tone'
import { Probing } from './probing'
import { readReports } from './report-records'
import { listSelections, removeSelection, saveSelection } from './selections'

export interface LatentDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly features: CodeAccess['features']
  readonly runs: Omit<CodeAccess['runs'], 'plan'> & {
    /** @throws AppError training/run-unknown, training/plan-damaged */
    plan(run: string): RunPlan
    /** Absolute path of runs/<id>/. */
    folder(run: string): string
    /** @throws AppError training/no-checkpoint */
    requireWeights(run: string): void
  }
  readonly samples: CodeAccess['samples'] & {
    /** Absolute path of the set's pixels. @throws AppError sampling/set-unknown */
    sampleFile(sampleSet: number): string
  }
  /** Null until the run's present weights have been evaluated. */
  readonly evaluationOf: (run: string) => Evaluation | null
  /** Asks the warm compute process. @throws AppError process/exited */
  readonly askCompute: <Reply>(question: (api: RemoteCompute) => Promise<Reply>) => Promise<Reply>
}

export interface Latent {
  readonly api: LocalApi['latent']
}

export function createLatent(dependencies: LatentDependencies): Latent {
  const { projects, runs } = dependencies
  const codes = (run: string): RunCodes => codesOf(dependencies, run)
  const fieldsOf = (of: RunCodes, signal: AbortSignal): Promise<LatentFields> =>
    gatherFields(dependencies, of, signal)
  const maps = new Maps({ ...dependencies, codesOf: codes, runFolder: (run) => runs.folder(run) })
  const probing = new Probing({ ...dependencies, codesOf: codes, fieldsOf })
  const outliers = new Outliers()
  return {
    api: {
      map: ({ run, ...settings }, { signal }) => maps.map(run, settings, signal),
      fields: ({ run }, { signal }) => fieldsOf(codes(run), signal),
      neighbours: ({ run, ...request }) => neighboursOf(codes(run), request),
      outliers: ({ run, count }, { signal }) => outliers.of(codes(run), count, pauseFor(signal)),
      async decode(request, { signal }) {
        const mixture = mixtureFor(codes(request.run), request)
        const model = modelReference(dependencies, request.run)
        const decoded = await dependencies.askCompute((api) =>
          api.model.decodeMix({ ...model, mixes: mixture.mixes }, { signal }),
        )
        return picturesOf(mixture, decoded)
      },
      probe: ({ run, fields, controls }) => probing.probe(run, fields, controls),
      confounds: ({ run }) => probing.confounds(run),
      reports: ({ run }) =>
        readReports(projects.required().database, run, runs.summary(run).weightsSha256 ?? ''),
      ...createSelections(dependencies),
    },
  }
}

type Selections = Pick<LocalApi['latent'], 'selections' | 'saveSelection' | 'removeSelection'>

function createSelections({ projects, runs, samples, clock }: LatentDependencies): Selections {
  const setOf = (run: string): number => runs.plan(run).sampleSet.id
  return {
    selections: ({ run }) => listSelections(projects.required().database, setOf(run)),
    saveSelection({ run, ...selection }) {
      const sampleSet = setOf(run)
      requireSamples(samples.samplesOf(sampleSet).length, selection.indices)
      const createdAt = clock.now().toISOString()
      return saveSelection(projects.required().database, { ...selection, sampleSet, createdAt })
    },
    removeSelection({ id }) {
      removeSelection(projects.required().database, id)
      return { removed: id }
    },
  }
}

/** @throws AppError sampling/index-unknown */
function requireSamples(samples: number, indices: readonly number[]): void {
  for (const index of indices)
    if (index >= samples) throw AppError.of('sampling/index-unknown', { index, samples })
}

async function gatherFields(
  { projects, samples, evaluationOf }: LatentDependencies,
  codes: RunCodes,
  signal: AbortSignal,
): Promise<LatentFields> {
  const { database } = projects.required()
  const { sampleSet, crops } = codes
  const sampleFile = samples.sampleFile(sampleSet)
  const tones = await paperTones(database, { sampleSet, sampleFile, crops }, pauseFor(signal))
  const scores = evaluationOf(codes.run)?.crops
  const errors =
    scores === undefined ? null : new Map(scores.indices.map((index, at) => [index, scores.mse[at] ?? NaN]))
  return readFields(codes, { database, tones, errors })
}

/** @throws AppError training/no-checkpoint */
function modelReference({ runs, samples }: LatentDependencies, run: string) {
  runs.requireWeights(run)
  const plan = runs.plan(run)
  return { plan, runFolder: runs.folder(run), sampleFile: samples.sampleFile(plan.sampleSet.id) }
}
