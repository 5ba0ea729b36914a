/** Pictures that were painted pixel by pixel, for exports. */
import type { ExportedPicture } from './picture-file'

/** One picture as it is. */
export function pixelPicture(image: ImageData): ExportedPicture {
  const { width, height } = image
  return {
    width,
    height,
    draw(context) {
      context.putImageData(image, 0, 0)
    },
  }
}

const GAP = 1

/** Equally large pictures in rows, one clear pixel apart. */
export function pixelSheet(images: readonly ImageData[], columns: number): ExportedPicture {
  const [first] = images
  const { width, height } = first ?? { width: 1, height: 1 }
  const used = Math.max(1, Math.min(columns, images.length))
  return {
    width: used * (width + GAP) - GAP,
    height: Math.max(1, Math.ceil(images.length / used)) * (height + GAP) - GAP,
    draw(context) {
      for (const [place, image] of images.entries())
        context.putImageData(image, (place % used) * (width + GAP), Math.floor(place / used) * (height + GAP))
    },
  }
}
