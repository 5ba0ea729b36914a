/** One bar of one staff as MEI: notes, chords, rests, accidentals, triplets, beams and syllables. */
import { signatureAlter, type Key, type Pitch } from './pitch'
import { EIGHTH, HALF, QUARTER, writtenValue, type Meter, type Place, type Sound } from './notation'
import type { Beaming } from './traits'

const STEP_NAMES = ['c', 'd', 'e', 'f', 'g', 'a', 'b']
const ACCIDENTALS: Readonly<Record<number, string>> = { [-2]: 'ff', [-1]: 'f', 0: 'n', 1: 's', 2: 'x' }
const GESTURAL: Readonly<Record<number, string>> = { [-2]: 'ff', [-1]: 'f', 1: 's', 2: 'ss' }

export interface VoiceContext {
  readonly key: Key
  readonly meter: Meter
  readonly beaming: Beaming
  readonly bar: number
  readonly staff: number
  /** The last sound of the bar before was tied into this one. */
  readonly tiedInto: boolean
  readonly showTripletNumbers: boolean
}

/** The id of a sound, which slurs and other marks point at. */
export function soundId({ bar, staff, index }: Place): string {
  return `b${String(bar)}s${String(staff)}e${String(index)}`
}

/** A sound written out, with when it starts in the bar. */
interface WrittenSound {
  readonly onset: number
  readonly sound: Sound
  /** A small note before it, which belongs to no beam. */
  readonly grace: string
  readonly xml: string
}

/** The content of a layer element. */
export function writeVoice(sounds: readonly Sound[], context: VoiceContext): string {
  const accidentals = new AccidentalMemory(context.key)
  const written: WrittenSound[] = []
  let onset = 0
  let tiedInto = context.tiedInto
  for (const [index, sound] of sounds.entries()) {
    const tie = tieAttribute(tiedInto, sound.tied === true)
    const id = soundId({ bar: context.bar, staff: context.staff, index })
    const grace = sound.grace === undefined ? '' : writeGrace(sound.grace, accidentals)
    written.push({ onset, sound, grace, xml: writeSound(sound, { id, tie, accidentals, tiedInto }) })
    tiedInto = sound.tied === true
    onset += sound.ticks
  }
  return groupTriplets(written)
    .map((group) => (group.triplet ? writeTriplet(group.sounds, context) : writeBeams(group.sounds, context)))
    .join('')
}

/** Remembers which accidentals hold in this bar, so that each is written only where it changes. */
class AccidentalMemory {
  private readonly heard = new Map<number, number>()

  constructor(private readonly key: Key) {}

  attribute(pitch: Pitch, tiedInto: boolean): string {
    const current = this.heard.get(pitch.line) ?? signatureAlter(this.key, pitch.line)
    if (current === pitch.alter || tiedInto) {
      const gestural = GESTURAL[pitch.alter]
      return gestural === undefined ? '' : ` accid.ges="${gestural}"`
    }
    this.heard.set(pitch.line, pitch.alter)
    return ` accid="${ACCIDENTALS[pitch.alter] ?? 'n'}"`
  }
}

interface SoundContext {
  readonly id: string
  readonly tie: string
  readonly accidentals: AccidentalMemory
  readonly tiedInto: boolean
}

function writeSound(sound: Sound, { id, tie, accidentals, tiedInto }: SoundContext): string {
  const { base, dots } = writtenValue(sound.ticks)
  const duration = ` dur="${String(base)}"${dots === 1 ? ' dots="1"' : ''}`
  const [first, ...others] = sound.pitches
  if (first === undefined) return `<rest xml:id="${id}"${duration}/>`
  const articulation = sound.articulation === undefined ? '' : ` artic="${sound.articulation}"`
  const verse = writeSyllable(sound)
  if (others.length === 0) {
    const pitch = pitchAttributes(first, accidentals, tiedInto)
    return `<note xml:id="${id}"${duration}${pitch}${tie}${articulation}>${verse}</note>`
  }
  const notes = sound.pitches
    .map((pitch) => `<note${pitchAttributes(pitch, accidentals, tiedInto)}${tie}/>`)
    .join('')
  return `<chord xml:id="${id}"${duration}${articulation}>${notes}${verse}</chord>`
}

function writeGrace(pitch: Pitch, accidentals: AccidentalMemory): string {
  return `<note grace="unacc" dur="8" stem.dir="up"${pitchAttributes(pitch, accidentals, false)}/>`
}

function pitchAttributes(pitch: Pitch, accidentals: AccidentalMemory, tiedInto: boolean): string {
  const name = STEP_NAMES[((pitch.line % 7) + 7) % 7] ?? 'c'
  const octave = Math.floor(pitch.line / 7)
  return ` pname="${name}" oct="${String(octave)}"${accidentals.attribute(pitch, tiedInto)}`
}

function writeSyllable({ syllable }: Sound): string {
  if (syllable === undefined) return ''
  const hyphen = syllable.place === 'i' || syllable.place === 'm' ? ' con="d"' : ''
  const place = syllable.place === 's' ? '' : ` wordpos="${syllable.place}"`
  return `<verse n="1"><syl${place}${hyphen}>${syllable.text}</syl></verse>`
}

function tieAttribute(into: boolean, onwards: boolean): string {
  if (into) return onwards ? ' tie="m"' : ' tie="t"'
  return onwards ? ' tie="i"' : ''
}

interface Stretch {
  readonly triplet: boolean
  readonly sounds: WrittenSound[]
}

/** Splits a voice into stretches of plain sounds and single triplets, each as long as an eighth, quarter or half. */
function groupTriplets(written: readonly WrittenSound[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const item of written) {
    const { triplet } = writtenValue(item.sound.ticks)
    const open = stretches.at(-1)
    const complete = open !== undefined && open.triplet && totalTicks(open.sounds) % EIGHTH === 0
    if (open?.triplet === triplet && !complete) open.sounds.push(item)
    else stretches.push({ triplet, sounds: [item] })
  }
  return stretches
}

function totalTicks(sounds: readonly WrittenSound[]): number {
  return sounds.reduce((sum, { sound }) => sum + sound.ticks, 0)
}

function writeTriplet(sounds: readonly WrittenSound[], context: VoiceContext): string {
  const beamed = canBeam(sounds, context)
  const number = context.showTripletNumbers ? '' : ' num.visible="false"'
  const bracket = ` bracket.visible="${String(context.showTripletNumbers && !beamed)}"`
  const content = beamed ? beam(sounds) : join(sounds)
  return `<tuplet num="3" numbase="2"${number}${bracket}>${content}</tuplet>`
}

/** Beams the sounds of each beat, where the scribe beams at all. */
function writeBeams(sounds: readonly WrittenSound[], context: VoiceContext): string {
  const beats = new Map<number, WrittenSound[]>()
  const span = beamSpan(sounds, context.meter)
  for (const item of sounds) {
    const beat = Math.floor(item.onset / span)
    beats.set(beat, [...(beats.get(beat) ?? []), item])
  }
  return [...beats.values()]
    .map((beat) =>
      splitAtUnbeamable(beat)
        .map((run) => writeRun(run, context))
        .join(''),
    )
    .join('')
}

function writeRun(run: readonly WrittenSound[], context: VoiceContext): string {
  return canBeam(run, context) ? beam(run) : join(run)
}

/** How far a beam may reach: half a bar of eighths in four-four, otherwise one beat. */
function beamSpan(sounds: readonly WrittenSound[], meter: Meter): number {
  if (meter.unit === 8) return QUARTER * 1.5
  const shortest = Math.min(...sounds.map(({ sound }) => sound.ticks))
  return meter.count % 2 === 0 && meter.count * (4 / meter.unit) >= 4 && shortest >= EIGHTH ? HALF : QUARTER
}

/** Runs of neighbouring notes that are short enough for a beam, and the sounds between them. */
function splitAtUnbeamable(sounds: readonly WrittenSound[]): WrittenSound[][] {
  const runs: WrittenSound[][] = []
  let previousShort = false
  for (const item of sounds) {
    const short = isShort(item)
    const last = runs.at(-1)
    if (short && previousShort && item.grace === '' && last !== undefined) last.push(item)
    else runs.push([item])
    previousShort = short
  }
  return runs
}

function canBeam(sounds: readonly WrittenSound[], context: VoiceContext): boolean {
  return context.beaming === 'beamed' && sounds.length > 1 && sounds.every(isShort)
}

function isShort({ sound }: WrittenSound): boolean {
  return sound.pitches.length > 0 && sound.ticks < QUARTER && writtenValue(sound.ticks).base >= 8
}

/** Notes under one beam; only the first can have a small note before it. */
function beam(sounds: readonly WrittenSound[]): string {
  return `${sounds[0]?.grace ?? ''}<beam>${sounds.map(({ xml }) => xml).join('')}</beam>`
}

function join(sounds: readonly WrittenSound[]): string {
  return sounds.map(({ grace, xml }) => grace + xml).join('')
}
