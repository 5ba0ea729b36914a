import type { ArchitectureDescription, Layer } from '@shared/domain/architecture'
import type { ChartSize } from './chart-frame'

/** A layer as a box: taller for larger maps, wider for more channels. */
export interface LayerBox {
  readonly layer: Layer
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Layers of one size side by side, with what stands under them. */
export interface LayerGroup {
  readonly part: Layer['part']
  readonly boxes: readonly LayerBox[]
  readonly centre: number
  /** e.g. "448×448×16" */
  readonly shape: string
  /** e.g. "3 × 5×5" */
  readonly kernels: string
}

export interface ModelDiagram {
  /** May be wider than what there is: then it scrolls. */
  readonly size: ChartSize
  readonly groups: readonly LayerGroup[]
  /** Where the captions under the boxes start. */
  readonly captionY: number
}

const GAP = { layer: 3, group: 8 } as const
const CAPTIONS = 34
const SMALLEST = { width: 5, height: 14 } as const
/** Small models do not fill the width. */
const WIDEST_BOX = 64
/** Room for the caption of a group. */
const NARROWEST_GROUP = 70

/** The hourglass: encoder, bottleneck and decoder from left to right, scaled to fill the width. */
export function modelDiagram(description: ArchitectureDescription, size: ChartSize): ModelDiagram {
  const groups = groupLayers(description.layers)
  const captionY = size.height - CAPTIONS
  const tallest = Math.max(...description.layers.map((layer) => layer.height))
  const perBreadth = widthPerBreadth(groups, size.width)
  let x = GAP.group / 2
  const placed = groups.map((layers) => {
    const start = x
    const room = groupWidth(layers, perBreadth)
    x += Math.max(0, NARROWEST_GROUP - room) / 2
    const boxes = layers.map((layer) => {
      const width = boxWidth(layer, perBreadth)
      const height = Math.max(SMALLEST.height, Math.sqrt(layer.height / tallest) * (captionY - 8))
      const box = { layer, x, y: (captionY - height) / 2, width, height }
      x += width + GAP.layer
      return box
    })
    const end = start + Math.max(NARROWEST_GROUP, room)
    x = end + GAP.group
    return { boxes, centre: (start + end) / 2, ...captions(layers) }
  })
  return { size: { width: x - GAP.group / 2, height: size.height }, groups: placed, captionY }
}

/** So that all groups fill the width, or more than the width where their captions would not fit otherwise. */
function widthPerBreadth(groups: readonly (readonly Layer[])[], width: number): number {
  const free = width - groups.length * GAP.group
  const fits = (perBreadth: number): boolean =>
    groups.reduce((sum, layers) => sum + Math.max(NARROWEST_GROUP, groupWidth(layers, perBreadth)), 0) <= free
  let [low, high] = [0, WIDEST_BOX / Math.max(...groups.flat().map((layer) => breadth(layer)))]
  for (let round = 0; round < 30; round += 1) {
    const middle = (low + high) / 2
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

function groupWidth(layers: readonly Layer[], perBreadth: number): number {
  const boxes = layers.reduce((sum, layer) => sum + boxWidth(layer, perBreadth), 0)
  return boxes + (layers.length - 1) * GAP.layer
}

function boxWidth(layer: Layer, perBreadth: number): number {
  return Math.max(SMALLEST.width, breadth(layer) * perBreadth)
}

/** Channels differ by orders of magnitude, so breadth grows with their root. */
function breadth(layer: Layer): number {
  return Math.sqrt(layer.channels) + 1
}

function groupLayers(layers: readonly Layer[]): readonly (readonly Layer[])[] {
  const groups: Layer[][] = []
  for (const layer of layers) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    const together =
      before !== undefined &&
      before.kind === layer.kind &&
      before.part === layer.part &&
      before.height === layer.height &&
      before.channels === layer.channels
    if (together) group?.push(layer)
    else groups.push([layer])
  }
  return groups
}

function captions(layers: readonly Layer[]): Pick<LayerGroup, 'part' | 'shape' | 'kernels'> {
  const [first] = layers
  if (first === undefined) return { part: 'encoder', shape: '', kernels: '' }
  const shape = `${first.height}×${first.width}×${first.channels}`
  const kernel = `${first.kernel}×${first.kernel}`
  if (first.kind === 'bottleneck') return { part: first.part, shape, kernels: 'bottleneck' }
  if (first.kind === 'output') return { part: first.part, shape, kernels: `output ${kernel}` }
  return { part: first.part, shape, kernels: `${layers.length} × ${kernel}` }
}
