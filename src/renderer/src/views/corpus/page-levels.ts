/** The sizes at which a page can be had, for the deep zoom. */
import type { Page } from '@shared/domain/page'
import type { PictureAddress } from '@shared/pictures'
import type { PictureLevel } from '../../components/page-viewer/deep-zoom'

/** Longest sides in pixels of the reduced pictures: the first is quick to have, the last sharp on most windows. */
const SIDES = [800, 1800] as const

/** Reduced pictures that are clearly smaller than the page, then the page itself. */
export function pageLevels(
  page: Pick<Page, 'id' | 'width' | 'height'>,
  pictureUrl: (address: PictureAddress) => string,
): readonly PictureLevel[] {
  const longest = Math.max(page.width, page.height)
  const reduced = SIDES.filter((side) => side < longest * 0.8).map((side) => ({
    url: pictureUrl({ kind: 'page', page: page.id, side }),
    width: Math.round((page.width * side) / longest),
    height: Math.round((page.height * side) / longest),
  }))
  const whole = { url: pictureUrl({ kind: 'page', page: page.id }), width: page.width, height: page.height }
  return [...reduced, whole]
}
