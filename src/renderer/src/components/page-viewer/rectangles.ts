/** Rectangles in whole pixels of a picture: drawn, moved and resized through a view that is zoomed, moved and turned. */
import type { ImageMatrix, PictureSize, Rectangle } from './deep-zoom'

export interface Point {
  readonly x: number
  readonly y: number
}

/** Which side or corner is pulled: −1 the left or upper one, 1 the right or lower one, 0 neither. */
export interface Handle {
  readonly x: -1 | 0 | 1
  readonly y: -1 | 0 | 1
}

/** Corners last, so that they lie over the sides. */
export const HANDLES: readonly Handle[] = [
  { x: 0, y: -1 },
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: -1, y: 0 },
  { x: -1, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 1 },
  { x: -1, y: 1 },
]

/** For what is drawn in the picture's pixels. */
export function svgTransform({ a, b, c, d, e, f }: ImageMatrix): string {
  return `matrix(${[a, b, c, d, e, f].join(' ')})`
}

/** Where a place of the picture lies in the view. */
export function toView(matrix: ImageMatrix, { x, y }: Point): Point {
  return { x: matrix.a * x + matrix.c * y + matrix.e, y: matrix.b * x + matrix.d * y + matrix.f }
}

/** Which place of the picture lies at a point of the view. */
export function toPicture(matrix: ImageMatrix, point: Point): Point {
  return byWay(matrix, { x: point.x - matrix.e, y: point.y - matrix.f })
}

/** A way across the view as a way across the picture. */
export function byWay({ a, b, c, d }: ImageMatrix, way: Point): Point {
  const size = a * d - b * c
  return { x: (d * way.x - c * way.y) / size, y: (a * way.y - b * way.x) / size }
}

/** View pixels for one pixel of the picture. */
export function scaleOf({ a, b }: ImageMatrix): number {
  return Math.hypot(a, b)
}

/** An arrow key's direction in a turned view as a direction on the picture. Degrees clockwise, by quarter turns. */
export function turnedWay({ x, y }: Point, rotation: number): Point {
  const quarters = (((Math.round(rotation / 90) % 4) + 4) % 4) as 0 | 1 | 2 | 3
  const ways = [
    { x, y },
    { x: y, y: -x },
    { x: -x, y: -y },
    { x: -y, y: x },
  ] as const
  // Without negative zeros, which are zeros that compare as something else.
  return { x: ways[quarters].x + 0, y: ways[quarters].y + 0 }
}

/** What lies between two points, within the picture; null where that is less than a pixel either way. */
export function rectangleBetween(one: Point, other: Point, size: PictureSize): Rectangle | null {
  const [left, right] = within(one.x, other.x, size.width)
  const [top, bottom] = within(one.y, other.y, size.height)
  if (right - left < 1 || bottom - top < 1) return null
  return { x: left, y: top, width: right - left, height: bottom - top }
}

function within(one: number, other: number, length: number): readonly [number, number] {
  const inside = (place: number): number => Math.min(length, Math.max(0, Math.round(place)))
  return [inside(Math.min(one, other)), inside(Math.max(one, other))]
}

/** As large as before, as far as the picture reaches. */
export function movedBy(rectangle: Rectangle, way: Point, size: PictureSize): Rectangle {
  const { width, height } = rectangle
  return {
    x: Math.min(size.width - width, Math.max(0, Math.round(rectangle.x + way.x))),
    y: Math.min(size.height - height, Math.max(0, Math.round(rectangle.y + way.y))),
    width,
    height,
  }
}

/** With one side or corner pulled; it stops a pixel before the opposite one and at the picture's edge. */
export function pulledBy(
  rectangle: Rectangle,
  { handle, way }: { readonly handle: Handle; readonly way: Point },
  size: PictureSize,
): Rectangle {
  const across = pulled([rectangle.x, rectangle.width], { side: handle.x, by: way.x }, size.width)
  const down = pulled([rectangle.y, rectangle.height], { side: handle.y, by: way.y }, size.height)
  return { x: across[0], y: down[0], width: across[1], height: down[1] }
}

function pulled(
  [start, length]: readonly [number, number],
  { side, by }: { readonly side: -1 | 0 | 1; readonly by: number },
  most: number,
): readonly [number, number] {
  if (side === 0) return [start, length]
  const end = start + length
  if (side === 1) return [start, Math.min(most, Math.max(start + 1, Math.round(end + by))) - start]
  const first = Math.max(0, Math.min(end - 1, Math.round(start + by)))
  return [first, end - first]
}

/** A third of what is seen, in its middle. */
export function middleOf(seen: Rectangle, size: PictureSize): Rectangle | null {
  const third = { x: seen.width / 6, y: seen.height / 6 }
  const middle = { x: seen.x + seen.width / 2, y: seen.y + seen.height / 2 }
  return rectangleBetween(
    { x: middle.x - third.x, y: middle.y - third.y },
    { x: middle.x + third.x, y: middle.y + third.y },
    size,
  )
}
