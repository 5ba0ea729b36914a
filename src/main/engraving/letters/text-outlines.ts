/**
 * Turns the text of verovio's SVG into outlines, so that a page looks the same, to the byte, on a machine with
 * any fonts or none: the rasteriser asks the system for fonts, and a bare server has none.
 * Letters come from roman.ts, italic.ts and bold.ts (see outlines.py); musical signs within text from verovio's own music font.
 */
import { bold } from './bold'
import { italic } from './italic'
import { roman } from './roman'

export type Face = 'roman' | 'italic' | 'bold'
type Glyphs = ReadonlyMap<string, Glyph>

/** An outline in thousandths of the em. */
export interface Glyph {
  readonly outline: string
  readonly advance: number
}

/** Outlines of musical signs by code point; theirs are drawn with y upwards. */
export type MusicGlyphs = ReadonlyMap<number, Glyph>

const UNITS_PER_EM = 1000

/** What verovio's own style sheet says about the groups that hold text. */
const FACE_OF_GROUP: Readonly<Record<string, Face>> = {
  tempo: 'bold',
  ending: 'bold',
  reh: 'bold',
  fing: 'bold',
  dir: 'italic',
  dynam: 'italic',
  mNum: 'italic',
}

const FACES: Readonly<Record<Face, Glyphs>> = {
  roman: readFace(roman),
  italic: readFace(italic),
  bold: readFace(bold),
}

/** Every letter is written as its advance, a space, and its outline. */
function readFace(face: Readonly<Record<string, string>>): Glyphs {
  return new Map(
    Object.entries(face).map(([character, text]) => {
      const space = text.indexOf(' ')
      return [character, { advance: Number(text.slice(0, space)), outline: text.slice(space + 1) }]
    }),
  )
}

/** A stretch of text in one face and size. */
interface Span {
  readonly text: string
  readonly size: number
  readonly face: Face
  readonly music: boolean
}

/** Spans that follow one another from one anchor. */
interface Line {
  readonly x: number
  readonly y: number
  readonly anchor: string
  readonly spans: Span[]
}

const TAG = /<(\/?)([A-Za-z]+)([^>]*?)(\/?)>|([^<]+)/g

/** Replaces every text element by paths. */
export function outlineText(svg: string, music: MusicGlyphs): string {
  const groups: string[] = []
  let output = ''
  let reader: TextReader | null = null
  for (const [whole, closing, name, attributes, empty, content] of svg.matchAll(TAG)) {
    if (content !== undefined) {
      if (reader === null) output += content
      else reader.write(content)
      continue
    }
    if (reader === null && name === 'text' && closing === '') {
      reader = new TextReader(
        FACE_OF_GROUP[groups.findLast((group) => group in FACE_OF_GROUP) ?? ''] ?? 'roman',
      )
    }
    if (reader === null) {
      if (name === 'g' && closing === '/') groups.pop()
      else if (name === 'g' && empty === '') groups.push(attribute(attributes ?? '', 'class') ?? '')
      output += whole
    } else if (closing === '') {
      if (empty === '') reader.open(attributes ?? '')
    } else if (reader.close()) {
      output += reader.lines.map((line) => drawLine(line, music)).join('')
      reader = null
    }
  }
  return output
}

interface TextState {
  readonly size: number
  readonly face: Face
  readonly music: boolean
  readonly anchor: string
}

/** Follows the nesting of tspan elements within one text element. */
class TextReader {
  readonly lines: Line[] = []
  private readonly states: TextState[] = []
  private x = 0
  private y = 0

  constructor(private readonly face: Face) {}

  open(attributes: string): void {
    const outer = this.states.at(-1) ?? { size: 0, face: this.face, music: false, anchor: 'start' }
    const family = attribute(attributes, 'font-family')
    const anchor = attribute(attributes, 'text-anchor') ?? outer.anchor
    this.states.push({
      size: Number.parseFloat(attribute(attributes, 'font-size') ?? String(outer.size)),
      face: faceFrom(attributes) ?? outer.face,
      music: family === undefined ? outer.music : family === 'Leipzig',
      anchor,
    })
    const x = attribute(attributes, 'x')
    const y = attribute(attributes, 'y')
    if (x === undefined && y === undefined) return
    this.x = x === undefined ? this.x : Number(x)
    this.y = y === undefined ? this.y : Number(y)
    this.lines.push({ x: this.x, y: this.y, anchor, spans: [] })
  }

  write(content: string): void {
    const state = this.states.at(-1)
    // Indentation between elements is no text; spaces in a line of words are.
    if (state === undefined || /^\s*\n\s*$/.test(content)) return
    this.lines
      .at(-1)
      ?.spans.push({ text: unescape(content), size: state.size, face: state.face, music: state.music })
  }

  /** True when the text element itself is closed. */
  close(): boolean {
    this.states.pop()
    return this.states.length === 0
  }
}

function faceFrom(attributes: string): Face | undefined {
  if (attribute(attributes, 'font-weight') === 'bold') return 'bold'
  const style = attribute(attributes, 'font-style')
  return style === 'italic' ? 'italic' : style === 'normal' ? 'roman' : undefined
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1]
}

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('\u00a0', ' ')
    .replaceAll('&amp;', '&')
}

interface PlacedGlyph {
  readonly outline: string
  readonly offset: number
  /** Horizontal and vertical scale; musical signs stand on their head otherwise. */
  readonly scale: string
}

/**
 * Words as one SVG path element, from (0, 0) on the base line to the right; `size` is the em in the picture's units.
 * @throws RangeError for a character that the letters lack
 */
export function outlineWords(words: string, face: Face, size: number): string {
  const span = { text: words, size, face, music: false }
  return drawLine({ x: 0, y: 0, anchor: 'start', spans: [span] }, new Map())
}

function drawLine({ x, y, anchor, spans }: Line, music: MusicGlyphs): string {
  const placed: PlacedGlyph[] = []
  let width = 0
  for (const span of spans) {
    const scale = span.size / UNITS_PER_EM
    for (const character of span.text) {
      const { advance, outline } = glyphOf(span, character, music)
      placed.push({
        outline,
        offset: width,
        scale: `${scale.toFixed(4)}, ${(span.music ? -scale : scale).toFixed(4)}`,
      })
      width += advance * scale
    }
  }
  const start = anchor === 'middle' ? x - width / 2 : anchor === 'end' ? x - width : x
  return placed
    .filter(({ outline }) => outline !== '')
    .map(({ outline, offset, scale }) => {
      const place = `translate(${(start + offset).toFixed(1)}, ${y.toFixed(1)}) scale(${scale})`
      return `<path transform="${place}" d="${outline}"/>`
    })
    .join('')
}

function glyphOf(span: Span, character: string, music: MusicGlyphs): Glyph {
  const glyph = span.music ? music.get(character.codePointAt(0) ?? 0) : FACES[span.face].get(character)
  if (glyph === undefined) throw new RangeError(`There is no outline for the character "${character}".`)
  return glyph
}
