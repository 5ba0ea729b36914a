/** A page with a channel's activation laid over it, for exports. */
import type { PageActivation } from '@shared/domain/feature'
import type { Page } from '@shared/domain/page'
import type { PictureLevel } from '../../components/page-viewer/deep-zoom'
import { type ExportedPicture, loadImage } from '../../exports/picture-file'

export interface VeiledPage {
  readonly source: PictureLevel | undefined
  readonly page: Page
  readonly activation: PageActivation
  readonly veil: ImageData
  readonly opacity: number
}

/** @throws Error when the page's picture cannot be loaded */
export async function veiledPage({
  source,
  page,
  activation,
  veil,
  opacity,
}: VeiledPage): Promise<ExportedPicture> {
  if (source === undefined) throw new Error('the page is not here yet')
  const picture = await loadImage(source.url)
  const map = await createImageBitmap(veil)
  const { width, height } = source
  const share = width / page.width
  const unit = activation.pixelsPerUnit * share
  return {
    width,
    height,
    draw(context) {
      context.drawImage(picture, 0, 0, width, height)
      context.globalAlpha = opacity
      context.imageSmoothingEnabled = true
      context.drawImage(
        map,
        activation.offsetX * share,
        activation.offsetY * share,
        activation.width * unit,
        activation.height * unit,
      )
    },
  }
}
