/** Findings in words: effects, intervals, shuffles, alignments, agreement; and help for readers who are no statisticians. */
import type { Estimate } from '@shared/domain/evaluation'
import type {
  ChannelContrast,
  Contrasts,
  KernelAlignment,
  Recurrence,
  Shuffle,
} from '@shared/domain/findings'
import type { Caption } from '../../exports/caption'
import type { ExportedTable } from '../../exports/table-file'

/** 0.43 with its interval, where there is one: "0.43 (0.21 to 0.60)". */
export function formatEstimate({ value, low, high }: Estimate): string {
  if (low === null || high === null) return value.toFixed(2)
  return `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
}

/** "42 % (29 to 52 %)" */
export function formatShareEstimate({ value, low, high }: Estimate): string {
  const percent = (share: number): string => String(Math.round(100 * share))
  if (low === null || high === null) return `${percent(value)} %`
  return `${percent(value)} % (${percent(low)} to ${percent(high)} %)`
}

/** p and q: never 0, and no digit more than there is to know. */
export function formatProbability(probability: number): string {
  return probability < 0.001 ? '< 0.001' : probability.toFixed(probability < 0.1 ? 3 : 2)
}

export const SHUFFLE_WORDS: Readonly<Record<Shuffle, { readonly label: string; readonly meaning: string }>> =
  {
    pieces: {
      label: 'Any piece to any class',
      meaning:
        'Labels are dealt out anew to all pieces: the plain question whether the classes differ at all.',
    },
    'within-style': {
      label: 'Pieces within their style',
      meaning:
        'Labels are dealt out anew only among pieces of one style: what a whole style has in common counts for nothing, only what sets its composers apart.',
    },
    'whole-composers': {
      label: 'Whole composers',
      meaning:
        'All pieces of a composer move together from style to style: a habit of one composer is not taken for a style.',
    },
  }

/** Said first: how many channels were found, and whether chance finds any too. */
export function headline({ found, channels, field, level, control }: Contrasts): string {
  const tables = control.withFindings === 0 ? 'none' : String(control.withFindings)
  return (
    `${found} of ${channels.length} channels tell ${field}s apart at a false discovery rate of ` +
    `${Math.round(100 * level)} %; with shuffled labels ${tables} of ${control.shuffles} tables found anything.`
  )
}

/** "louder in Ragtime" without a word of statistics: where a channel answers more or less than elsewhere. */
export function describeDelta({ standsOut }: ChannelContrast): string {
  if (standsOut === null) return 'no class stands out'
  const { delta, className } = standsOut
  return `${delta.value < 0 ? 'answers less' : 'answers more'} in ${className} than elsewhere`
}

/** Cliff's delta as chances out of 100 that a piece of the class has the larger value. */
export function explainDelta(delta: number): string {
  const chances = Math.round(50 * (1 + delta))
  return `Of 100 pairs of one piece of this class and one of another, the piece of this class has the stronger answer in about ${chances}.`
}

/** As the contract counts quarter turns: counter-clockwise. */
const TURNS = { 1: 'turned left by 90°', 2: 'turned by 180°', 3: 'turned right by 90°' } as const

/** How a kernel was turned to match another: "turned left by 90°, moved 1 up"; empty where it fits as it is. */
export function describeAlignment(alignment: KernelAlignment): string {
  const { quarterTurns, shiftRows, shiftColumns, sign } = alignment
  const parts: string[] = []
  if (quarterTurns !== 0) parts.push(TURNS[quarterTurns])
  if (shiftRows !== 0) parts.push(`moved ${Math.abs(shiftRows)} ${shiftRows < 0 ? 'up' : 'down'}`)
  if (shiftColumns !== 0) parts.push(`moved ${Math.abs(shiftColumns)} ${shiftColumns < 0 ? 'left' : 'right'}`)
  if (sign < 0) parts.push('with dark and light exchanged')
  return parts.join(', ')
}

/** From this cosine on two kernels are called alike, and from the second on the same. */
const ALIKE = 0.6
const SAME = 0.9

/** How a member's kernel lies to another member's; what fits badly is not told in turns and moves. */
export function describeKernel(kernel: KernelAlignment & { readonly with: string }): string {
  const other = kernel.with.split('/').slice(1).join('/')
  const fit = kernel.similarity.toFixed(2)
  if (kernel.similarity < ALIKE) return `its kernel is another than that of ${other} (${fit} at best)`
  const verb = kernel.similarity < SAME ? 'resembles' : 'is'
  const turned = describeAlignment(kernel)
  return `its kernel${turned === '' ? '' : `, ${turned},`} ${verb} that of ${other} (${fit})`
}

/** "5 of 5 seeds": how many runs hold it, and what the runs differ in. */
export function describeStability(foundIn: number, { runs }: Recurrence): string {
  const seeds = new Set(runs.map((run) => run.seed)).size === runs.length
  return `${foundIn} of ${runs.length} ${seeds ? 'seeds' : 'runs'}`
}

const LANDIS_AND_KOCH = [
  [0, 'slight'],
  [0.2, 'fair'],
  [0.4, 'moderate'],
  [0.6, 'substantial'],
  [0.8, 'almost perfect'],
] as const

/** The word of Landis and Koch (1977), with the caution that belongs to it. */
export function cautionOf({ value, low, high }: Estimate): string {
  const said = wordOf(value)
  const from = low === null ? said : wordOf(low)
  const to = high === null ? said : wordOf(high)
  const range = from === to ? '' : ` The interval reaches from “${from}” to “${to}”.`
  return `Landis and Koch (1977) call this “${said}”.${range} Their words are a habit, no verdict: kappa also depends on how many names are in use and how often each is.`
}

function wordOf(kappa: number): string {
  if (kappa < 0) return 'poor'
  return LANDIS_AND_KOCH.findLast(([from]) => from === 0 || kappa > from)?.[1] ?? 'slight'
}

export function contrastCaption(table: Contrasts, run: string): Caption {
  return {
    title: `Channels that tell ${table.field}s apart`,
    facts: [
      ['run', run],
      ['layer', table.layer ?? 'all'],
      ['pieces', String(table.pieces)],
      ['shuffle', SHUFFLE_WORDS[table.shuffle].label.toLowerCase()],
      ['permutations', String(table.permutations)],
      ['seed', String(table.seed)],
      ['taken out', table.without.length === 0 ? 'nothing' : table.without.join(', ')],
      ['found at q below', String(table.level)],
      ['shuffled tables with findings', `${table.control.withFindings} of ${table.control.shuffles}`],
      ['interval', `${Math.round(100 * table.interval.level)} %, ${table.interval.name}`],
    ],
  }
}

export function contrastTable(rows: readonly ChannelContrast[]): ExportedTable {
  return {
    columns: [
      'address',
      'layer',
      'channel',
      'epsilonSquared',
      'epsilonSquaredLow',
      'epsilonSquaredHigh',
      'epsilonSquaredByChance',
      'etaSquared',
      'standsOut',
      'cliffsDelta',
      'cliffsDeltaLow',
      'cliffsDeltaHigh',
      'p',
      'q',
    ],
    rows: rows.map((row) => [
      row.address,
      row.layer,
      row.channel,
      row.effect?.value ?? null,
      row.effect?.low ?? null,
      row.effect?.high ?? null,
      row.effectByChance,
      row.etaSquared,
      row.standsOut?.className ?? null,
      row.standsOut?.delta.value ?? null,
      row.standsOut?.delta.low ?? null,
      row.standsOut?.delta.high ?? null,
      row.p,
      row.q,
    ]),
  }
}

export const HELP = {
  contrasts:
    'For every channel: do its answers differ from class to class more than they differ within a class? A channel’s answer to a piece is its mean over all crops of the piece, so that a long piece counts no more than a short one.',
  piece:
    'Crops of one piece look alike: same engraver, same scan, same hand. Counting each as evidence of its own would make everything seem sure. So the piece is what is counted, and a style with three pieces has three observations, however many crops they gave.',
  permutation:
    'The labels are dealt out to the pieces again and again by chance, and the effect is measured each time. p is the share of these deals, the real one included, that give an effect at least as large: how often chance alone does as well.',
  falseDiscovery:
    'Among hundreds of channels some look striking by luck. q corrects for that (Benjamini and Hochberg 1995): if all channels with q below 5 % are taken as found, about one in twenty of them is expected to be a false alarm.',
  effect:
    'Epsilon squared, of the Kruskal–Wallis test: the share of all differences in rank between pieces that the classes explain. 0 is none, 1 is all. With many small classes it is large by chance alone: the tick shows how large on average. Only what lies beyond the tick says anything.',
  delta:
    'Cliff’s delta of the class that departs most from the rest: 1 where each of its pieces has a stronger answer than every other piece, −1 where each has a weaker one, 0 where the two are mixed.',
  control:
    'The same table made again with labels dealt out by chance. Whatever it finds is a false alarm. If shuffled tables find things as often as the real one, the real one has found nothing.',
  takenOut:
    'What a channel’s answers owe to these is subtracted before the test. A channel that only measures how black a page is, or how large its staves are printed, is then no longer taken for a mark of style.',
  recurrence:
    'A channel that comes back whenever the model is trained again, from other random weights, shows something that is there in the scores. One that appears in a single run may be a whim of that run. Two channels are partners when they answer alike to the same crops.',
  untrained:
    'Even networks that never learned have channels that answer alike: all of them follow how much ink there is. The same comparison between the networks as they were before training shows how much recurrence is worth nothing.',
  threshold:
    'How alike two channels’ answers must be to count as partners. It is set where only 5 % of the channels of untrained networks find one.',
  prevalence: 'The share of all compared channels that belong to this group.',
  stability: 'In how many of the compared runs a channel of this group was found.',
  kernels:
    'Kernels are laid upon each other in all four quarter turns, moved by a few weights, with dark and light exchanged; the best fit counts. Compared only where their weights mean the same: in the first layer, or within a layer of one run.',
  blind:
    'The names of others are hidden and so is the channel’s number, so that nobody is led. Everyone who enters the same number and seed sees the same channels in the same order.',
  kappa:
    'Cohen’s kappa: agreement beyond what two people reach by chance when they use the names as often as these two did. 1 is full agreement, 0 is no better than chance.',
  vocabulary:
    'The words on offer in blind sessions and on channel pages. The first nine have the keys 1 to 9. Names already given stay as they are.',
} as const
