/** What is planted in the demo corpus: one table that the composer, the engraver and planted.csv all read. */
import type { StaffSize } from '../../engraving/engraver'

export const IDIOMS = [
  'baroque',
  'classical',
  'romantic',
  'impressionist',
  'ragtime',
  'tin-pan-alley',
  'pop-rock',
] as const

export type Idiom = (typeof IDIOMS)[number]

/** Folder names of the first level; every one says that it is synthetic. */
export const IDIOM_TITLES: Readonly<Record<Idiom, string>> = {
  baroque: 'Baroque idiom (synthetic)',
  classical: 'Classical idiom (synthetic)',
  romantic: 'Romantic idiom (synthetic)',
  impressionist: 'Impressionist idiom (synthetic)',
  ragtime: 'Ragtime idiom (synthetic)',
  'tin-pan-alley': 'Tin Pan Alley idiom (synthetic)',
  'pop-rock': 'Pop-Rock idiom (synthetic)',
}

export type Beaming = 'beamed' | 'flagged'
export type ChordDensity = 'thin' | 'medium' | 'thick'
export type ClefUse = 'treble and bass' | 'with C clef' | 'bass only'
export type DynamicsUse = 'none' | 'sparse' | 'dense'
export type SlurUse = 'none' | 'short' | 'long'

/** How one invented scribe writes. Everything but the idiom varies across idioms, as nearly balanced as 21 allow. */
export interface ScribeTraits {
  readonly scribe: string
  readonly idiom: Idiom
  /** Short notes joined by beams, or each with its own flags. */
  readonly beaming: Beaming
  /** About one or two, three, or four and more notes to a chord. */
  readonly chords: ChordDensity
  /** A voice with words under its notes. */
  readonly lyrics: boolean
  readonly clefs: ClefUse
  /** Dynamics and hairpins: none, about one in four bars, or in every bar. */
  readonly dynamics: DynamicsUse
  /** None, over two or three notes, or over whole bars. */
  readonly slurs: SlurUse
  readonly staffSize: StaffSize
  readonly stavesPerSystem: 1 | 2 | 3 | 4
  /** Tempo words at the start and on the way. */
  readonly tempoText: boolean
}

type Row = readonly [
  Idiom,
  string,
  Beaming,
  ChordDensity,
  'sung' | 'played',
  ClefUse,
  DynamicsUse,
  SlurUse,
  StaffSize,
  1 | 2 | 3 | 4,
  'tempo' | 'silent',
]

/**
 * Found by a search for the least association between any two columns: no pair has a Cramér's V over .32.
 * The beaming, chords, dynamics, slurs and staff size of an idiom's three scribes always differ in the same
 * proportions, so that no idiom can be told by them.
 */
// prettier-ignore
const ROWS: readonly Row[] = [
  ['baroque',       'Balthasar Federkiel','beamed',  'thin',   'played', 'with C clef',     'sparse', 'long',  'large',  4, 'tempo'],
  ['baroque',       'Ignazio Pennafinta', 'flagged', 'thick',  'played', 'bass only',       'none',   'short', 'normal', 2, 'silent'],
  ['baroque',       'Amalie Tintenfass',  'beamed',  'medium', 'sung',   'bass only',       'dense',  'none',  'small',  2, 'tempo'],
  ['classical',     'Leopold Notenstein', 'beamed',  'thick',  'sung',   'with C clef',     'none',   'none',  'normal', 3, 'tempo'],
  ['classical',     'Klothilde Rastral',  'beamed',  'medium', 'played', 'with C clef',     'sparse', 'short', 'small',  1, 'silent'],
  ['classical',     'Anton Zeilenbruch',  'flagged', 'thin',   'played', 'treble and bass', 'dense',  'long',  'large',  2, 'silent'],
  ['romantic',      'Ottilie Wolkenthal', 'beamed',  'thick',  'played', 'with C clef',     'dense',  'short', 'large',  2, 'tempo'],
  ['romantic',      'Casimir Brouillon',  'flagged', 'thin',   'sung',   'treble and bass', 'sparse', 'long',  'small',  3, 'tempo'],
  ['romantic',      'Eduard Mondschatten','beamed',  'medium', 'played', 'treble and bass', 'none',   'none',  'normal', 4, 'silent'],
  ['impressionist', 'Severine Aquarelle', 'beamed',  'thick',  'played', 'bass only',       'dense',  'long',  'large',  3, 'silent'],
  ['impressionist', 'Lucien Demibrume',   'beamed',  'thin',   'sung',   'treble and bass', 'none',   'short', 'small',  2, 'silent'],
  ['impressionist', 'Odette Filigrane',   'flagged', 'medium', 'played', 'bass only',       'sparse', 'none',  'normal', 2, 'tempo'],
  ['ragtime',       'Josiah Inkwell',     'beamed',  'thin',   'played', 'treble and bass', 'dense',  'short', 'normal', 2, 'tempo'],
  ['ragtime',       'Delphine Quaver',    'flagged', 'medium', 'sung',   'with C clef',     'none',   'long',  'large',  2, 'silent'],
  ['ragtime',       'Barnaby Stavely',    'beamed',  'thick',  'played', 'treble and bass', 'sparse', 'none',  'small',  3, 'silent'],
  ['tin-pan-alley', 'Goldie Clefman',     'beamed',  'thick',  'sung',   'treble and bass', 'sparse', 'long',  'normal', 2, 'silent'],
  ['tin-pan-alley', 'Morty Barline',      'flagged', 'thin',   'played', 'with C clef',     'dense',  'none',  'small',  3, 'silent'],
  ['tin-pan-alley', 'Viola Segnoff',      'beamed',  'medium', 'sung',   'treble and bass', 'none',   'short', 'large',  3, 'tempo'],
  ['pop-rock',      'Dex Fermata',        'flagged', 'thick',  'sung',   'treble and bass', 'dense',  'none',  'large',  1, 'tempo'],
  ['pop-rock',      'Roxy Halfstep',      'beamed',  'medium', 'played', 'treble and bass', 'none',   'long',  'small',  3, 'tempo'],
  ['pop-rock',      'Cody Backbeat',      'beamed',  'thin',   'sung',   'bass only',       'sparse', 'short', 'normal', 3, 'silent'],
]

/** The 21 invented scribes, three to an idiom, and all that distinguishes them. */
export const PLANTED: readonly ScribeTraits[] = ROWS.map(
  ([idiom, scribe, beaming, chords, sung, clefs, dynamics, slurs, staffSize, stavesPerSystem, tempo]) => ({
    scribe,
    idiom,
    beaming,
    chords,
    lyrics: sung === 'sung',
    clefs,
    dynamics,
    slurs,
    staffSize,
    stavesPerSystem,
    tempoText: tempo === 'tempo',
  }),
)
