import type { RunSummary } from '@shared/domain/run'
import { AppError, Cancelled } from '@shared/errors'
import type { RequestInput } from '@shared/requests'
import { describeSeconds } from '../console'
import { decimalNumber, wholeNumber } from '../numbers'
import { follow, openProject, type Session } from '../session'
import { UsageError } from '../usage-error'
import { type AddCommand, JSON_OPTION } from './command'

type Choices = RequestInput<'training', 'start'>

/** As the door checks them; texts may be anything yet. */
type TrainOptions = Partial<Omit<Choices, 'inputSize'>> & {
  readonly size?: number
  readonly resume?: string
  readonly json?: boolean
}

export const addTrain: AddCommand = (program, run) => {
  program
    .command('train')
    .description('train an autoencoder on a sample set, or go on with an interrupted run')
    .argument('<project>')
    .option('--seed <n>', 'determines weights, order, dropout and split', wholeNumber)
    .option('--resume <run>', 'go on from the last checkpoint of this run')
    .option('--sample-set <id>', 'the newest unless said otherwise', wholeNumber)
    .option('--name <name>', 'a name for the run')
    .option('--preset <name>', 'study or quick (quick)')
    .option('--spec <model>', 'blocks of convolutions x filters @ kernel, e.g. 3x16@5,3x32@3,3x64@3')
    .option('--size <pixels>', 'side of the model’s input; divides the samples’ side', wholeNumber)
    .option('--epochs <n>', 'passes over the training samples', wholeNumber)
    .option('--batch <n>', 'samples per step', wholeNumber)
    .option('--micro-batch <n>', 'samples at once, to bound memory', wholeNumber)
    .option('--dropout <share>', 'in [0,1)', decimalNumber)
    .option('--learning-rate <rate>', 'of Adam', decimalNumber)
    .option('--split <unit>', 'hold out whole pieces, pages or crops: piece, page or crop (piece)')
    .option('--validation <share>', 'held out (0.2)', decimalNumber)
    .option('--stratify <field>', 'hold out this share within each style or composer: style or composer')
    .option('--head <field>', 'a classifier on the bottleneck: style or composer')
    .option('--head-weight <weight>', 'of its loss beside the reconstruction’s (0)', decimalNumber)
    .option('--limit <n>', 'use only so many samples', wholeNumber)
    .option('--threads <n>', 'threads that TensorFlow may use', wholeNumber)
    .option(...JSON_OPTION)
    .action((project: string, options: TrainOptions) =>
      run(async (session) => {
        const begin = beginning(options)
        await openProject(session, project)
        await session.console.result(await carryOut(session, begin, project), describeRun)
      }, options),
    )
}

type Begin = (session: Session) => ReturnType<Session['api']['training']['start']>

function beginning({ json: _, resume, size, seed, ...choices }: TrainOptions): Begin {
  if (resume !== undefined) return ({ api, signal }) => api.training.resume({ run: resume }, { signal })
  if (seed === undefined) throw new UsageError('train needs --seed N, or --resume RUN to go on with a run')
  const request: Choices = { ...choices, seed, ...(size === undefined ? {} : { inputSize: size }) }
  return ({ api, signal }) => api.training.start(request, { signal })
}

/** Ctrl-C keeps the run so that it can be gone on with: that is what closing the core does. */
async function carryOut(session: Session, begin: Begin, project: string): Promise<RunSummary> {
  const reference = await begin(session)
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
    `Run ${run.run} (${run.name}): ${run.status} after ${run.epochs} epochs, ${run.steps} steps, ${describeSeconds(run.seconds)}`,
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
