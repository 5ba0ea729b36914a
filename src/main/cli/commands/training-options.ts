/** The options of `train`, and the choices that they make; texts may be anything until the door has checked them. */
import type { Command } from 'commander'
import type { RequestInput } from '@shared/requests'
import { decimalNumber, wholeNumber } from '../numbers'
import { UsageError } from '../usage-error'

export type Choices = RequestInput<'training', 'start'>

type Plain = Omit<Choices, 'seed' | 'inputSize' | 'schedule' | 'earlyStopping' | 'tags'>

export type ChoiceOptions = Partial<Plain> & {
  readonly seed?: number
  readonly size?: number
  readonly schedule?: string
  readonly scheduleFloor?: number
  readonly scheduleFactor?: number
  readonly schedulePatience?: number
  readonly earlyStopping?: number
  readonly minimumGain?: number
  readonly tag?: readonly string[]
}

export function addChoiceOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'determines weights, order, dropout and split', wholeNumber)
    .option('--sample-set <id>', 'the newest unless said otherwise', wholeNumber)
    .option('--name <name>', 'a name for the run')
    .option('--tag <word>', 'to find it by; may be given several times', collect)
    .option('--notes <text>', 'notes on the run')
    .option('--preset <name>', 'study or quick (quick)')
    .option('--spec <model>', 'blocks of convolutions x filters @ kernel, e.g. 3x16@5,3x32@3,3x64@3>8')
    .option('--size <pixels>', 'side of the model’s input; divides the samples’ side', wholeNumber)
    .option('--epochs <n>', 'passes over the training samples', wholeNumber)
    .option('--batch <n>', 'samples per step', wholeNumber)
    .option('--micro-batch <n>', 'samples at once (as many as free memory allows)', wholeNumber)
    .option('--dropout <share>', 'in [0,1)', decimalNumber)
    .option('--learning-rate <rate>', 'of Adam', decimalNumber)
    .option('--schedule <kind>', 'of the learning rate: constant, cosine or plateau (constant)')
    .option(
      '--schedule-patience <n>',
      'plateau: epochs without improvement before it is lowered (3)',
      wholeNumber,
    )
    .option('--schedule-factor <factor>', 'plateau: what it is multiplied by (0.5)', decimalNumber)
    .option('--schedule-floor <share>', 'the lowest, as a share of the first', decimalNumber)
    .option('--early-stopping <n>', 'end after so many epochs without improvement', wholeNumber)
    .option('--minimum-gain <share>', 'what counts as an improvement (0)', decimalNumber)
    .option('--split <unit>', 'hold out whole pieces, pages or crops: piece, page or crop (piece)')
    .option('--split-seed <n>', 'determines the split, where it is not the seed', wholeNumber)
    .option('--validation <share>', 'held out (0.2)', decimalNumber)
    .option('--stratify <field>', 'hold out this share within each style or composer: style or composer')
    .option('--head <field>', 'a classifier on the bottleneck: style or composer')
    .option('--head-weight <weight>', 'of its loss beside the reconstruction’s (0)', decimalNumber)
    .option('--limit <n>', 'use only so many samples', wholeNumber)
    .option('--threads <n>', 'threads that TensorFlow may use', wholeNumber)
    .option('--device <device>', 'auto, cpu or gpu:N (auto)')
    .option('--precision <precision>', 'float32 or mixed; mixed on GPUs only (float32)')
    .option('--keep-checkpoints <n>', 'how many stay on disk, with the best (3)', wholeNumber)
}

function collect(word: string, before: readonly string[] = []): readonly string[] {
  return [...before, word]
}

/** @throws UsageError where options contradict one another */
export function choicesOf(options: ChoiceOptions & { readonly seed: number }): Choices {
  const { size, schedule, scheduleFloor, scheduleFactor, schedulePatience, ...others } = options
  const { earlyStopping, minimumGain, tag, ...plain } = others
  if (minimumGain !== undefined && earlyStopping === undefined)
    throw new UsageError('--minimum-gain is a part of --early-stopping N')
  return {
    ...plain,
    ...(size === undefined ? {} : { inputSize: size }),
    ...(tag === undefined ? {} : { tags: [...tag] }),
    ...scheduleOf({ schedule, scheduleFloor, scheduleFactor, schedulePatience }),
    ...(earlyStopping === undefined
      ? {}
      : {
          earlyStopping: { patience: earlyStopping, ...(minimumGain === undefined ? {} : { minimumGain }) },
        }),
  }
}

type ScheduleOptions = Readonly<
  Record<'scheduleFloor' | 'scheduleFactor' | 'schedulePatience', number | undefined>
> & { readonly schedule: string | undefined }

function scheduleOf(options: ScheduleOptions): Pick<Choices, 'schedule'> {
  const { schedule: kind, scheduleFloor, scheduleFactor, schedulePatience } = options
  const parts = { floor: scheduleFloor, factor: scheduleFactor, patience: schedulePatience }
  const given = Object.entries(parts).filter(([, value]) => value !== undefined)
  const surplus = given.find(([part]) => !(PARTS[kind ?? 'constant'] ?? ALL_PARTS).includes(part))
  if (surplus !== undefined)
    throw new UsageError(`--schedule-${surplus[0]} is no part of the schedule ${kind ?? 'constant'}`)
  if (kind === undefined) return {}
  // Whether there is such a kind is for the door to say.
  return { schedule: { kind, ...Object.fromEntries(given) } as NonNullable<Choices['schedule']> }
}

const ALL_PARTS: readonly string[] = ['floor', 'factor', 'patience']
const PARTS: Readonly<Record<string, readonly string[]>> = {
  constant: [],
  cosine: ['floor'],
  plateau: ALL_PARTS,
}
