import type { Estimate } from '@shared/domain/evaluation'
import type { JobReference } from '@shared/domain/job'
import type { SeedSpread, SeriesPoint, SeriesReport, SeriesSummary, SplitGap } from '@shared/domain/series'
import { AppError, Cancelled } from '@shared/errors'
import { follow, openProject, type Session } from '../session'
import { UsageError } from '../usage-error'
import { type AddCommand, JSON_OPTION } from './command'

interface SeriesOptions {
  readonly series?: string
  readonly resume?: true
  readonly json?: boolean
}

export const addSeries: AddCommand = (program, run) => {
  program
    .command('series')
    .description('list the series of runs, show one, or go on with one')
    .argument('<project>')
    .option('--series <series>', 'show this one: errors, spread over seeds, gaps between splits')
    .option('--resume', 'go on with its runs that are not finished')
    .option(...JSON_OPTION)
    .action((project: string, { series, resume, ...options }: SeriesOptions) =>
      run(async (session) => {
        if (resume === true && series === undefined)
          throw new UsageError('series --resume needs --series ID to say which')
        await openProject(session, project)
        const { api, console } = session
        if (series === undefined) await console.result(await api.series.list(), (all) => all.map(describe))
        else if (resume === true) {
          const reference = await api.series.resume({ series }, { signal: session.signal })
          await console.result(await carryOutSeries(session, reference, project), describeSeries)
        } else await console.result(await api.series.report({ series }), describeSeries)
      }, options),
    )
}

/** Ctrl-C keeps what is done and the run at hand, so that the series can be gone on with. */
export async function carryOutSeries(
  session: Session,
  reference: JobReference<'series'> & { readonly series: string },
  project: string,
): Promise<SeriesReport> {
  const { series } = reference
  try {
    return await follow(session, reference, () => session.assembled.core.close())
  } catch (error) {
    if (!(error instanceof Cancelled) || !session.signal.aborted) throw error
    session.console.say(`Go on with: scorescope series ${project} --series ${series} --resume`)
    throw AppError.of('series/interrupted', { series, reason: 'it was stopped here' })
  }
}

function describe({ series, kind, name, status, runs, planned }: SeriesSummary): string {
  return `${series}\t${kind}\t${status}\t${runs.length} of ${planned} runs\t${name}`
}

export function describeSeries(report: SeriesReport): readonly string[] {
  const { series, name, status, points, spread, gaps, remarks, problem } = report
  return [
    `Series ${series} (${name}): ${status}, ${points.length} of ${report.planned} runs scored`,
    ...(problem === null ? [] : [problem]),
    ...points.map(describePoint),
    ...(spread === null ? [] : describeSpreads(spread)),
    ...gaps.map(describeGap),
    ...remarks,
  ]
}

function describePoint(point: SeriesPoint): string {
  const { run, seed, split, codeChannels, codeNumbers, mse, ssim, headAccuracy, optimistic } = point
  const facts = [
    `error ${estimate(mse)}`,
    ...(ssim === null ? [] : [`SSIM ${estimate(ssim)}`]),
    ...(headAccuracy === null ? [] : [`named right ${estimate(headAccuracy)}`]),
  ]
  const label = optimistic === null ? '' : ' (optimistic)'
  return `  ${run}\tseed ${seed}, by ${split}${label}, code of ${codeChannels} channels, ${codeNumbers} numbers\t${facts.join(', ')}`
}

function describeSpreads({
  mse,
  ssim,
  headAccuracy,
}: NonNullable<SeriesReport['spread']>): readonly string[] {
  return [
    describeSpread('Error', mse),
    ...(ssim === null ? [] : [describeSpread('SSIM', ssim)]),
    ...(headAccuracy === null ? [] : [describeSpread('Named right', headAccuracy)]),
  ]
}

function describeSpread(
  what: string,
  { mean, low, high, standardDeviation, minimum, maximum }: SeedSpread,
): string {
  const interval = low === null || high === null ? '' : ` [${low.toFixed(5)}, ${high.toFixed(5)}]`
  const deviation = standardDeviation === null ? '' : `, standard deviation ${standardDeviation.toFixed(5)}`
  return `${what} over seeds: ${mean.toFixed(5)}${interval}${deviation}, from ${minimum.toFixed(5)} to ${maximum.toFixed(5)}`
}

function describeGap({ of, against, mse, share, headAccuracy }: SplitGap): string {
  const accuracy = headAccuracy === null ? '' : `, and ${(100 * headAccuracy).toFixed(1)} % more named right`
  return `By ${of} the error is ${mse.toFixed(5)} (${(100 * share).toFixed(1)} %) lower than by ${against}${accuracy}`
}

function estimate({ value, low, high }: Estimate): string {
  return low === null || high === null
    ? value.toFixed(5)
    : `${value.toFixed(5)} [${low.toFixed(5)}, ${high.toFixed(5)}]`
}
