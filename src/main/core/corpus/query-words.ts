/**
 * Searching pages: words that must all occur; `field:word` asks one field, `field:from..to` a range of it; "quotation
 * marks" keep words together; a minus in front asks for pages that do not have it.
 */
import { AppError } from '@shared/errors'

export interface QueryWord {
  /** null asks everywhere. */
  readonly field: string | null
  readonly word: string
  /** Pages that have it are left out. */
  readonly excluded?: true
}

const WORD = /\s*(-(?=[^\s-]))?(?:([^\s":]+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)/y

/** @throws AppError corpus/query-invalid */
export function parseQuery(query: string): readonly QueryWord[] {
  const refuse = (problem: string): AppError => AppError.of('corpus/query-invalid', { query, problem })
  const text = query.trim()
  if ((text.split('"').length - 1) % 2 === 1) throw refuse('a quotation mark is not closed')
  const words: QueryWord[] = []
  for (WORD.lastIndex = 0; WORD.lastIndex < text.length;) {
    const at = WORD.lastIndex
    const match = WORD.exec(text)
    if (match === null) {
      const rest = text.slice(at).trim()
      throw refuse(
        rest.endsWith(':') ? `there is no word after "${rest}"` : `write "${rest}" as words or as field:word`,
      )
    }
    const word = match[3] ?? match[4] ?? ''
    if (match[2] === undefined && word.endsWith(':')) throw refuse(`there is no word after "${word}"`)
    const excluded = match[1] === undefined ? {} : { excluded: true as const }
    if (word.trim() !== '') words.push({ field: match[2] ?? null, word: word.trim(), ...excluded })
  }
  return words
}
