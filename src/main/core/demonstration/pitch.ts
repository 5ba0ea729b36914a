/** Pitches as they are written: a place on the staff and an alteration, never a bare semitone. */

/** line = 7 × octave + step, C being step 0: middle C is 28, the middle line of the treble staff (B4) 34. */
export interface Pitch {
  readonly line: number
  /** Semitones: −2 double flat … 2 double sharp. */
  readonly alter: number
}

export interface Key {
  /** Sharps when positive, flats when negative. */
  readonly fifths: number
  readonly minor: boolean
}

const SHARP_ORDER = [3, 0, 4, 1, 5, 2, 6]

/** The step (0 = C) of a key's tonic. */
export function tonicStep(key: Key): number {
  return modulo(key.fifths * 4 + (key.minor ? 5 : 0), 7)
}

/** The alteration that the key signature gives to a line. */
export function signatureAlter(key: Key, line: number): number {
  const place = SHARP_ORDER.indexOf(modulo(line, 7))
  if (key.fifths > 0) return place < key.fifths ? 1 : 0
  return 6 - place < -key.fifths ? -1 : 0
}

/** The pitch on a line as the key has it. */
export function inKey(key: Key, line: number): Pitch {
  return { line, alter: signatureAlter(key, line) }
}

/** The same pitch a semitone higher or lower, still on its line. */
export function shifted(pitch: Pitch, semitones: number): Pitch {
  return { line: pitch.line, alter: Math.max(-2, Math.min(2, pitch.alter + semitones)) }
}

/** A chord of the key: the scale degree of its root (0 = tonic) and how many thirds are stacked. */
export interface Harmony {
  readonly degree: number
  readonly size: 3 | 4
  /** A dominant away from the fifth degree: its third is raised to a major one. */
  readonly dominant: boolean
}

/** True where the line carries a tone of the chord. */
export function isChordTone(key: Key, harmony: Harmony, line: number): boolean {
  const third = modulo(line - tonicStep(key) - harmony.degree, 7)
  return third % 2 === 0 && third / 2 < harmony.size
}

/** The line of a chord tone at or below `line`. */
export function chordToneBelow(key: Key, harmony: Harmony, line: number): number {
  let found = line
  while (!isChordTone(key, harmony, found)) found -= 1
  return found
}

/** The chord tone `count` chord tones above (or below, when negative) the one at or below `line`. */
export function chordToneFrom(key: Key, harmony: Harmony, line: number, count: number): number {
  let found = chordToneBelow(key, harmony, line)
  for (let left = count; left > 0; left -= 1) {
    do found += 1
    while (!isChordTone(key, harmony, found))
  }
  for (let left = count; left < 0; left += 1) found = chordToneBelow(key, harmony, found - 1)
  return found
}

/** The line of the chord's root at or below `line`. */
export function rootBelow(key: Key, harmony: Harmony, line: number): number {
  return line - modulo(line - tonicStep(key) - harmony.degree, 7)
}

const NATURAL_SEMITONES = [0, 2, 4, 5, 7, 9, 11]

function semitones({ line, alter }: Pitch): number {
  return Math.floor(line / 7) * 12 + (NATURAL_SEMITONES[modulo(line, 7)] ?? 0) + alter
}

/** A pitch of the chord: the third of a dominant is major, that of 5 in minor keys too. */
export function chordPitch(key: Key, harmony: Harmony, line: number): Pitch {
  const pitch = inKey(key, line)
  const root = tonicStep(key) + harmony.degree
  const raises = harmony.dominant || (key.minor && harmony.degree === 4)
  if (!raises || modulo(line - root, 7) !== 2) return pitch
  const third = semitones(pitch) - semitones(inKey(key, line - 2))
  return third === 3 ? shifted(pitch, 1) : pitch
}

/** A chord stacked downwards from a line, of so many notes. */
export function stackBelow(key: Key, harmony: Harmony, top: number, count: number): Pitch[] {
  const pitches: Pitch[] = []
  for (let place = 0; place < count; place += 1) {
    pitches.unshift(chordPitch(key, harmony, chordToneFrom(key, harmony, top, -place)))
  }
  return pitches
}

const ROOT_NAMES = ['C', 'D', 'E', 'F', 'G', 'A', 'B']

/** The chord symbol of popular music, e.g. B♭m7. */
export function chordSymbol(key: Key, harmony: Harmony): string {
  const root = tonicStep(key) + harmony.degree
  const [first, third, fifth] = [root, root + 2, root + 4].map((line) => chordPitch(key, harmony, line))
  if (first === undefined || third === undefined || fifth === undefined) return ''
  const sign = first.alter > 0 ? '♯' : first.alter < 0 ? '♭' : ''
  const minorThird = semitones(third) - semitones(first) === 3
  const kind = !minorThird ? '' : semitones(fifth) - semitones(first) === 6 ? '°' : 'm'
  return `${ROOT_NAMES[modulo(root, 7)] ?? ''}${sign}${kind}${harmony.size === 4 ? '7' : ''}`
}

/** One of the six tones of the whole-tone scale on C, counted upwards from C0 and spelled C D E F♯ G♯ B♭. */
export function wholeTone(index: number): Pitch {
  const octave = Math.floor(index / 6)
  const place = modulo(index, 6)
  const steps = [0, 1, 2, 3, 4, 6]
  const alters = [0, 0, 0, 1, 1, -1]
  return { line: octave * 7 + (steps[place] ?? 0), alter: alters[place] ?? 0 }
}

export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
