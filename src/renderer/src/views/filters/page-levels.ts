/** The sizes at which a page is fetched: soon, then whole. */
import type { Page } from '@shared/domain/page'
import type { PictureAddress } from '@shared/pictures'
import type { PictureLevel } from '../../components/page-viewer/deep-zoom'

/** A page that opens at once before its full size is there. */
const PREVIEW = 1600

export function pageLevels(page: Page, pictureUrl: (address: PictureAddress) => string): PictureLevel[] {
  const share = Math.min(1, PREVIEW / Math.max(page.width, page.height))
  const full = { url: pictureUrl({ kind: 'page', page: page.id }), width: page.width, height: page.height }
  if (share === 1) return [full]
  const preview = {
    url: pictureUrl({ kind: 'page', page: page.id, side: PREVIEW }),
    width: Math.round(page.width * share),
    height: Math.round(page.height * share),
  }
  return [preview, full]
}
