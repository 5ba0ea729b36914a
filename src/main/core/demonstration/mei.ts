/** A score as an MEI document, the notation that verovio engraves. */
import { soundId, writeVoice } from './mei-voice'
import type { Bar, ClefName, Mark, Ornament, Score, StaffPlan } from './notation'
import type { Beaming } from './traits'

/** Printed at the foot of every page, so that no picture of it can pass for a real score. */
export const SYNTHETIC_NOTICE =
  'Synthetic page: composed by rule, by nobody, for the demonstration of Scorescope.'

const CLEFS: Readonly<Record<ClefName, string>> = {
  treble: 'clef.shape="G" clef.line="2"',
  alto: 'clef.shape="C" clef.line="3"',
  bass: 'clef.shape="F" clef.line="4"',
}

const ORNAMENTS: Readonly<Record<Ornament, string>> = {
  trill: 'trill',
  mordent: 'mordent',
  turn: 'turn',
  arpeggio: 'arpeg',
}

/** Triplets are numbered only where they begin to be used, as engravers do. */
const BARS_WITH_TRIPLET_NUMBERS = 2

/** The whole MEI document. */
export function writeMei(score: Score, beaming: Beaming): string {
  const { key, meter } = score
  const signature = key.fifths === 0 ? '0' : `${String(Math.abs(key.fifths))}${key.fifths > 0 ? 's' : 'f'}`
  const definition = `keysig="${signature}" meter.count="${String(meter.count)}" meter.unit="${String(meter.unit)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.1">',
    `<meiHead><fileDesc><titleStmt><title>${escape(score.title)}</title></titleStmt>`,
    `<pubStmt><p>${escape(SYNTHETIC_NOTICE)}</p></pubStmt></fileDesc></meiHead>`,
    `<music><body><mdiv><score><scoreDef ${definition}>`,
    pageHead(score),
    staffGroups(score.staves),
    '</scoreDef><section>',
    ...score.bars.map((bar, index) => writeBar({ score, bar, index, beaming })),
    '</section></score></mdiv></body></music></mei>',
  ].join('\n')
}

function pageHead({ title, scribe }: Score): string {
  return (
    `<pgHead func="first"><rend halign="center" valign="middle" fontsize="x-large">${escape(title)}</rend>` +
    `<rend halign="right" valign="bottom">${escape(scribe)}</rend></pgHead>` +
    `<pgFoot func="all"><rend halign="center" fontsize="x-small">${escape(SYNTHETIC_NOTICE)}</rend></pgFoot>`
  )
}

/** Two keyboard staves under a brace; what stands above them keeps to itself; four strings under a bracket. */
function staffGroups(staves: readonly StaffPlan[]): string {
  const definitions = staves.map(staffDefinition)
  const keyboard = staves.findIndex(({ role }) => role === 'right')
  if (keyboard < 0) {
    const symbol = staves.length > 1 ? ' symbol="bracket" bar.thru="true"' : ''
    return `<staffGrp${symbol}>${definitions.join('')}</staffGrp>`
  }
  const upper = definitions.slice(0, keyboard).join('')
  const lower = definitions.slice(keyboard).join('')
  const label = upper === '' ? '' : '<label>Piano</label>'
  return `<staffGrp>${upper}<staffGrp symbol="brace" bar.thru="true">${label}${lower}</staffGrp></staffGrp>`
}

function staffDefinition({ clef, label }: StaffPlan, index: number): string {
  const name = label === '' ? '' : `<label>${label}</label>`
  return `<staffDef n="${String(index + 1)}" lines="5" ${CLEFS[clef]}>${name}</staffDef>`
}

interface BarContext {
  readonly score: Score
  readonly bar: Bar
  readonly index: number
  readonly beaming: Beaming
}

/** The id of a bar's measure element. */
export function barId(index: number): string {
  return `bar${String(index)}`
}

function writeBar({ score, bar, index, beaming }: BarContext): string {
  const before = score.bars[index - 1]
  const staves = bar.staves.map((voice, staff) => {
    const content = writeVoice(voice, {
      key: score.key,
      meter: score.meter,
      beaming,
      bar: index,
      staff,
      tiedInto: before?.staves[staff]?.at(-1)?.tied === true,
      showTripletNumbers: index < BARS_WITH_TRIPLET_NUMBERS,
    })
    return `<staff n="${String(staff + 1)}"><layer n="1">${content}</layer></staff>`
  })
  const right = index === score.bars.length - 1 ? ' right="end"' : ''
  const marks = bar.marks.map(writeMark)
  return `<measure xml:id="${barId(index)}" n="${String(index + 1)}"${right}>${staves.join('')}${marks.join('')}</measure>`
}

function writeMark(mark: Mark): string {
  switch (mark.kind) {
    case 'dynamic':
      return `<dynam ${staffAt(mark.staff, mark.beat)} place="${mark.above ? 'above' : 'below'}">${mark.text}</dynam>`
    case 'hairpin':
      return (
        `<hairpin form="${mark.grows ? 'cres' : 'dim'}" place="${mark.above ? 'above' : 'below'}" ` +
        `${staffAt(mark.staff, mark.from)} tstamp2="0m+${String(mark.to)}"/>`
      )
    case 'slur':
      return `<slur startid="#${soundId(mark.from)}" endid="#${soundId(mark.to)}"/>`
    case 'octave':
      return (
        `<octave staff="${String(mark.from.staff + 1)}" dis="8" dis.place="above" ` +
        `startid="#${soundId(mark.from)}" endid="#${soundId(mark.to)}"/>`
      )
    case 'ornament':
      return `<${ORNAMENTS[mark.ornament]} startid="#${soundId(mark.at)}"/>`
    case 'pedal':
      return `<pedal ${staffAt(mark.staff, mark.beat)} dir="${mark.down ? 'down' : 'up'}" place="below"/>`
    case 'tempo':
      return `<tempo ${staffAt(0, mark.beat)} place="above">${escape(mark.text)}</tempo>`
    case 'harmony':
      return `<harm ${staffAt(0, mark.beat)} place="above">${escape(mark.text)}</harm>`
  }
}

function staffAt(staff: number, beat: number): string {
  return `staff="${String(staff + 1)}" tstamp="${String(beat)}"`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
