/** Verovio, loaded once: MEI in, pages as SVG out. */
import type { Glyph, MusicGlyphs } from './letters/text-outlines'

/** The part of verovio's toolkit that is used here. */
interface Toolkit {
  setOptions(options: Readonly<Record<string, unknown>>): void
  loadData(data: string): boolean
  getPageCount(): number
  getPageWithElement(id: string): number
  renderToSVG(page: number): string
  getLog(): string
  destroy(): void
}

export type StaffSize = 'small' | 'normal' | 'large'

/** Half the distance between two staff lines, in tenths of a millimetre: 9 is the usual 7.2 mm staff. */
const UNITS: Readonly<Record<StaffSize, number>> = { small: 7.5, normal: 9, large: 10.5 }

/** A4 in tenths of a millimetre, with the margins of a printed edition. */
const PAGE = {
  pageWidth: 2100,
  pageHeight: 2970,
  pageMarginTop: 130,
  pageMarginBottom: 110,
  pageMarginLeft: 140,
  pageMarginRight: 140,
}

const OPTIONS = {
  ...PAGE,
  breaks: 'auto',
  header: 'encoded',
  footer: 'encoded',
  usePgFooterForAll: true,
  justifyVertically: true,
  justificationMaxVertical: 0.1,
  minLastJustification: 0.4,
  bottomMarginHeader: 4,
  svgViewBox: true,
  svgRemoveXlink: true,
  smuflTextFont: 'none',
  fontTextLiberation: true,
  font: 'Leipzig',
  mnumInterval: 0,
  xmlIdSeed: 1,
  staffLineWidth: 0.24,
  stemWidth: 0.25,
  barLineWidth: 0.35,
  ledgerLineThickness: 0.3,
  spacingStaff: 10,
  spacingBraceGroup: 10,
  spacingBracketGroup: 10,
  spacingNonLinear: 0.55,
} as const

/** How much room an edition gives its music, along the staff and between systems. */
export type Spacing = 'close' | 'usual' | 'airy'

const SPACINGS: Readonly<
  Record<Spacing, { readonly spacingLinear: number; readonly spacingSystem: number }>
> = {
  close: { spacingLinear: 0.17, spacingSystem: 2 },
  usual: { spacingLinear: 0.22, spacingSystem: 3 },
  airy: { spacingLinear: 0.32, spacingSystem: 6 },
}

/** One loaded score, laid out on pages. */
export interface Layout {
  readonly pages: number
  /** The page, counted from 1, that holds an element; 0 where none does. */
  pageOf(id: string): number
  svg(page: number): string
}

export interface Engraver {
  /** Lays out a score; what was laid out before is gone. @throws Error where verovio refuses the notation */
  layOut(mei: string, staffSize: StaffSize, spacing?: Spacing): Layout
  /** Signs that occur within text. */
  readonly musicGlyphs: MusicGlyphs
  /** Outlines of musical signs by SMuFL code point; what was laid out before is gone. @throws Error for a sign that the font lacks */
  glyphs(codes: readonly number[]): MusicGlyphs
  /** Frees the toolkit; nothing can be laid out afterwards. */
  close(): void
}

/** Loads verovio's WebAssembly, which takes about a quarter of a second. */
export async function loadEngraver(): Promise<Engraver> {
  const [{ default: createModule }, { VerovioToolkit, enableLog, LOG_ERROR }] = await Promise.all([
    import('verovio/wasm'),
    import('verovio/esm'),
  ])
  const module = await createModule()
  enableLog(LOG_ERROR, module)
  const toolkit: Toolkit = new VerovioToolkit(module)
  const layOut = (mei: string, staffSize: StaffSize, spacing: Spacing = 'usual'): Layout => {
    toolkit.setOptions({ ...OPTIONS, ...SPACINGS[spacing], unit: UNITS[staffSize] })
    if (!toolkit.loadData(mei)) throw new Error(`Verovio could not read the notation: ${toolkit.getLog()}`)
    return {
      pages: toolkit.getPageCount(),
      pageOf: (id) => toolkit.getPageWithElement(id),
      svg: (page) => toolkit.renderToSVG(page),
    }
  }
  return {
    layOut,
    musicGlyphs: readGlyphs(layOut, SIGNS_IN_TEXT),
    glyphs: (codes) => readGlyphs(layOut, codes),
    close: () => {
      toolkit.destroy()
    },
  }
}

/** Signs that occur within text, by SMuFL code point: flat and sharp of chord symbols. */
const SIGNS_IN_TEXT = [0xea64, 0xea66]
/** Their width with a little air, in thousandths of the em. */
const ADVANCE_OF_SIGN = 200

/**
 * Verovio draws signs within text with a web font that the rasteriser cannot read. The same signs drawn as
 * ornaments come as outlines, and are taken from there.
 */
function readGlyphs(
  layOut: (mei: string, staffSize: StaffSize) => Layout,
  codes: readonly number[],
): MusicGlyphs {
  const ornaments = codes.map(
    (code, index) =>
      `<mordent startid="#n${String(index)}" glyph.auth="smufl" glyph.num="U+${code.toString(16).toUpperCase()}"/>`,
  )
  const notes = codes.map((_, index) => `<note xml:id="n${String(index)}" dur="4" pname="c" oct="5"/>`)
  const svg = layOut(
    '<mei xmlns="http://www.music-encoding.org/ns/mei"><music><body><mdiv><score><scoreDef><staffGrp>' +
      '<staffDef n="1" lines="5" clef.shape="G" clef.line="2"/></staffGrp></scoreDef><section><measure>' +
      `<staff n="1"><layer n="1">${notes.join('')}</layer></staff>${ornaments.join('')}` +
      '</measure></section></score></mdiv></body></music></mei>',
    'normal',
  ).svg(1)
  return new Map(codes.map((code) => [code, glyphIn(svg, code)]))
}

function glyphIn(svg: string, code: number): Glyph {
  const name = code.toString(16).toUpperCase()
  const outline = new RegExp(`<g id="${name}-[^>]*>\\s*<path[^>]* d="([^"]+)"`).exec(svg)?.[1]
  if (outline === undefined) throw new Error(`Verovio gave no outline for the sign ${name}.`)
  return { outline, advance: ADVANCE_OF_SIGN }
}
