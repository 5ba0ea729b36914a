/** Which points lie under the pointer, within a lasso, or where there is room for a picture. */
import { type MapView, type Size, toPixels } from './map-view'

export type Vertex = readonly [number, number]

/**
 * The point nearest to a place in pixels, −1 where none is within `reach`. Of equally near ones the last, which is
 * painted on top.
 */
export function nearestPoint(
  points: { readonly coordinates: Float32Array; readonly shown: (point: number) => boolean },
  view: MapView,
  size: Size,
  at: { readonly x: number; readonly y: number; readonly reach: number },
): number {
  const { coordinates, shown } = points
  const offsetX = size.width / 2 - view.centreX * view.scale
  const offsetY = size.height / 2 + view.centreY * view.scale
  let best = -1
  let least = at.reach ** 2
  for (let point = 0; point * 2 < coordinates.length; point += 1) {
    const across = (coordinates[point * 2] ?? 0) * view.scale + offsetX - at.x
    const down = offsetY - (coordinates[point * 2 + 1] ?? 0) * view.scale - at.y
    const distance = across * across + down * down
    if (distance <= least && shown(point)) {
      least = distance
      best = point
    }
  }
  return best
}

/** Points within a closed line, given in the map's units (even–odd rule). */
export function pointsInside(coordinates: Float32Array, outline: readonly Vertex[]): readonly number[] {
  const xs = outline.map(([x]) => x)
  const ys = outline.map(([, y]) => y)
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const [bottom, top] = [Math.min(...ys), Math.max(...ys)]
  const inside: number[] = []
  for (let point = 0; point * 2 < coordinates.length; point += 1) {
    const [x, y] = [coordinates[point * 2] ?? 0, coordinates[point * 2 + 1] ?? 0]
    if (x < left || x > right || y < bottom || y > top) continue
    if (isInside(x, y, outline)) inside.push(point)
  }
  return inside
}

function isInside(x: number, y: number, outline: readonly Vertex[]): boolean {
  let inside = false
  for (let at = 0, before = outline.length - 1; at < outline.length; before = at, at += 1) {
    const [x1 = 0, y1 = 0] = outline[at] ?? []
    const [x2 = 0, y2 = 0] = outline[before] ?? []
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  }
  return inside
}

export interface PlacedPicture {
  readonly point: number
  /** Top left, in pixels. */
  readonly x: number
  readonly y: number
}

/** One point for each cell of a grid as wide as a picture, so that pictures do not hide one another. */
export function placePictures(
  points: { readonly coordinates: Float32Array; readonly shown: (point: number) => boolean },
  view: MapView,
  size: Size,
  side: number,
): readonly PlacedPicture[] {
  const cells = new Map<number, PlacedPicture>()
  const across = Math.ceil(size.width / side) + 2
  for (let point = 0; point * 2 < points.coordinates.length; point += 1) {
    const [x, y] = toPixels(
      view,
      size,
      points.coordinates[point * 2] ?? 0,
      points.coordinates[point * 2 + 1] ?? 0,
    )
    if (x < 0 || y < 0 || x >= size.width || y >= size.height || !points.shown(point)) continue
    const cell = Math.floor(y / side) * across + Math.floor(x / side)
    if (!cells.has(cell))
      cells.set(cell, { point, x: Math.floor(x / side) * side, y: Math.floor(y / side) * side })
  }
  return [...cells.values()]
}
