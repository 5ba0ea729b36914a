/**
 * Single symbols of notation, drawn one at a time: glyphs of verovio's music font and strokes as thick as engravers
 * make them (SMuFL 1.4, engravingDefaults of Bravura). One unit is a staff space; y grows downwards, 0 is the middle.
 */
import { type Face, type MusicGlyphs, outlineWords } from './letters/text-outlines'

/** What a symbol is called in the vocabulary that channels are named with. */
export type SymbolGroup =
  | 'notehead'
  | 'stem'
  | 'flag'
  | 'beam'
  | 'note'
  | 'rest'
  | 'clef'
  | 'accidental'
  | 'staff line'
  | 'bar line'
  | 'slur'
  | 'articulation'
  | 'dynamic'
  | 'time signature'
  | 'text'
  | 'artefact'

export interface DrawnSymbol {
  readonly id: string
  readonly name: string
  readonly group: SymbolGroup
  /** SVG elements in staff spaces around (0, 0). */
  draw(glyphs: MusicGlyphs): string
}

/** Staff spaces in an em of a SMuFL font, and its units. */
const SPACES_PER_EM = 4
const UNITS_PER_EM = 1000
/** Thickness of strokes in staff spaces. */
const STROKE = {
  staff: 0.13,
  stem: 0.12,
  bar: 0.16,
  thickBar: 0.5,
  beam: 0.5,
  ledger: 0.16,
  slur: 0.2,
} as const
const STEM_LENGTH = 3.5
/** Where the stem meets a black note head: half its width to the right. */
const STEM_AT = 0.59

const GLYPHS: readonly (readonly [string, string, SymbolGroup, number, number, number])[] = [
  // id, name, group, code, left of the middle, below the middle (in staff spaces)
  ['notehead-black', 'black notehead', 'notehead', 0xe0a4, -0.59, 0],
  ['notehead-half', 'half notehead', 'notehead', 0xe0a3, -0.59, 0],
  ['notehead-whole', 'whole notehead', 'notehead', 0xe0a2, -0.85, 0],
  ['flag-up', 'eighth flag, stem up', 'flag', 0xe240, -0.5, -1.5],
  ['flag-down', 'eighth flag, stem down', 'flag', 0xe241, -0.5, 1.5],
  ['flag-sixteenth', 'sixteenth flag, stem up', 'flag', 0xe242, -0.5, -1.5],
  ['rest-whole', 'whole rest', 'rest', 0xe4e3, -0.55, 0],
  ['rest-half', 'half rest', 'rest', 0xe4e4, -0.55, 0],
  ['rest-quarter', 'quarter rest', 'rest', 0xe4e5, -0.5, 0],
  ['rest-eighth', 'eighth rest', 'rest', 0xe4e6, -0.5, 0],
  ['rest-sixteenth', 'sixteenth rest', 'rest', 0xe4e7, -0.6, 0],
  ['clef-g', 'G clef', 'clef', 0xe050, -1.3, 1],
  ['clef-f', 'F clef', 'clef', 0xe062, -1.35, -1],
  ['clef-c', 'C clef', 'clef', 0xe05c, -1.4, 0],
  ['flat', 'flat', 'accidental', 0xe260, -0.45, 0.5],
  ['natural', 'natural', 'accidental', 0xe261, -0.34, 0],
  ['sharp', 'sharp', 'accidental', 0xe262, -0.5, 0],
  ['double-sharp', 'double sharp', 'accidental', 0xe263, -0.5, 0],
  ['fermata', 'fermata', 'articulation', 0xe4c0, -1.2, 0.7],
  ['accent', 'accent', 'articulation', 0xe4a0, -0.7, 0.5],
  ['dot', 'dot', 'articulation', 0xe1e7, -0.2, 0],
  ['trill', 'trill', 'articulation', 0xe566, -1, 0.9],
  ['turn', 'turn', 'articulation', 0xe567, -0.9, 0.4],
  ['forte', 'f (forte)', 'dynamic', 0xe522, -0.6, 0.4],
  ['piano', 'p (piano)', 'dynamic', 0xe520, -0.6, 0.3],
  ['four', 'figure 4', 'time signature', 0xe084, -0.8, 0],
  ['three', 'figure 3', 'time signature', 0xe083, -0.75, 0],
  ['common-time', 'C of common time', 'time signature', 0xe08a, -0.85, 0],
]

const WORDS: readonly (readonly [string, string, Face, string, number])[] = [
  ['text-roman', 'words, upright', 'roman', 'Allegro', 2.2],
  ['text-italic', 'words, italic', 'italic', 'dolce', 2.2],
  ['text-bold', 'words, bold', 'bold', 'Andante', 2.2],
  ['text-small', 'small print', 'roman', 'Copyright', 1.2],
  ['digits', 'figures of a bar number', 'roman', '128', 1.6],
]

/** Every symbol of the sheet, in the order in which it is shown. */
export const SYMBOLS: readonly DrawnSymbol[] = [
  ...GLYPHS.map(([id, name, group, code, left, below]) => ({
    id,
    name,
    group,
    draw: (glyphs: MusicGlyphs) => glyph(glyphs, code, left, below),
  })),
  stroke('stem', 'stem', 'stem', line([0, -STEM_LENGTH / 2], [0, STEM_LENGTH / 2], STROKE.stem)),
  stroke('beam', 'beam', 'beam', beam(-2.5, 2.5, 0)),
  stroke('beam-rising', 'rising beam', 'beam', beam(-2.5, 2.5, -1)),
  stroke(
    'beams-two',
    'two beams',
    'beam',
    `${shifted(0, -0.4, beam(-2.5, 2.5, 0))}${shifted(0, 0.4, beam(-2.5, 2.5, 0))}`,
  ),
  composite('note-quarter-up', 'quarter note, stem up', (glyphs) => note(glyphs, 0, 'up')),
  composite('note-quarter-down', 'quarter note, stem down', (glyphs) => note(glyphs, 0, 'down')),
  composite('note-eighths', 'two beamed eighths', (glyphs) =>
    shifted(
      0,
      1.2,
      `${note(glyphs, -1.6, 'up')}${note(glyphs, 1.6, 'up')}${shifted(STEM_AT, -STEM_LENGTH, beam(-1.6, 1.6, 0))}`,
    ),
  ),
  composite(
    'chord',
    'chord of three notes',
    (glyphs) => `${note(glyphs, 0, 'up')}${[-2, -1].map((y) => glyph(glyphs, 0xe0a4, -STEM_AT, y)).join('')}`,
  ),
  stroke('staff-line', 'one staff line', 'staff line', line([-5, 0], [5, 0], STROKE.staff)),
  stroke(
    'staff',
    'five staff lines',
    'staff line',
    [-2, -1, 0, 1, 2].map((y) => line([-5, y], [5, y], STROKE.staff)).join(''),
  ),
  stroke(
    'ledger-lines',
    'two ledger lines',
    'staff line',
    [-0.5, 0.5].map((y) => line([-0.9, y], [0.9, y], STROKE.ledger)).join(''),
  ),
  stroke('bar-line', 'bar line', 'bar line', line([0, -2], [0, 2], STROKE.bar)),
  stroke(
    'bar-line-double',
    'double bar line',
    'bar line',
    [-0.3, 0.3].map((x) => line([x, -2], [x, 2], STROKE.bar)).join(''),
  ),
  stroke(
    'bar-line-final',
    'final bar line',
    'bar line',
    `${line([-0.5, -2], [-0.5, 2], STROKE.bar)}${line([0.25, -2], [0.25, 2], STROKE.thickBar)}`,
  ),
  stroke('bar-line-long', 'bar line through two staves', 'bar line', line([0, -6], [0, 6], STROKE.bar)),
  stroke('slur', 'slur', 'slur', curve(4, 1.6)),
  stroke('tie', 'tie', 'slur', curve(1.6, 0.6)),
  stroke(
    'hairpin',
    'hairpin',
    'dynamic',
    `${line([-3, 0], [3, -0.6], STROKE.staff)}${line([-3, 0], [3, 0.6], STROKE.staff)}`,
  ),
  ...WORDS.map(([id, name, face, words, size]) => ({
    id,
    name,
    group: 'text' as const,
    draw: () => shifted(-words.length * size * 0.22, size * 0.3, outlineWords(words, face, size)),
  })),
  stroke('edge', 'dark edge of a scan', 'artefact', '<rect x="-1" y="-8" width="2" height="16"/>'),
  stroke(
    'specks',
    'specks of dirt',
    'artefact',
    [
      [-1.5, -0.7],
      [0.4, -1.2],
      [1.3, 0.5],
      [-0.4, 0.9],
      [-1.8, 1.4],
    ]
      .map(([x, y]) => `<circle cx="${String(x)}" cy="${String(y)}" r="0.11"/>`)
      .join(''),
  ),
]

/** Code points of all glyphs on the sheet. */
export const SYMBOL_CODES: readonly number[] = GLYPHS.map(([, , , code]) => code)

function stroke(id: string, name: string, group: SymbolGroup, svg: string): DrawnSymbol {
  return { id, name, group, draw: () => svg }
}

function composite(id: string, name: string, draw: DrawnSymbol['draw']): DrawnSymbol {
  return { id, name, group: 'note', draw }
}

/** A glyph with its origin at (x, y); SMuFL's y grows upwards. */
function glyph(glyphs: MusicGlyphs, code: number, x: number, y: number): string {
  const found = glyphs.get(code)
  if (found === undefined) throw new RangeError(`There is no outline for the sign ${code.toString(16)}.`)
  const scale = SPACES_PER_EM / UNITS_PER_EM
  return `<path transform="translate(${String(x)} ${String(y)}) scale(${String(scale)} ${String(-scale)})" d="${found.outline}"/>`
}

function note(glyphs: MusicGlyphs, x: number, stem: 'up' | 'down'): string {
  const side = stem === 'up' ? STEM_AT : -STEM_AT
  const end = stem === 'up' ? -STEM_LENGTH : STEM_LENGTH
  return `${glyph(glyphs, 0xe0a4, x - STEM_AT, 0)}${line([x + side, 0], [x + side, end], STROKE.stem)}`
}

function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  width: number,
): string {
  return `<path d="M${String(x1)} ${String(y1)}L${String(x2)} ${String(y2)}" stroke="black" stroke-width="${String(width)}" fill="none"/>`
}

/** A slanted bar between two stems: `rise` is how much higher its right end is. */
function beam(from: number, to: number, rise: number): string {
  const half = STROKE.beam / 2
  const points = [
    [from, -half],
    [to, rise - half],
    [to, rise + half],
    [from, half],
  ]
  return `<polygon points="${points.map((point) => point.join(' ')).join(' ')}"/>`
}

function curve(half: number, height: number): string {
  const outer = `M${String(-half)} ${String(height / 2)}C${String(-half / 2)} ${String(-height)} ${String(half / 2)} ${String(-height)} ${String(half)} ${String(height / 2)}`
  const lower = -height + STROKE.slur * 1.4
  const inner = `C${String(half / 2)} ${String(lower)} ${String(-half / 2)} ${String(lower)} ${String(-half)} ${String(height / 2)}Z`
  return `<path d="${outer}${inner}"/>`
}

function shifted(x: number, y: number, svg: string): string {
  return `<g transform="translate(${String(x)} ${String(y)})">${svg}</g>`
}
