/** Where a page belongs, from its path: style/composer/piece/page, or as the levels of folders were mapped by hand. */
import type { FolderLevel } from '@shared/domain/page'

export interface PagePlace {
  readonly style: string
  readonly composer: string
  readonly piece: string
}

export const UNKNOWN: PagePlace = {
  style: 'Unknown style',
  composer: 'Unknown composer',
  piece: 'Unknown piece',
}

export const GUESSED_LEVELS: readonly FolderLevel[] = ['style', 'composer', 'piece']

/** How files become places: what the folders mean, and what is known of all of them. */
export interface Placing {
  /** What each folder names, from the top; '-' names nothing. Absent: style, composer, piece. */
  readonly levels?: readonly FolderLevel[] | undefined
  /** Goes before what the folders say. */
  readonly place?: { readonly [Level in keyof PagePlace]?: string | undefined } | undefined
}

/**
 * Folders name style, composer and piece from the top; levels that are missing are unknown, and deeper ones belong
 * to the name of the piece: "Sonatas / Op. 1 / No. 2". A file of several pages is a piece of its own where no folder
 * names one.
 */
export function placeOf(
  file: string,
  { levels = GUESSED_LEVELS, place = {} }: Placing = {},
  isPaged = false,
): PagePlace {
  const names = file.split('/')
  const last = names.pop() ?? ''
  const said = { style: [] as string[], composer: [] as string[], piece: [] as string[] }
  for (const [depth, name] of names.entries()) {
    const level = levels[depth] ?? 'piece'
    if (level !== '-') said[level].push(tidy(name))
  }
  const named = (level: keyof PagePlace): string => {
    const given = tidy(place[level] ?? '')
    if (given !== '') return given
    const joined = said[level].filter((name) => name !== '').join(' / ')
    return joined === '' ? UNKNOWN[level] : joined
  }
  const piece = named('piece')
  const ownName = tidy(last.replace(/\.[^.]*$/, ''))
  return {
    style: named('style'),
    composer: named('composer'),
    piece: isPaged && piece === UNKNOWN.piece && ownName !== '' ? ownName : piece,
  }
}

/** Names that look the same are the same, however the file system composes accents. */
export function tidy(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim()
}
