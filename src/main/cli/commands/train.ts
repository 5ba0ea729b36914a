import type { RunSummary } from '@shared/domain/run'
import { AppError, Cancelled } from '@shared/errors'
import type { RequestInput } from '@shared/requests'
import { describeSeconds } from '../console'
import { numberList, wordList } from '../numbers'
import { follow, openProject, type Session } from '../session'
import { UsageError } from '../usage-error'
import { type AddCommand, JSON_OPTION } from './command'
import { carryOutSeries, describeSeries } from './series'
import { addChoiceOptions, type ChoiceOptions, type Choices, choicesOf } from './training-options'

type SeriesRequest = RequestInput<'series', 'start'>
type Resumption = RequestInput<'training', 'resume'>
type SplitUnit = NonNullable<Choices['split']>

interface TrainOptions extends ChoiceOptions {
  readonly resume?: string
  readonly seeds?: readonly number[]
  readonly ladder?: readonly number[]
  /** true where the option stands alone */
  readonly compareSplits?: readonly string[] | true
  readonly json?: boolean
}

export const addTrain: AddCommand = (program, run) => {
  const command = program
    .command('train')
    .description(
      'train an autoencoder on a sample set, several as a series, or go on with an interrupted run',
    )
    .argument('<project>')
    .option(
      '--resume <run>',
      'go on from the last checkpoint of this run, with --learning-rate if that was too high',
    )
    .option('--seeds <list>', 'a series of the same plan from several seeds, e.g. 1,2,3', numberList)
    .option('--ladder <list>', 'a series of ever narrower bottlenecks, e.g. 64,32,16', numberList)
    .option(
      '--compare-splits [list]',
      'a series of the same plan under several splits (piece,crop)',
      wordList,
    )
  addChoiceOptions(command)
    .option(...JSON_OPTION)
    .action((project: string, options: TrainOptions) =>
      run(async (session) => {
        const { resume, seeds, ladder, compareSplits, json: _, ...choices } = options
        if (resume !== undefined) {
          const resumption = resumptionOf(resume, choices, { seeds, ladder, compareSplits })
          await openProject(session, project)
          await showRun(session, project, ({ api, signal }) => api.training.resume(resumption, { signal }))
          return
        }
        const series = seriesOf({ seeds, ladder, compareSplits }, choices)
        const single = series === null ? choicesOf(withSeed(choices)) : null
        await openProject(session, project)
        if (series !== null) {
          const begin = session.api.series.start(series, { signal: session.signal })
          const report = await carryOutSeries(session, await begin, project)
          await session.console.result(report, describeSeries)
        }
        if (single !== null)
          await showRun(session, project, ({ api, signal }) => api.training.start(single, { signal }))
      }, options),
    )
}

/** Everything but the learning rate is in the run's plan already. @throws UsageError */
function resumptionOf(
  run: string,
  { learningRate, ...others }: ChoiceOptions,
  variation: Variation,
): Resumption {
  const surplus = Object.entries({ ...others, ...variation }).find(([, value]) => value !== undefined)
  if (surplus !== undefined)
    throw new UsageError(
      `train --resume goes on with the run’s own plan, of which only --learning-rate can be changed: leave out --${inKebabCase(surplus[0])}`,
    )
  return { run, ...(learningRate === undefined ? {} : { learningRate }) }
}

function inKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** @throws UsageError */
function withSeed(options: ChoiceOptions): ChoiceOptions & { readonly seed: number } {
  const { seed } = options
  if (seed === undefined)
    throw new UsageError(
      'train needs --seed N, --seeds N,M,… for a series, or --resume RUN to go on with a run',
    )
  return { ...options, seed }
}

interface Variation {
  readonly seeds: readonly number[] | undefined
  readonly ladder: readonly number[] | undefined
  readonly compareSplits: readonly string[] | true | undefined
}

/** Null for a single run. @throws UsageError */
function seriesOf({ seeds, ladder, compareSplits }: Variation, options: ChoiceOptions): SeriesRequest | null {
  const given = [seeds, ladder, compareSplits].filter((one) => one !== undefined)
  if (given.length > 1)
    throw new UsageError(
      'A series varies one thing: --seeds, --ladder or --compare-splits, not several of them',
    )
  if (seeds !== undefined) {
    const choices = choicesOf({ ...options, seed: options.seed ?? seeds[0] ?? 0 })
    return { kind: 'seeds', seeds: [...seeds], choices }
  }
  if (ladder !== undefined)
    return { kind: 'ladder', codeChannels: [...ladder], choices: choicesOf(withSeed(options)) }
  if (compareSplits === undefined) return null
  // Whether there are such splits is for the door to say.
  const splits = (compareSplits === true ? ['piece', 'crop'] : compareSplits) as SplitUnit[]
  return { kind: 'splits', splits, choices: choicesOf(withSeed(options)) }
}

type Begin = (session: Session) => ReturnType<Session['api']['training']['start']>

async function showRun(session: Session, project: string, begin: Begin): Promise<void> {
  await session.console.result(await carryOut(session, begin, project), describeRun)
}

/** Ctrl-C keeps the run so that it can be gone on with: that is what closing the core does. */
async function carryOut(session: Session, begin: Begin, project: string): Promise<RunSummary> {
  const reference = await begin(session)
  const { remarks } = await session.api.training.run({ run: reference.run })
  for (const remark of remarks) session.console.say(remark)
  try {
    return await follow(session, reference, () => session.assembled.core.close())
  } catch (error) {
    if (error instanceof Cancelled && session.signal.aborted) {
      session.console.say(`Go on with: scorescope train ${project} --resume ${reference.run}`)
      throw AppError.of('training/interrupted', { run: reference.run, reason: 'it was stopped here' })
    }
    throw error
  }
}

export function describeRun(run: RunSummary): readonly string[] {
  const { trainMse, validationMse, baselines, split, optimistic, remarks } = run
  const error = (value: number | null): string => (value === null ? 'none yet' : value.toFixed(5))
  return [
    `Run ${run.run} (${run.name}): ${run.status} after ${run.epochs} epochs, ${run.steps} steps, ${describeSeconds(run.seconds)}${run.device === null ? '' : ` on ${run.device}`}`,
    `Mean squared error: training ${error(trainMse)}, validation ${error(validationMse)}`,
    ...(baselines === null
      ? []
      : [
          `Beside it: constant grey ${error(baselines.constant)}, block means 8×8 ${error(baselines.block8)}, 4×4 ${error(baselines.block4)}, 2×2 ${error(baselines.block2)}`,
        ]),
    `${run.parameters} parameters; ${split.train} training and ${split.validation} held-out samples, by ${split.by}${split.stratify === undefined ? '' : ` within each ${split.stratify}`}`,
    ...(optimistic === null ? [] : [optimistic]),
    ...remarks,
  ]
}
