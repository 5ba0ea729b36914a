/** Slurs, dynamics, hairpins, tempo words and octave signs, as much of each as the scribe uses. */
import type { Chance } from '../chance'
import { onsets } from './lines'
import { HALF, WHOLE, type Mark, type Meter, type Sound, type StaffPlan } from '../notation'
import type { ScribeTraits } from '../traits'
import { middleLine } from './lineup'
import type { IdiomRules } from './plan'

const DYNAMICS = ['pp', 'p', 'mp', 'mf', 'f', 'ff', 'sf', 'fp']
const BARS_BETWEEN_SPARSE_DYNAMICS = 4
const BARS_BETWEEN_TEMPO_WORDS = 6

export interface PhrasedBar {
  readonly bar: number
  readonly meter: Meter
  readonly staves: readonly StaffPlan[]
  readonly voices: readonly (readonly Sound[])[]
  readonly traits: ScribeTraits
  readonly rules: IdiomRules
  readonly chance: Chance
}

/** Everything written round the notes of one bar. */
export function phrase(bar: PhrasedBar): Mark[] {
  return [...slurs(bar), ...ornaments(bar), ...pedals(bar), ...dynamics(bar), ...tempoWords(bar)]
}

function ornaments({ bar, voices }: PhrasedBar): Mark[] {
  return voices.flatMap((voice, staff) =>
    voice.flatMap(({ ornament }, index): Mark[] =>
      ornament === undefined ? [] : [{ kind: 'ornament', at: { bar, staff, index }, ornament }],
    ),
  )
}

/** Down with the first note of every bar, up before its end; only where a left hand plays. */
function pedals({ meter, staves, rules }: PhrasedBar): Mark[] {
  const staff = staves.findIndex(({ role }) => role === 'left')
  if (!rules.pedalled || staff < 0) return []
  const pedal = (beat: number, down: boolean): Mark => ({ kind: 'pedal', staff, beat, down })
  return [pedal(1, true), pedal(meter.count + 0.5, false)]
}

function slurs(bar: PhrasedBar): Mark[] {
  if (bar.traits.slurs === 'none') return []
  return bar.voices.flatMap((voice, staff) => {
    if (bar.staves[staff]?.role === 'voice' && bar.voices.length > 1) return []
    return bar.traits.slurs === 'long' ? longSlur(bar, voice, staff) : shortSlurs(bar, voice, staff)
  })
}

/** One slur from the first note of the bar to the last. */
function longSlur({ bar }: PhrasedBar, voice: readonly Sound[], staff: number): Mark[] {
  const first = voice.findIndex(isNote)
  const last = voice.findLastIndex(isNote)
  return first >= 0 && last > first ? [slur(bar, staff, first, last)] : []
}

/** Slurs over two or three neighbouring notes. */
function shortSlurs({ bar, chance }: PhrasedBar, voice: readonly Sound[], staff: number): Mark[] {
  const marks: Mark[] = []
  for (let index = 0; index + 1 < voice.length;) {
    const length = index + 2 < voice.length && chance.happens(0.3) ? 2 : 1
    const covered = voice.slice(index, index + length + 1)
    if (covered.every(isNote) && chance.happens(0.6)) {
      marks.push(slur(bar, staff, index, index + length))
      index += length
    }
    index += 1
  }
  return marks
}

function slur(bar: number, staff: number, from: number, to: number): Mark {
  return { kind: 'slur', from: { bar, staff, index: from }, to: { bar, staff, index: to } }
}

function isNote(sound: Sound): boolean {
  return sound.pitches.length > 0
}

/** Under the right hand, where there is one, otherwise at the top staff. */
function dynamics({ bar, meter, staves, traits, chance }: PhrasedBar): Mark[] {
  if (traits.dynamics === 'none') return []
  const right = staves.findIndex(({ role }) => role === 'right')
  const staff = Math.max(0, right)
  const above = staves[staff]?.role === 'voice'
  const level: Mark = { kind: 'dynamic', staff, above, beat: 1, text: chance.pick(DYNAMICS) }
  if (traits.dynamics === 'sparse') return bar % BARS_BETWEEN_SPARSE_DYNAMICS === 0 ? [level] : []
  const half = meter.count / 2
  const hairpin: Mark = {
    kind: 'hairpin',
    staff,
    above,
    from: 1 + half / 2,
    to: meter.count + 0.5,
    grows: chance.happens(0.5),
  }
  const lower: Mark = {
    kind: 'hairpin',
    staff: staves.length - 1,
    above: false,
    from: 1,
    to: meter.count,
    grows: chance.happens(0.5),
  }
  const extra = staves.length > 2 && right < 0 && bar % 2 === 1 ? [lower] : []
  return bar % 2 === 0 ? [level, hairpin] : [{ ...hairpin, from: 1 }, ...extra]
}

function tempoWords({ bar, traits, rules, chance }: PhrasedBar): Mark[] {
  if (!traits.tempoText) return []
  if (bar === 0) return [{ kind: 'tempo', beat: 1, text: chance.pick(rules.tempos) }]
  if (bar % BARS_BETWEEN_TEMPO_WORDS !== 0) return []
  const turn = bar / BARS_BETWEEN_TEMPO_WORDS - 1
  return [{ kind: 'tempo', beat: 1, text: rules.tempoChanges[turn % rules.tempoChanges.length] ?? 'a tempo' }]
}

/** Lines above the staff's middle from which notes are written an octave lower under an 8va. */
const OCTAVE_SIGN_FROM = 9

/** Moves a very high stretch of at least a half note down an octave and says so. */
export function underOctaveSign(
  voice: readonly Sound[],
  { bar, staff, plan }: { bar: number; staff: number; plan: StaffPlan },
): { voice: readonly Sound[]; marks: Mark[] } {
  const limit = middleLine(plan.clef) + OCTAVE_SIGN_FROM
  const high = (sound: Sound) =>
    sound.pitches.length > 0 && sound.pitches.every(({ line }) => line >= limit - 3)
  const from = voice.findIndex((sound) => high(sound) && (sound.pitches.at(-1)?.line ?? 0) >= limit)
  if (from < 0 || (plan.role !== 'right' && plan.role !== 'melody')) return { voice, marks: [] }
  let to = from
  while (to + 1 < voice.length && high(voice[to + 1] ?? { ticks: 0, pitches: [] })) to += 1
  const length = voice.slice(from, to + 1).reduce((sum, { ticks }) => sum + ticks, 0)
  if (length < HALF || to === from) return { voice, marks: [] }
  const lowered = voice.map((sound, index) => (index >= from && index <= to ? octaveLower(sound) : sound))
  return {
    voice: lowered,
    marks: [{ kind: 'octave', from: { bar, staff, index: from }, to: { bar, staff, index: to } }],
  }
}

function octaveLower(sound: Sound): Sound {
  const pitches = sound.pitches.map((pitch) => ({ ...pitch, line: pitch.line - 7 }))
  return sound.grace === undefined
    ? { ...sound, pitches }
    : { ...sound, pitches, grace: { ...sound.grace, line: sound.grace.line - 7 } }
}

/** The beat of MEI's tstamp at which each of so many equal parts of a bar begins. */
export function beatsOf(parts: number, meter: Meter): number[] {
  const ticks = (meter.count * WHOLE) / meter.unit / parts
  return onsets(Array.from({ length: parts }, () => ticks)).map((onset) => 1 + (onset * meter.unit) / WHOLE)
}
