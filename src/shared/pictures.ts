/** Pictures are served by id, never by path: `page://picture/<address>` in the window, `/page/<address>` in serve. */
import { AppError } from './errors'

export type PictureAddress =
  /** A small rendering of a page, longest side 320 pixels. */
  | { readonly kind: 'thumbnail'; readonly page: number }
  /** The whole page, longest side at most `side` pixels; without it the full resolution. */
  | { readonly kind: 'page'; readonly page: number; readonly side?: number }
  /** One crop of a sample set at its own size. */
  | { readonly kind: 'crop'; readonly sampleSet: number; readonly index: number }
  /** One picture of a set's probe sheet; 0 is blank. */
  | { readonly kind: 'symbol'; readonly sampleSet: number; readonly index: number }

const NUMBER = /^(0|[1-9][0-9]{0,14})$/

/** thumbnail/12 · page/12 · page/12/1600 · crop/3/41 · symbol/3/7 */
export function formatPicture(address: PictureAddress): string {
  switch (address.kind) {
    case 'thumbnail':
      return `thumbnail/${address.page}`
    case 'page':
      return address.side === undefined ? `page/${address.page}` : `page/${address.page}/${address.side}`
    case 'crop':
    case 'symbol':
      return `${address.kind}/${address.sampleSet}/${address.index}`
  }
}

/** @throws AppError picture/unknown */
export function parsePicture(text: string): PictureAddress {
  const [kind, ...rest] = text.split('/')
  if (rest.every((part) => NUMBER.test(part))) {
    const [first, second] = rest.map(Number)
    if (kind === 'thumbnail' && rest.length === 1 && first !== undefined) return { kind, page: first }
    if (kind === 'page' && rest.length === 1 && first !== undefined) return { kind, page: first }
    if (
      kind === 'page' &&
      rest.length === 2 &&
      first !== undefined &&
      second !== undefined &&
      second >= 16 &&
      second <= 20_000
    )
      return { kind, page: first, side: second }
    if (
      (kind === 'crop' || kind === 'symbol') &&
      rest.length === 2 &&
      first !== undefined &&
      second !== undefined
    )
      return { kind, sampleSet: first, index: second }
  }
  throw AppError.of('picture/unknown', { address: text.slice(0, 100) })
}
