/** From a map's units to pixels of the picture and back: one scale for both axes, y upwards. */

export interface MapView {
  /** What is in the middle of the picture, in the map's units. */
  readonly centreX: number
  readonly centreY: number
  /** Pixels per unit. */
  readonly scale: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Room left around the points when all are shown, as a share of the picture. */
const MARGIN = 0.06
const LARGEST_ZOOM = 400

/** Shows all points. @param coordinates [points, 2] */
export function fitView(coordinates: Float32Array, size: Size): MapView {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let at = 0; at + 1 < coordinates.length; at += 2) {
    const [x, y] = [coordinates[at] ?? 0, coordinates[at + 1] ?? 0]
    left = Math.min(left, x)
    right = Math.max(right, x)
    bottom = Math.min(bottom, y)
    top = Math.max(top, y)
  }
  if (left > right) return { centreX: 0, centreY: 0, scale: 1 }
  const wide = Math.max(right - left, 1e-9)
  const high = Math.max(top - bottom, 1e-9)
  const room = 1 - 2 * MARGIN
  const scale = Math.min((size.width * room) / wide, (size.height * room) / high)
  return { centreX: (left + right) / 2, centreY: (bottom + top) / 2, scale }
}

export function toPixels(view: MapView, size: Size, x: number, y: number): readonly [number, number] {
  return [(x - view.centreX) * view.scale + size.width / 2, size.height / 2 - (y - view.centreY) * view.scale]
}

export function fromPixels(view: MapView, size: Size, x: number, y: number): readonly [number, number] {
  return [(x - size.width / 2) / view.scale + view.centreX, (size.height / 2 - y) / view.scale + view.centreY]
}

/** Moves what is shown by so many pixels. */
export function pan(view: MapView, right: number, down: number): MapView {
  return {
    ...view,
    centreX: view.centreX - right / view.scale,
    centreY: view.centreY + down / view.scale,
  }
}

export interface Zoom {
  readonly factor: number
  /** Stays where it is, in pixels. */
  readonly atX: number
  readonly atY: number
  /** What everything is shown with: nearer than some hundred times that, there is nothing to see. */
  readonly fitted: MapView
}

export function zoom(view: MapView, size: Size, { factor, atX, atY, fitted }: Zoom): MapView {
  const least = fitted.scale / 4
  const most = fitted.scale * LARGEST_ZOOM
  const scale = Math.min(most, Math.max(least, view.scale * factor))
  const [x, y] = fromPixels(view, size, atX, atY)
  return {
    scale,
    centreX: x - (atX - size.width / 2) / scale,
    centreY: y + (atY - size.height / 2) / scale,
  }
}
