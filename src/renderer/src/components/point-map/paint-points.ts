/**
 * Paints a hundred thousand points in a few milliseconds without a graphics card: each is a small disc written
 * straight into the picture's pixels. Why not WebGL: docs/decisions/0013-point-map.md.
 */
import type { MapView, Size } from './map-view'

export interface PaintedPoints {
  /** [points, 2] in the map's units. */
  readonly coordinates: Float32Array
  /** 0xAABBGGRR, as pixels lie in memory on every machine that Scorescope runs on. */
  readonly colours: Uint32Array
  /** In pixels of the picture. */
  readonly radius: number
}

/** Offsets of a disc's pixels from its middle, row by row, as runs: [row, from, to]. */
type Disc = readonly (readonly [number, number, number])[]

const discs = new Map<number, Disc>()

function discOf(radius: number): Disc {
  const known = discs.get(radius)
  if (known !== undefined) return known
  const disc: [number, number, number][] = []
  for (let row = -Math.floor(radius); row <= radius; row += 1) {
    const half = Math.floor(Math.sqrt(Math.max(0, radius ** 2 + 0.5 - row ** 2)))
    disc.push([row, -half, half])
  }
  discs.set(radius, disc)
  return disc
}

/** @param pixels of a picture of this size, as they are kept by ImageData; later points lie above earlier ones. */
export function paintPoints(pixels: Uint32Array, size: Size, view: MapView, points: PaintedPoints): void {
  const { coordinates, colours } = points
  const disc = discOf(points.radius)
  const { width, height } = size
  const { scale } = view
  const offsetX = width / 2 - view.centreX * scale
  const offsetY = height / 2 + view.centreY * scale
  const reach = Math.ceil(points.radius)
  for (let point = 0; point < colours.length; point += 1) {
    const colour = colours[point] ?? 0
    if (colour === 0) continue
    const x = Math.round((coordinates[point * 2] ?? 0) * scale + offsetX)
    const y = Math.round(offsetY - (coordinates[point * 2 + 1] ?? 0) * scale)
    if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue
    const middle = y * width + x
    for (const [row, from, to] of disc) {
      const start = middle + row * width
      pixels.fill(colour, start + from, start + to + 1)
    }
  }
}

/** #rrggbb with an opacity in [0,1] over a background, as one opaque pixel. */
export function packColour(hex: string, opacity = 1, background = '#000000'): number {
  const [red, green, blue] = channelsOf(hex)
  const [under, behind, below] = channelsOf(background)
  const mix = (over: number, base: number): number => Math.round(over * opacity + base * (1 - opacity))
  return ((0xff << 24) | (mix(blue, below) << 16) | (mix(green, behind) << 8) | mix(red, under)) >>> 0
}

function channelsOf(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}
