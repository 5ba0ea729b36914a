/** Where a page belongs, from its path: style/composer/piece/page. */

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

/**
 * Folders name style, composer and piece from the top; levels that are missing are unknown, and deeper ones belong
 * to the name of the piece: "Sonatas / Op. 1 / No. 2".
 */
export function placeOf(file: string): PagePlace {
  const [style, composer, ...deeper] = file.split('/').slice(0, -1).map(tidy)
  const piece = deeper.join(' / ')
  return {
    style: style ?? UNKNOWN.style,
    composer: composer ?? UNKNOWN.composer,
    piece: piece === '' ? UNKNOWN.piece : piece,
  }
}

/** Names that look the same are the same, however the file system composes accents. */
export function tidy(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim()
}
