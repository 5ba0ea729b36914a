/** Statistics of runs: their evaluation as a job, stored with the run. */
import type { LocalApi } from '@shared/api'
import type { Evaluation, LeakReport } from '@shared/domain/evaluation'
import type { RunPlan, RunSummary, Split } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import type { Clock, JobContext, Jobs, LaunchCompute, ProjectAccess } from '../ports'
import { readEvaluation, storeEvaluation } from './evaluation-records'
import { Evaluator } from './evaluator'

export { measureBaselines } from './baselines'

/** Runs, as their evaluation needs them; given by core/parts.ts. */
export interface EvaluatedRuns {
  /** @throws AppError training/run-unknown */
  summary(run: string): RunSummary
  /** @throws AppError training/run-unknown, training/plan-damaged */
  plan(run: string): RunPlan
  /** Absolute path of runs/<id>/. */
  folder(run: string): string
  /** @throws AppError training/no-checkpoint */
  requireWeights(run: string): void
}

export interface EvaluatedSamples {
  /** All samples of a set, in order of their index. */
  samplesOf(sampleSet: number): readonly SampleWithPage[]
  /** Absolute path of the set's pixels. */
  sampleFile(sampleSet: number): string
  leaksOf(sampleSet: number, split: Pick<Split, 'by' | 'train' | 'validation'>): LeakReport
}

export interface StatisticsDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly launchCompute: LaunchCompute
  readonly runs: EvaluatedRuns
  readonly samples: EvaluatedSamples
}

export interface Statistics {
  readonly api: Pick<LocalApi['training'], 'evaluate' | 'evaluation'>
  /** Scores a run within another job. @throws Cancelled, AppError training/no-checkpoint, process/exited, … */
  readonly evaluate: (run: string, context: JobContext) => Promise<Evaluation>
  /** Of the run's present weights; null where they have not been scored. */
  readonly evaluation: (run: string) => Evaluation | null
}

export function createStatistics(dependencies: StatisticsDependencies): Statistics {
  const { projects, jobs, runs } = dependencies
  const stored = (run: string): Evaluation | null =>
    readEvaluation(projects.required().database, run, runs.summary(run).weightsSha256)
  return {
    api: {
      evaluate({ run }) {
        runs.requireWeights(runs.plan(run).run)
        return jobs.start('evaluate', { label: 'Evaluating', subject: run }, (context) =>
          evaluate(dependencies, run, context),
        )
      },
      evaluation: ({ run }) => stored(run),
    },
    evaluate: (run, context) => evaluate(dependencies, run, context),
    evaluation: stored,
  }
}

/** What is known of these very weights is not measured again. */
async function evaluate(
  { projects, clock, launchCompute, runs, samples }: StatisticsDependencies,
  run: string,
  context: JobContext,
): Promise<Evaluation> {
  const { database } = projects.required()
  const { weightsSha256 } = runs.summary(run)
  const known = weightsSha256 === null ? null : readEvaluation(database, run, weightsSha256)
  if (known !== null) return known
  const startMs = clock.elapsedMs()
  const plan = runs.plan(run)
  const process = await launchCompute({ threads: plan.threads, doing: `evaluating run ${run}` })
  try {
    const evaluator = new Evaluator({
      plan,
      runFolder: runs.folder(run),
      sampleFile: samples.sampleFile(plan.sampleSet.id),
      samples: samples.samplesOf(plan.sampleSet.id),
      leaks: samples.leaksOf(plan.sampleSet.id, plan.split),
      process,
      context,
    })
    const scores = await evaluator.evaluate()
    const seconds = (clock.elapsedMs() - startMs) / 1000
    const evaluation = { ...scores, seconds, finishedAt: clock.now().toISOString() }
    storeEvaluation(database, runs.folder(run), evaluation)
    return evaluation
  } finally {
    await process.stop()
  }
}
