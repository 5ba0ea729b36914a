import { type AcceptanceField, type Refusal, REFUSALS } from '@shared/domain/sampling-rules'
import { nearest, type PlaceVerdicts } from './place-verdicts'

/** Longest side in pixels of what is laid over a page: hatches are as fine as a page on the screen. */
const SIDE = 720

interface Hatch {
  readonly colour: readonly [red: number, green: number, blue: number]
  /** The pixel lies on a line of the hatch. */
  readonly line: (x: number, y: number) => boolean
}

/** Told apart by their lines where colours are not: on white paper, on yellowed paper and over ink. */
const HATCHES: Readonly<Record<Refusal | 'outside', Hatch>> = {
  'too-white': { colour: [11, 100, 128], line: (x, y) => (x + y) % 8 < 2 },
  'too-little-ink': { colour: [140, 40, 130], line: (x, y) => x % 7 < 3 && y % 7 < 3 },
  margin: { colour: [82, 82, 88], line: (_, y) => y % 6 < 2 },
  region: { colour: [190, 76, 0], line: (x, y) => (x + y) % 10 < 2 || (x - y + SIDE * 10) % 10 < 2 },
  /** Where no crop's middle can lie: half a crop along every edge. */
  outside: { colour: [82, 82, 88], line: () => false },
}
const LINE_ALPHA = 150
const TINT_ALPHA = { 'too-white': 46, 'too-little-ink': 46, margin: 46, region: 46, outside: 26 } as const

export interface RefusalVeil {
  readonly picture: ImageData
  /** Page pixels per pixel of the picture. */
  readonly scale: number
}

/** Each place's refusal at its crop's middle, hatched; clear where a crop is accepted. */
export function refusalVeil(field: AcceptanceField, verdicts: PlaceVerdicts): RefusalVeil {
  const scale = Math.max(1, Math.max(field.width, field.height) / SIDE)
  const width = Math.max(1, Math.round(field.width / scale))
  const height = Math.max(1, Math.round(field.height / scale))
  const picture = new ImageData(width, height)
  const columns = placesAlong(field.xs, { size: field.size, scale, length: width })
  const rows = placesAlong(field.ys, { size: field.size, scale, length: height })
  for (let y = 0; y < height; y += 1) {
    const row = rows[y] ?? -1
    for (let x = 0; x < width; x += 1) {
      const column = columns[x] ?? -1
      const inside = row >= 0 && column >= 0
      const refusal = inside ? REFUSALS[verdicts[row * field.xs.length + column] ?? -1] : 'outside'
      if (refusal !== undefined) paintPixel(picture, { x, y }, refusal)
    }
  }
  return { picture, scale }
}

/** A piece of a refusal's hatch, for legends. */
export function refusalSwatch(refusal: Refusal): ImageData {
  const picture = new ImageData(30, 18)
  for (let y = 0; y < picture.height; y += 1)
    for (let x = 0; x < picture.width; x += 1) paintPixel(picture, { x, y }, refusal)
  return picture
}

/** Byte by byte: this is done for every pixel while a slider moves. */
function paintPixel(
  { data, width }: ImageData,
  { x, y }: { readonly x: number; readonly y: number },
  refusal: Refusal | 'outside',
): void {
  const { colour, line } = HATCHES[refusal]
  const at = (y * width + x) * 4
  data[at] = colour[0]
  data[at + 1] = colour[1]
  data[at + 2] = colour[2]
  data[at + 3] = line(x, y) ? LINE_ALPHA : TINT_ALPHA[refusal]
}

/** For each pixel along a side, the place whose crop's middle is nearest; −1 where no middle can lie. */
function placesAlong(
  places: readonly number[],
  { size, scale, length }: { readonly size: number; readonly scale: number; readonly length: number },
): readonly number[] {
  const [first, last] = [places[0], places.at(-1)]
  return Array.from({ length }, (_, pixel) => {
    const corner = (pixel + 0.5) * scale - size / 2
    const between = first !== undefined && last !== undefined && corner >= first && corner <= last + scale
    return between ? nearest(places, corner) : -1
  })
}
