/** Keys that move and resize the chosen region: arrows, as the page is turned. */
import type { PictureSize, Rectangle } from '../../components/page-viewer/deep-zoom'
import { movedBy, type Point, pulledBy, turnedWay } from '../../components/page-viewer/rectangles'

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}

/** Two pixels of the view at whatever zoom, but at least one of the page; with Shift ten times as far. */
const STEP_IN_VIEW = 2
const LONG_STEP = 10

export interface RegionView {
  readonly size: PictureSize
  /** Degrees clockwise. */
  readonly rotation: number
  /** View pixels for one pixel of the page. */
  readonly scale: number
}

type Keys = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>

export const isArrow = ({ key }: Pick<KeyboardEvent, 'key'>): boolean => key in ARROWS

/** Where the region is after a key: with Ctrl, Cmd or Alt its right or lower side moves. Null for another key. */
export function afterKey(place: Rectangle, keys: Keys, view: RegionView): Rectangle | null {
  const arrow = ARROWS[keys.key]
  if (arrow === undefined) return null
  const step = Math.max(1, Math.round(STEP_IN_VIEW / view.scale)) * (keys.shiftKey ? LONG_STEP : 1)
  const way = turnedWay({ x: arrow.x * step, y: arrow.y * step }, view.rotation)
  if (!keys.ctrlKey && !keys.metaKey && !keys.altKey) return movedBy(place, way, view.size)
  const side = turnedWay({ x: Math.abs(arrow.x), y: Math.abs(arrow.y) }, view.rotation)
  return pulledBy(place, { handle: { x: signOf(side.x), y: signOf(side.y) }, way }, view.size)
}

function signOf(length: number): -1 | 0 | 1 {
  if (length === 0) return 0
  return length < 0 ? -1 : 1
}
