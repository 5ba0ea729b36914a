/** Writes a piece: the idiom's rules say how it moves, the scribe's traits how it looks. */
import type { Chance } from '../chance'
import {
  barTicks,
  DOTTED_HALF,
  EIGHTH,
  HALF,
  QUARTER,
  type Bar,
  type Mark,
  type Score,
  type Sound,
  type StaffPlan,
} from '../notation'
import { chordSymbol, chordToneBelow, type Harmony, type Key } from '../pitch'
import { PLANTED, type ScribeTraits } from '../traits'
import { handFor, lineup } from './lineup'
import { bassNote, chordBelow, fillRhythm, onsets, pitchAt, rest, sound, walk } from './lines'
import { Words } from './lyrics'
import { beatsOf, phrase, underOctaveSign } from './phrasing'
import { beatTicks, notesPerChord, type BarPlan, type Hand, type IdiomRules } from './plan'
import { RULES } from './rules'

const BARS_PER_PHRASE = 4

export interface PieceOrder {
  readonly traits: ScribeTraits
  /** Counted from 1 among the scribe's pieces. */
  readonly number: number
  readonly bars: number
  readonly chance: Chance
}

/** A part and what it remembers from bar to bar. */
interface Part {
  readonly plan: StaffPlan
  readonly hand: Hand
}

/** Composes so many bars; a longer piece from the same chance begins with the same bars, except the last. */
export function compose({ traits, number, bars, chance }: PieceOrder): Score {
  const rules = RULES[traits.idiom]
  const key = chance.pick(rules.keys)
  const meter = chance.pick(rules.meters)
  const chords = chance.pick(rules.progressions)
  const staves = lineup(traits)
  const parts = staves.map((plan): Part => ({ plan, hand: handFor(plan) }))
  const words = new Words(chance)
  const written = Array.from({ length: bars }, (_, index): Bar => {
    const plan: BarPlan = {
      index,
      key,
      meter,
      harmonies: chords[index % chords.length] ?? [{ degree: 0, size: 3, dominant: false }],
      cadence: index % BARS_PER_PHRASE === BARS_PER_PHRASE - 1,
      chordNotes: notesPerChord(traits.chords),
      chance,
    }
    return index === bars - 1
      ? lastBar(plan, parts, words)
      : composeBar({ plan, parts, words, rules, traits })
  })
  return { title: titleOf(rules, traits, number), scribe: traits.scribe, key, meter, staves, bars: written }
}

/** Three scribes of an idiom begin at different titles; a name that comes round again gets a number. */
function titleOf({ titles, numbered }: IdiomRules, traits: ScribeTraits, number: number): string {
  const name = titles[(PLANTED.indexOf(traits) + number - 1) % titles.length] ?? traits.idiom
  if (numbered) return `${name} No. ${String(number)}`
  const round = Math.floor((number - 1) / titles.length)
  return round === 0 ? name : `${name} ${String(round + 1)}`
}

interface BarOrder {
  readonly plan: BarPlan
  readonly parts: readonly Part[]
  readonly words: Words
  readonly rules: IdiomRules
  readonly traits: ScribeTraits
}

function composeBar({ plan, parts, words, rules, traits }: BarOrder): Bar {
  const marks: Mark[] = []
  const voices = parts.map((part, staff) => {
    const composed = writePart(part, { plan, parts, words, rules, traits })
    const raised = underOctaveSign(composed, { bar: plan.index, staff, plan: part.plan })
    marks.push(...raised.marks)
    return raised.voice
  })
  if (rules.chordSymbols) marks.push(...chordSymbols(plan))
  const staves = parts.map((part) => part.plan)
  marks.push(
    ...phrase({ bar: plan.index, meter: plan.meter, staves, voices, traits, rules, chance: plan.chance }),
  )
  return { staves: voices, marks }
}

function writePart({ plan: { role }, hand }: Part, { plan, parts, words, rules }: BarOrder): Sound[] {
  switch (role) {
    case 'voice':
      return sing(plan, hand, { words, rules })
    case 'melody':
      return rules.melody(plan, hand)
    case 'right':
      return rules.right(plan, hand, parts[0]?.plan.role !== 'right')
    case 'left':
      return rules.left(plan, hand)
    case 'inner':
      return rules.inner(plan, hand)
  }
}

/** One note to a syllable, but several sixteenths to one where they run; phrases end on a long note and a breath. */
function sing(plan: BarPlan, hand: Hand, { words, rules }: { words: Words; rules: IdiomRules }): Sound[] {
  const ticks = barTicks(plan.meter)
  const breath = plan.cadence && ticks >= DOTTED_HALF ? beatTicks(plan.meter) : 0
  const rhythm =
    breath > 0 ? cadenceRhythm(ticks - breath) : fillRhythm(plan.chance, ticks, rules.sungRhythms(plan.meter))
  if (plan.index % BARS_PER_PHRASE === 0) words.startLine()
  const starts = onsets(rhythm)
  const sung = walk(plan, hand, rhythm, 0.3).map((line, place): Sound => ({
    ticks: rhythm[place] ?? QUARTER,
    pitches: [pitchAt(plan, starts[place] ?? 0, line)],
    ...(opensSyllable(rhythm, starts, place) ? { syllable: words.next() } : {}),
  }))
  return breath > 0 ? [...sung, rest(breath)] : sung
}

function opensSyllable(rhythm: readonly number[], starts: readonly number[], place: number): boolean {
  return (rhythm[place] ?? QUARTER) >= EIGHTH || (starts[place] ?? 0) % QUARTER === 0
}

function cadenceRhythm(ticks: number): number[] {
  return ticks === DOTTED_HALF ? [QUARTER, HALF] : [ticks]
}

/** The final chord, held for the whole bar by everyone. */
function lastBar(plan: BarPlan, parts: readonly Part[], words: Words): Bar {
  const tonic: Harmony = { degree: 0, size: 3, dominant: false }
  const closing: BarPlan = { ...plan, harmonies: [tonic] }
  const ticks = barTicks(plan.meter)
  const staves = parts.map(({ plan: { role }, hand }): Sound[] => {
    const top = chordToneBelow(plan.key, tonic, hand.centre + 2)
    if (role === 'voice') return [{ ticks, pitches: [pitchAt(closing, 0, top)], syllable: words.last() }]
    return [sound(ticks, role === 'left' ? bassNote(closing, 0, hand) : chordBelow(closing, 0, top))]
  })
  return { staves, marks: [] }
}

/** The symbol of each chord of the bar. */
function chordSymbols({
  key,
  meter,
  harmonies,
}: { key: Key } & Pick<BarPlan, 'meter' | 'harmonies'>): Mark[] {
  const beats = beatsOf(harmonies.length, meter)
  return harmonies.map((harmony, place) => ({
    kind: 'harmony',
    beat: beats[place] ?? 1,
    text: chordSymbol(key, harmony),
  }))
}
