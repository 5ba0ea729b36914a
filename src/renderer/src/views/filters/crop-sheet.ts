/** Crops with their patches as one picture and as a table, for exports. */
import type { PlacedTop } from '@shared/domain/feature'
import { type ExportedPicture, loadImage } from '../../exports/picture-file'
import type { ExportedTable } from '../../exports/table-file'

const COLUMNS = 5
const SIDE = 240
const GAP = 10
const TEXT = 15

export interface CropSheetLook {
  readonly cropSize: number
  readonly cropUrl: (index: number) => string
}

/** Crops in rows, each with its patch outlined and its activation under it. */
export async function cropSheet(
  tops: readonly PlacedTop[],
  { cropSize, cropUrl }: CropSheetLook,
): Promise<ExportedPicture> {
  const pictures = await Promise.all(tops.map((top) => loadImage(cropUrl(top.index))))
  const rows = Math.max(1, Math.ceil(tops.length / COLUMNS))
  const pitch = SIDE + TEXT + GAP
  return {
    width: COLUMNS * (SIDE + GAP) - GAP,
    height: rows * pitch - GAP,
    draw(context) {
      for (const [place, top] of tops.entries()) {
        const picture = pictures[place]
        if (picture === undefined) continue
        const left = (place % COLUMNS) * (SIDE + GAP)
        const upper = Math.floor(place / COLUMNS) * pitch
        drawCrop(context, picture, { top, left, upper, scale: SIDE / cropSize })
      }
    },
  }
}

interface Spot {
  readonly top: PlacedTop
  readonly left: number
  readonly upper: number
  readonly scale: number
}

function drawCrop(
  context: CanvasRenderingContext2D,
  picture: HTMLImageElement,
  { top, left, upper, scale }: Spot,
): void {
  context.save()
  context.beginPath()
  context.rect(left, upper, SIDE, SIDE)
  context.clip()
  context.drawImage(picture, left, upper, SIDE, SIDE)
  context.strokeStyle = '#c85000'
  context.lineWidth = 2.5
  context.strokeRect(left + top.x * scale, upper + top.y * scale, top.size * scale, top.size * scale)
  context.restore()
  context.strokeStyle = '#a8a29e'
  context.lineWidth = 1
  context.strokeRect(left + 0.5, upper + 0.5, SIDE - 1, SIDE - 1)
  context.fillStyle = '#1c1917'
  context.font = '12px sans-serif'
  context.fillText(
    `${Number(top.activation.toPrecision(3))}  ${top.composer}, p. ${top.pageNumber}`,
    left,
    upper + SIDE + TEXT - 3,
    SIDE,
  )
}

/** Where every crop and its patch lie. */
export function cropTable(tops: readonly PlacedTop[]): ExportedTable {
  return {
    columns: [
      'crop',
      'activation',
      'style',
      'composer',
      'piece',
      'page',
      'file',
      'patch x on page',
      'patch y on page',
      'patch size',
    ],
    rows: tops.map((top) => [
      top.index,
      top.activation,
      top.style,
      top.composer,
      top.piece,
      top.pageNumber,
      top.file,
      top.pageX,
      top.pageY,
      top.size,
    ]),
  }
}
