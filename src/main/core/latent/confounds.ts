/** Everything that could be mistaken for the music, and what the code still says of the music without it. */
import type { ConfoundReport, FieldProbe, FieldRole, Remainder } from '@shared/domain/latent'
import type { ProbeOptions } from './probe'
import type { ProbeSubject } from './probe-subject'
import { isRecovered, percent, pluralOf, wordsOf } from './probe-words'

const MUSIC = ['style', 'composer']
/** A confound of more values than this cannot be held: too few pieces share one. */
const MOST_VALUES = 20

export type Probe = (name: string, options: ProbeOptions) => Promise<FieldProbe>

export interface ConfoundNames {
  readonly categorical: readonly string[]
  readonly all: readonly string[]
}

/** Fields on how pages came to be that differ between crops. */
export function confoundsIn({ fields }: ProbeSubject): ConfoundNames {
  const isSource = ({ role }: { readonly role: FieldRole }): boolean => role === 'source'
  const kinds = fields.categorical
    .filter(isSource)
    .filter(({ values }) => values.length > 1 && values.length <= MOST_VALUES)
    .map(({ name }) => name)
  const quantities = fields.numeric
    .filter(isSource)
    .filter(({ values }) => new Set(values.filter((value) => Number.isFinite(value))).size > 1)
    .map(({ name }) => name)
  return { categorical: kinds, all: [...kinds, ...quantities] }
}

/** How many probes a report takes. */
export function probesOf({ categorical, all }: ConfoundNames): number {
  const each = all.length === 0 ? 1 : 2 + categorical.length
  return all.length + MUSIC.length * each
}

/** @throws Cancelled */
export async function findConfounds(
  subject: ProbeSubject,
  probe: Probe,
): Promise<Pick<ConfoundReport, 'confounds' | 'remainders' | 'sentences'>> {
  const names = confoundsIn(subject)
  const plain = { without: [], within: null }
  const confounds: FieldProbe[] = []
  for (const name of names.all) confounds.push(await probe(name, plain))
  const remainders: Remainder[] = []
  for (const name of MUSIC) {
    const whole = await probe(name, plain)
    const regressed = names.all.length === 0 ? null : await probe(name, { without: names.all, within: null })
    const held: FieldProbe[] = []
    for (const within of names.categorical) held.push(await probe(name, { without: [], within }))
    remainders.push({ field: name, label: whole.label, plain: whole, regressed, held })
  }
  const labelOf = (name: string): string => confounds.find(({ field }) => field === name)?.label ?? name
  return { confounds, remainders, sentences: sentencesOf(confounds, remainders, labelOf) }
}

function sentencesOf(
  confounds: readonly FieldProbe[],
  remainders: readonly Remainder[],
  labelOf: (name: string) => string,
): readonly string[] {
  if (confounds.length === 0)
    return [
      'The catalogue says nothing of how these pages were printed and scanned: add fields such as scan source, font or publisher, so that their part in the code can be measured.',
      ...remainders.map(({ plain }) => plain.sentence),
    ]
  const recovered = confounds.filter(isRecovered)
  const strongest = [...recovered].sort((a, b) => strength(b) - strength(a))
  return [
    ...strongest.map(warning),
    ...(recovered.length === 0
      ? ['The code tells nothing that is known of how the pages were printed and scanned apart.']
      : []),
    ...remainders.map((remainder) => remainderWords(remainder, labelOf)),
    'Neither way is perfect: wherever composers differ in how they were printed and scanned, what is taken out takes some of the music with it; and what the catalogue does not know of the pages, or what lies in the code in crooked ways, stays in.',
  ]
}

/** How far above chance, with 1 for all that could be known. */
function strength(probe: FieldProbe): number {
  if (probe.kind === 'none') return 0
  return probe.kind === 'numeric'
    ? probe.r2.value
    : (probe.balancedAccuracy.value - probe.chance) / (1 - probe.chance)
}

function warning(probe: FieldProbe): string {
  if (probe.kind === 'none') return probe.sentence
  if (probe.kind === 'numeric')
    return `The ${wordsOf(probe.label)} can be read off the code (R² ${probe.r2.value.toFixed(2)}): differences between composers may be differences in it.`
  const { balancedAccuracy, chance, label } = probe
  return `The code tells ${pluralOf(label)} apart with ${percent(balancedAccuracy.value)} (chance ${percent(chance)}): differences between composers may be differences between ${pluralOf(label)}.`
}

function remainderWords(
  { label, plain, regressed, held }: Remainder,
  labelOf: (name: string) => string,
): string {
  if (plain.kind !== 'categorical') return plain.sentence
  const score = `${capital(pluralOf(label))} are told apart with ${percent(plain.balancedAccuracy.value)} (chance ${percent(plain.chance)})`
  const without =
    regressed?.kind === 'categorical'
      ? `; with all of this regressed out of the code ${percent(regressed.balancedAccuracy.value)}, so that ${share(regressed, plain)}`
      : ''
  const within = held.flatMap((probe) =>
    probe.kind === 'categorical'
      ? [
          `among crops with the same ${wordsOf(labelOf(probe.within[0] ?? ''))} ${percent(probe.balancedAccuracy.value)} (chance ${percent(probe.chance)})`,
        ]
      : [],
  )
  return `${[score + without, ...within].join('; ')}.`
}

function share(rest: FieldProbe, whole: FieldProbe): string {
  if (!isRecovered(whole)) return 'there was nothing to lose'
  if (!isRecovered(rest)) return 'nothing that could be told from chance is left'
  const left = strength(rest) / strength(whole)
  if (left >= 0.95) return 'nearly all of it is left'
  return `${percent(left)} of what is above chance is left`
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)
