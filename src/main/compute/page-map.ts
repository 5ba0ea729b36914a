/**
 * One channel over a whole page at full resolution. The page is taken as one large picture, with padding only at its
 * own edges; it is cut into tiles that overlap by more than a unit can see, and of each tile only those units are
 * kept whose receptive field lies within it, so that no seam can be seen.
 */
import type { PageMap, PageMapRequest } from '@shared/compute-api'
import type { Architecture, Layer } from '@shared/domain/architecture'
import { throwIfCancelled } from '@shared/errors'
import { setImmediate } from 'node:timers/promises'
import type { TrainedModel } from './trained-model'

/** What lies outside a page: paper. */
const WHITE = 255
/** Tiles of about so many pixels a side, more where a layer sees far. */
const TILE = 448

/** How one side of a page is cut. All numbers are whole multiples of the network's halvings, so that units coincide. */
export interface Tiling {
  readonly tile: number
  /** Not kept at a tile's inner edges. */
  readonly margin: number
}

/** The side of tiles by which a layer is computed over a page. */
export function tilingOf(architecture: Pick<Architecture, 'blocks'>, layer: Layer): Tiling {
  const period = 2 ** architecture.blocks.length
  const { offset, size, stride } = layer.receptiveField
  const margin = roundUp(Math.max(0, -offset, offset + size - stride), period)
  return { tile: roundUp(Math.max(TILE, 4 * margin), period), margin }
}

/** First pixels of the tiles along a side; the last one ends where the side ends. */
export function tileStarts(side: number, { tile, margin }: Tiling): readonly number[] {
  const starts = [0]
  for (let start = 0; start + tile < side;) {
    start = Math.min(start + tile - 2 * margin, side - tile)
    starts.push(start)
  }
  return starts
}

export interface PageMapContext {
  /** A model whose input is one tile. */
  readonly model: TrainedModel
  readonly layer: Layer
  readonly tiling: Tiling
  readonly period: number
  readonly signal: AbortSignal
}

/** @throws Cancelled */
export async function mapPage(request: PageMapRequest, context: PageMapContext): Promise<PageMap> {
  const { layer, tiling, period, signal } = context
  const page = extend(request, { tile: tiling.tile, period })
  const { stride } = layer.receptiveField
  const width = Math.ceil(request.width / stride)
  const height = Math.ceil(request.height / stride)
  const map = new Float32Array(width * height)
  for (const top of tileStarts(page.height, tiling))
    for (const left of tileStarts(page.width, tiling)) {
      await setImmediate()
      throwIfCancelled(signal)
      const tile = cut(page, { left, top, side: tiling.tile })
      const values = context.model.layer(layer.name, tile)
      keep(values, { ...context, request, page, left, top, map, mapWidth: width, mapHeight: height })
    }
  return { width, height, map }
}

interface GreyPicture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** The page with white paper to the right and below, so that tiles and halvings fit. */
function extend(
  { width, height, pixels }: GreyPicture,
  { tile, period }: { readonly tile: number; readonly period: number },
): GreyPicture {
  const [wide, high] = [width, height].map((side) => Math.max(tile, roundUp(side, period))) as [
    number,
    number,
  ]
  if (wide === width && high === height) return { width, height, pixels }
  const extended = new Uint8Array(wide * high).fill(WHITE)
  for (let row = 0; row < height; row += 1)
    extended.set(pixels.subarray(row * width, (row + 1) * width), row * wide)
  return { width: wide, height: high, pixels: extended }
}

function cut(
  { width, pixels }: GreyPicture,
  { left, top, side }: { readonly left: number; readonly top: number; readonly side: number },
): Uint8Array {
  const tile = new Uint8Array(side * side)
  for (let row = 0; row < side; row += 1) {
    const start = (top + row) * width + left
    tile.set(pixels.subarray(start, start + side), row * side)
  }
  return tile
}

/** Copies the units of a tile that see no further than the tile, or than the page. */
function keep(
  values: Float32Array,
  of: PageMapContext & {
    readonly request: PageMapRequest
    readonly page: GreyPicture
    readonly left: number
    readonly top: number
    readonly map: Float32Array
    readonly mapWidth: number
    readonly mapHeight: number
  },
): void {
  const { layer, tiling, page, left, top, map, mapWidth, mapHeight } = of
  const { stride } = layer.receptiveField
  const units = (start: number, side: number, limit: number): readonly [number, number] => [
    (start === 0 ? 0 : start + tiling.margin) / stride,
    Math.min(limit, (start + tiling.tile - (start + tiling.tile >= side ? 0 : tiling.margin)) / stride),
  ]
  const [firstRow, endRow] = units(top, page.height, mapHeight)
  const [firstColumn, endColumn] = units(left, page.width, mapWidth)
  for (let row = firstRow; row < endRow; row += 1)
    for (let column = firstColumn; column < endColumn; column += 1) {
      const unit = (row - top / stride) * layer.width + (column - left / stride)
      map[row * mapWidth + column] = values[unit * layer.channels + of.request.channel] ?? 0
    }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
