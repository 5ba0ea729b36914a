/** What the demo corpus plants, and that it stands in the notation. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compose } from '../../src/main/core/demonstration/composition/compose'
import { RULES } from '../../src/main/core/demonstration/composition/rules'
import { Chance } from '../../src/main/core/demonstration/chance'
import { writeMei, SYNTHETIC_NOTICE } from '../../src/main/core/demonstration/mei'
import {
  barTicks,
  HALF,
  QUARTER,
  SIXTEENTH,
  writtenValue,
  type Score,
  type Sound,
} from '../../src/main/core/demonstration/notation'
import { chordPitch, chordSymbol, signatureAlter, tonicStep } from '../../src/main/core/demonstration/pitch'
import { IDIOM_TITLES, IDIOMS, PLANTED, type ScribeTraits } from '../../src/main/core/demonstration/traits'

const BARS = 16

function composed(traits: ScribeTraits, seed = 1): Score {
  return compose({ traits, number: 1, bars: BARS, chance: new Chance(seed, traits.scribe) })
}

function mei(traits: ScribeTraits, seed = 1): string {
  return writeMei(composed(traits, seed), traits.beaming)
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Cramér's V of two columns: 0 for no association, 1 for complete association. */
function cramersV(a: readonly string[], b: readonly string[]): number {
  const [rows, columns] = [[...new Set(a)], [...new Set(b)]]
  const chiSquare = rows
    .flatMap((row) => columns.map((column) => [row, column] as const))
    .map(([row, column]) => {
      const observed = a.filter((value, index) => value === row && b[index] === column).length
      const expected =
        (a.filter((value) => value === row).length * b.filter((value) => value === column).length) / a.length
      return (observed - expected) ** 2 / expected
    })
    .reduce((sum, value) => sum + value, 0)
  return Math.sqrt(chiSquare / a.length / (Math.min(rows.length, columns.length) - 1))
}

describe('the planted table', () => {
  it('has three invented scribes for each of seven idioms', () => {
    expect(PLANTED).toHaveLength(21)
    expect(new Set(PLANTED.map(({ scribe }) => scribe)).size).toBe(21)
    for (const idiom of IDIOMS) expect(PLANTED.filter((traits) => traits.idiom === idiom)).toHaveLength(3)
  })

  it('says of every idiom that it is synthetic', () => {
    for (const idiom of IDIOMS) expect(IDIOM_TITLES[idiom]).toContain('(synthetic)')
  })

  it('keeps the planted traits nearly independent of one another', () => {
    const names = [
      'beaming',
      'chords',
      'lyrics',
      'clefs',
      'dynamics',
      'slurs',
      'staffSize',
      'stavesPerSystem',
      'tempoText',
    ] as const
    const column = (name: (typeof names)[number]) => PLANTED.map((traits) => String(traits[name]))
    for (const [index, first] of names.entries()) {
      for (const second of names.slice(index + 1)) {
        expect(cramersV(column(first), column(second)), `${first} and ${second}`).toBeLessThan(0.33)
      }
    }
  })

  it.each(['beaming', 'chords', 'dynamics', 'slurs', 'staffSize'] as const)(
    'has the same mix of %s in every idiom',
    (name) => {
      const mixes = IDIOMS.map((idiom) =>
        PLANTED.filter((traits) => traits.idiom === idiom)
          .map((traits) => traits[name])
          .sort()
          .join(),
      )
      expect(new Set(mixes).size).toBe(1)
    },
  )
})

describe.each(PLANTED.map((traits) => [traits.scribe, traits] as const))(
  'the notation of %s',
  (_, traits) => {
    const notation = mei(traits)

    it('is beamed or flagged as planted, with enough short notes to see which', () => {
      const lengths = composed(traits)
        .bars.flatMap(({ staves }) => staves.flat())
        .map(({ ticks }) => ticks)
      expect(lengths.filter((ticks) => ticks < QUARTER).length / lengths.length).toBeGreaterThan(0.2)
      if (traits.beaming === 'flagged') expect(notation).not.toContain('<beam')
      else expect(count(notation, /<beam>/g)).toBeGreaterThan(BARS / 2)
    })

    it('has words only if sung', () => {
      expect(notation.includes('<syl')).toBe(traits.lyrics)
    })

    it('has the planted clefs and staves', () => {
      const clefs = [...notation.matchAll(/clef\.shape="(.)"/g)].map(([, shape]) => shape)
      expect(clefs).toHaveLength(traits.stavesPerSystem)
      if (traits.clefs === 'bass only') expect(new Set(clefs)).toEqual(new Set(['F']))
      else expect(clefs.includes('C')).toBe(traits.clefs === 'with C clef')
    })

    it('has dynamics and hairpins as planted', () => {
      const dynamics = count(notation, /<dynam /g)
      const hairpins = count(notation, /<hairpin /g)
      if (traits.dynamics === 'none') expect(dynamics + hairpins).toBe(0)
      if (traits.dynamics === 'sparse') expect([dynamics, hairpins]).toEqual([BARS / 4, 0])
      if (traits.dynamics === 'dense') expect(hairpins).toBeGreaterThanOrEqual(BARS - 1)
    })

    it('has slurs and tempo words as planted', () => {
      expect(notation.includes('<slur')).toBe(traits.slurs !== 'none')
      expect(notation.includes('<tempo')).toBe(traits.tempoText)
    })

    it('carries the notice that it is synthetic', () => {
      expect(notation).toContain(`>${SYNTHETIC_NOTICE}</rend></pgFoot>`)
    })
  },
)

/** Of all sounds of an idiom's three scribes. */
function shareOf(idiom: ScribeTraits['idiom'], is: (sound: Sound) => boolean): number {
  const sounds = PLANTED.filter((traits) => traits.idiom === idiom)
    .flatMap((traits) => composed(traits).bars.slice(0, -1))
    .flatMap(({ staves }) => staves.flat())
  return sounds.filter(is).length / sounds.length
}

describe('the planted idioms', () => {
  const strongest = (is: (sound: Sound) => boolean) =>
    [...IDIOMS].sort((a, b) => shareOf(b, is) - shareOf(a, is))[0]

  it('differ in how long notes last: baroque runs, impressionism holds', () => {
    expect(strongest(({ ticks }) => ticks === SIXTEENTH)).toBe('baroque')
    expect(strongest(({ ticks, pitches }) => ticks >= HALF && pitches.length > 0)).toBe('impressionist')
  })

  it('differ in texture: octaves in ragtime, silence in the classical idiom', () => {
    expect(strongest(({ pitches }) => (pitches.at(-1)?.line ?? 0) - (pitches[0]?.line ?? 0) === 7)).toBe(
      'ragtime',
    )
    expect(strongest(({ pitches }) => pitches.length === 0)).toBe('classical')
  })

  it.each([
    ['pedal signs', /<pedal /, ['romantic']],
    ['rolled chords', /<arpeg /, ['impressionist']],
    ['mordents and trills', /<(mordent|trill) /, ['baroque']],
    ['turns', /<turn /, ['classical']],
    ['chord symbols', /<harm /, ['tin-pan-alley', 'pop-rock']],
  ] as const)('have %s each where they belong, and nowhere else', (_, sign, idioms) => {
    const having = PLANTED.filter((traits) => sign.test(mei(traits))).map(({ idiom }) => idiom)
    expect([...new Set(having)]).toEqual([...idioms])
  })

  it('are set close, as usual or with air', () => {
    const spacings = IDIOMS.map((idiom) => `${idiom} ${RULES[idiom].spacing}`)
    expect(spacings).toEqual([
      'baroque close',
      'classical usual',
      'romantic usual',
      'impressionist airy',
      'ragtime close',
      'tin-pan-alley airy',
      'pop-rock usual',
    ])
  })
})

describe('composing', () => {
  it('writes more notes to a chord for thick scribes than for medium and thin ones', () => {
    const notesPerChord = (density: ScribeTraits['chords']): number =>
      mean(
        PLANTED.filter(({ chords }) => chords === density).flatMap((traits) =>
          composed(traits).bars.flatMap(({ staves }) =>
            staves.flatMap((voice) =>
              voice.map(({ pitches }) => pitches.length).filter((notes) => notes > 0),
            ),
          ),
        ),
      )
    expect(notesPerChord('thin')).toBeLessThan(notesPerChord('medium'))
    expect(notesPerChord('medium')).toBeLessThan(notesPerChord('thick'))
  })

  it('fills every bar of every staff with writable notes, whatever the seed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLANTED), fc.integer(), (traits, seed) => {
        const score = composed(traits, seed)
        for (const { staves } of score.bars) {
          for (const voice of staves) {
            expect(voice.reduce((sum, { ticks }) => sum + ticks, 0)).toBe(barTicks(score.meter))
            for (const { ticks } of voice) writtenValue(ticks)
          }
        }
      }),
      { numRuns: 100, seed: 1 },
    )
  })

  it('writes no pitch twice in a chord and lists chords from the lowest note, whatever the seed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLANTED), fc.integer(), (traits, seed) => {
        for (const { staves } of composed(traits, seed).bars) {
          for (const { pitches } of staves.flat()) {
            const lines = pitches.map(({ line }) => line)
            expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b))
          }
        }
      }),
      { numRuns: 60, seed: 2 },
    )
  })

  it('gives the same notation for the same seed and another for another', () => {
    for (const traits of PLANTED.slice(0, 7)) {
      expect(mei(traits, 5)).toBe(mei(traits, 5))
      expect(mei(traits, 5)).not.toBe(mei(traits, 6))
    }
  })

  it('begins a longer piece with the bars of a shorter one', () => {
    for (const traits of PLANTED) {
      const order = { traits, number: 1 }
      const short = compose({ ...order, bars: 6, chance: new Chance(3, 'a') })
      const long = compose({ ...order, bars: 12, chance: new Chance(3, 'a') })
      expect(long.bars.slice(0, 5)).toEqual(short.bars.slice(0, 5))
    }
  })
})

describe('pitches', () => {
  const dFlatMajor = { fifths: -5, minor: false }
  const eMinor = { fifths: 1, minor: true }

  it('take their alterations from the key signature', () => {
    expect(tonicStep(dFlatMajor)).toBe(1)
    expect(tonicStep(eMinor)).toBe(2)
    expect([28, 29, 30, 31, 32, 33, 34].map((line) => signatureAlter(dFlatMajor, line))).toEqual([
      0, -1, -1, 0, -1, -1, -1,
    ])
    expect([28, 29, 30, 31, 32, 33, 34].map((line) => signatureAlter(eMinor, line))).toEqual([
      0, 0, 0, 1, 0, 0, 0,
    ])
  })

  it('raise the third of a dominant and the leading note of a minor key', () => {
    const five = { degree: 4, size: 4, dominant: false } as const
    expect(chordPitch(eMinor, five, 29)).toEqual({ line: 29, alter: 1 })
    const secondary = { degree: 1, size: 4, dominant: true } as const
    expect(chordPitch({ fifths: 0, minor: false }, secondary, 31)).toEqual({ line: 31, alter: 1 })
  })

  it('name their chords', () => {
    expect(chordSymbol({ fifths: -2, minor: false }, { degree: 0, size: 3, dominant: false })).toBe('B♭')
    expect(chordSymbol({ fifths: 3, minor: false }, { degree: 5, size: 4, dominant: false })).toBe('F♯m7')
    expect(chordSymbol(eMinor, { degree: 4, size: 3, dominant: false })).toBe('B')
    expect(chordSymbol({ fifths: 0, minor: false }, { degree: 6, size: 3, dominant: false })).toBe('B°')
  })
})
