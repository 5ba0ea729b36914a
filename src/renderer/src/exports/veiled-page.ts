/** A page with something laid over it, as the page viewer shows it, for exports. */
import type { PictureLevel } from '../components/page-viewer/deep-zoom'
import type { Veil } from '../components/page-viewer/veil'
import { type ExportedPicture, loadImage } from './picture-file'

export interface VeiledPage {
  /** The page at the size at which it is exported. */
  readonly source: PictureLevel | undefined
  /** Of the page in pixels. */
  readonly pageWidth: number
  readonly veil: Veil
}

/** @throws Error when the page's picture cannot be loaded */
export async function veiledPage({ source, pageWidth, veil }: VeiledPage): Promise<ExportedPicture> {
  if (source === undefined) throw new Error('the page is not here yet')
  const page = await loadImage(source.url)
  const laid = await createImageBitmap(veil.picture)
  const { width, height } = source
  const share = width / pageWidth
  return {
    width,
    height,
    draw(context) {
      context.drawImage(page, 0, 0, width, height)
      context.globalAlpha = veil.opacity
      context.imageSmoothingEnabled = true
      context.drawImage(
        laid,
        veil.x * share,
        veil.y * share,
        laid.width * veil.scale * share,
        laid.height * veil.scale * share,
      )
    },
  }
}
