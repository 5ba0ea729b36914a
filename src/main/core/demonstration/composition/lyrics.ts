/** Words for the voice: plain ones, strung together by chance, the same in every idiom. */
import type { Chance } from '../chance'
import type { Syllable } from '../notation'

const WORDS = [
  ['o'],
  ['the'],
  ['sun'],
  ['and'],
  ['moon'],
  ['will'],
  ['nev', 'er'],
  ['wan', 'der'],
  ['home'],
  ['un', 'der'],
  ['sil', 'ver'],
  ['leaves'],
  ['a'],
  ['lit', 'tle'],
  ['riv', 'er'],
  ['sings'],
  ['to'],
  ['morn', 'ing'],
  ['light'],
  ['re', 'mem', 'ber'],
  ['me'],
  ['gar', 'den'],
  ['be', 'fore'],
  ['win', 'ter'],
  ['goes'],
  ['with', 'out'],
  ['you'],
  ['for', 'ev', 'er'],
  ['in'],
  ['my'],
  ['win', 'dow'],
  ['ten', 'der', 'ly'],
] as const

/** Gives one syllable after another. */
export class Words {
  private pending: Syllable[] = []
  private lineStarts = true

  constructor(private readonly chance: Chance) {}

  next(): Syllable {
    return this.pending.shift() ?? this.newWord()
  }

  /** The last syllable of all: ends the word that was begun, or is a word by itself. */
  last(): Syllable {
    const text = this.pending.map((syllable) => syllable.text).join('')
    return text === '' ? { text: 'home', place: 's' } : { text, place: 't' }
  }

  /** The next word begins a line of verse. */
  startLine(): void {
    if (this.pending.length === 0) this.lineStarts = true
  }

  private newWord(): Syllable {
    const syllables = this.chance.pick(WORDS)
    const [first, ...rest] = syllables.map((text, place): Syllable => {
      const shown = place === 0 && this.lineStarts ? text.charAt(0).toUpperCase() + text.slice(1) : text
      if (syllables.length === 1) return { text: shown, place: 's' }
      return { text: shown, place: place === 0 ? 'i' : place === syllables.length - 1 ? 't' : 'm' }
    })
    this.lineStarts = false
    this.pending = rest
    if (first === undefined) throw new RangeError('A word has at least one syllable.')
    return first
  }
}
