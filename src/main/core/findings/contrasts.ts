/** Contrasts: every channel tested between styles or composers, beside the same with labels that mean nothing. */
import type {
  ChannelContrast,
  ContrastField,
  Contrasts,
  ShuffledControl,
  Shuffle,
} from '@shared/domain/findings'
import { AppError } from '@shared/errors'
import { LEVEL } from '../../numerics/bootstrap'
import {
  type Contrast,
  type ContrastDesign,
  LEAST_FOR_INTERVAL,
  measureContrast,
} from '../../numerics/class-contrast'
import type { Pause } from '../../numerics/correlation'
import { benjaminiHochberg } from '../../numerics/false-discovery'
import { residuals } from '../../numerics/residuals'
import { drawWithin, shuffledLabels, type ShuffleOptions } from '../../numerics/labelings'
import { type ChannelColumn, columnOf, type Piece, type PieceTable } from './piece-means'

/** A q below this counts as found. */
export const FOUND_BELOW = 0.05
/** Draws for the bounds of effects and deltas. */
const RESAMPLES = 1000
/** Classes of fewer pieces say nothing about what their pieces have in common. */
const LEAST_PIECES = 2

export interface ContrastChoices {
  readonly run: string
  readonly field: ContrastField
  readonly layer: string | null
  readonly shuffle: Shuffle
  readonly without: readonly string[]
  readonly permutations: number
  readonly shuffles: number
  readonly seed: number
}

export type ContrastResult = Omit<Contrasts, 'weightsSha256' | 'seconds' | 'finishedAt'>

/**
 * @param columns the channels of one layer or of all
 * @throws AppError findings/too-few-classes, findings/shuffle-unfit
 */
export async function testContrasts(
  table: PieceTable,
  columns: readonly ChannelColumn[],
  options: {
    readonly choices: ContrastChoices
    /** Directions over the pieces that are tested; what they explain is taken out. */
    readonly explained: (pieces: readonly Piece[]) => Promise<readonly Float64Array[]>
    readonly pause: Pause
    readonly onProgress: (done: number) => void
  },
): Promise<ContrastResult> {
  const { choices, explained, pause, onProgress } = options
  const groups = groupPieces(table.pieces, choices.field)
  const design = designOf(groups, choices)
  const directions = await explained(groups.tested)
  const tests: (Contrast | null)[] = []
  for (const { column } of columns) {
    const values = columnOf(table.means, table.channels, column)
    const own = Float64Array.from(groups.places, (place) => values[place] ?? 0)
    tests.push(measureContrast(lessExplained(own, directions), design))
    onProgress(tests.length)
    await pause()
  }
  const q = benjaminiHochberg(tests.map((test) => test?.p ?? 1))
  const channels = columns
    .map((column, at) => describeChannel(column, { test: tests[at] ?? null, q: q[at] ?? 1, groups, choices }))
    .sort((a, b) => a.p - b.p || overChance(b) - overChance(a))
  const found = channels.filter((channel) => channel.q < FOUND_BELOW).length
  const control = controlOf(tests, choices.shuffles)
  const { classes, leftOut } = groups
  return {
    run: choices.run,
    field: choices.field,
    layer: choices.layer,
    shuffle: choices.shuffle,
    without: choices.without,
    permutations: choices.permutations,
    seed: choices.seed,
    level: FOUND_BELOW,
    pieces: groups.places.length,
    classes,
    leftOut,
    interval: {
      name: 'bootstrap over pieces within classes; effects: normal on the arcsine scale, deltas: percentile',
      level: LEVEL,
      resamples: RESAMPLES,
    },
    found,
    control,
    channels,
    sentence: sentenceOf({ found, channels: channels.length, control, field: choices.field }),
    remarks: remarksOf(groups, choices),
  }
}

/**
 * The residuals of the reduced model are what permutations move (Freedman & Lane 1983). What is explained all but for
 * rounding never differs.
 */
function lessExplained(values: Float64Array, directions: readonly Float64Array[]): Float64Array {
  if (directions.length === 0) return values
  const rest = residuals(values, directions)
  return Math.hypot(...rest) > 1e-6 * Math.hypot(...values) ? rest : new Float64Array(values.length)
}

interface Groups {
  /** Pieces that are tested, as places in the table. */
  readonly places: readonly number[]
  readonly tested: readonly Piece[]
  readonly classOf: Uint16Array
  readonly classes: readonly { readonly name: string; readonly pieces: number }[]
  readonly leftOut: readonly string[]
}

function groupPieces(pieces: readonly Piece[], field: ContrastField): Groups {
  const sizes = new Map<string, number>()
  for (const piece of pieces) sizes.set(piece[field], (sizes.get(piece[field]) ?? 0) + 1)
  const names = [...sizes.keys()].sort()
  const kept = names.filter((name) => (sizes.get(name) ?? 0) >= LEAST_PIECES)
  if (kept.length < 2) throw AppError.of('findings/too-few-classes', { field, classes: kept.length })
  const numberOf = new Map(kept.map((name, at) => [name, at]))
  const places = [...pieces.keys()].filter((at) => numberOf.has(pieces[at]?.[field] ?? ''))
  const tested = places.flatMap((at) => pieces[at] ?? [])
  return {
    places,
    tested,
    classOf: Uint16Array.from(tested, (piece) => numberOf.get(piece[field]) ?? 0),
    classes: kept.map((name) => ({ name, pieces: sizes.get(name) ?? 0 })),
    leftOut: names.filter((name) => !numberOf.has(name)),
  }
}

function designOf(groups: Groups, { field, shuffle, ...choices }: ContrastChoices): ContrastDesign {
  const { classOf, classes, tested } = groups
  const meaningless =
    (field === 'style' && shuffle === 'within-style') ||
    (field === 'composer' && shuffle === 'whole-composers')
  if (meaningless) throw AppError.of('findings/shuffle-unfit', { field, shuffle })
  const blocks: Pick<ShuffleOptions, 'within' | 'together'> =
    shuffle === 'within-style'
      ? { within: tested.map(({ style }) => style) }
      : shuffle === 'whole-composers'
        ? { together: tested.map(({ style, composer }) => JSON.stringify([style, composer])) }
        : {}
  const { permutations, shuffles, seed } = choices
  return {
    classOf,
    classes: classes.length,
    permutations: shuffledLabels(classOf, { ...blocks, count: permutations, seed, purpose: 'permutations' }),
    controls: shuffledLabels(classOf, {
      ...blocks,
      count: shuffles,
      seed,
      purpose: 'shuffled-label control',
    }),
    resamples: drawWithin([...classOf].map(String), { count: RESAMPLES, seed, purpose: 'resamples' }),
  }
}

/** Each shuffle is judged by the same permutations as the real labels, over the same channels. */
function controlOf(tests: readonly (Contrast | null)[], shuffles: number): ShuffledControl {
  const found = Array.from({ length: shuffles }, (_, shuffle) => {
    const q = benjaminiHochberg(tests.map((test) => test?.controls[shuffle] ?? 1))
    return q.filter((each) => each < FOUND_BELOW).length
  })
  return { shuffles, withFindings: found.filter((count) => count > 0).length, found }
}

interface Described {
  readonly test: Contrast | null
  readonly q: number
  readonly groups: Groups
  readonly choices: ContrastChoices
}

function describeChannel(
  { layer, channel }: ChannelColumn,
  { test, q, groups, choices }: Described,
): ChannelContrast {
  const className = test === null ? undefined : groups.classes[test.standsOut.class]
  return {
    address: `${choices.run}/${layer}/${channel}`,
    layer,
    channel,
    effect: test?.effect ?? null,
    effectByChance: test?.effectByChance ?? null,
    etaSquared: test?.etaSquared ?? null,
    standsOut:
      test === null || className === undefined
        ? null
        : { className: className.name, pieces: className.pieces, delta: test.standsOut.delta },
    p: test?.p ?? 1,
    q,
  }
}

const overChance = ({ effect, effectByChance }: ChannelContrast): number =>
  (effect?.value ?? 0) - (effectByChance ?? 0)

function sentenceOf(result: {
  readonly found: number
  readonly channels: number
  readonly control: ShuffledControl
  readonly field: ContrastField
}): string {
  const { found, channels, control, field } = result
  const { shuffles, withFindings } = control
  const times = withFindings === 0 ? 'none' : String(withFindings)
  return `${found} of ${channels} channels tell ${field}s apart (q < ${FOUND_BELOW}); with shuffled labels, ${times} of ${shuffles} shuffles found any.`
}

function remarksOf({ classes, leftOut, tested }: Groups, choices: ContrastChoices): readonly string[] {
  const { field, shuffle, without } = choices
  const remarks: string[] = []
  if (without.length > 0)
    remarks.push(`Taken out of the pieces’ means before the test: ${without.join(', ')}.`)
  if (leftOut.length > 0) remarks.push(`Left out, since they have a single piece: ${leftOut.join(', ')}.`)
  const small = classes.filter(({ pieces }) => pieces < LEAST_FOR_INTERVAL).length
  if (small > 0)
    remarks.push(
      `${small} of ${classes.length} ${field}s have fewer than ${LEAST_FOR_INTERVAL} pieces: effects are large by chance alone, so look at the effect beside its value by chance.`,
    )
  const composers = new Set(tested.map(({ composer }) => composer)).size
  if (field === 'style' && shuffle === 'pieces' && composers < tested.length)
    remarks.push(
      'Pieces were shuffled one by one, so what is a single composer’s own can count as a style’s: shuffle whole composers to be strict.',
    )
  if (field === 'composer' && shuffle === 'pieces')
    remarks.push('What all composers of a style share counts too: shuffle within styles to leave it out.')
  return remarks
}
