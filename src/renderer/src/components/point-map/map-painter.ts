/** Draws a point map onto its canvas, at most once a frame. */
import { placePictures, type Vertex } from './find-points'
import { type MapView, type Size, toPixels } from './map-view'
import { paintPoints } from './paint-points'

export interface MapScene {
  readonly canvas: HTMLCanvasElement
  /** In CSS pixels. */
  readonly size: Size
  readonly view: MapView
  readonly coordinates: Float32Array
  readonly colours: Uint32Array
  readonly marked: readonly number[]
  readonly pictures: ((point: number) => string) | null
  /** A lasso that is being drawn, in the map's units. */
  readonly outline: readonly Vertex[]
}

const PICTURE_SIDE = 56
const PICTURES_KEPT = 1500
/** Fewer points are drawn larger. */
const RADII = [
  [2_000, 4],
  [20_000, 3],
  [Infinity, 2],
] as const

export class MapPainter {
  private wanted: MapScene | null = null
  private latest: MapScene | null = null
  private image: { readonly data: ImageData; readonly pixels: Uint32Array } | null = null
  private readonly loaded = new Map<string, HTMLImageElement>()

  ask(scene: MapScene): void {
    const waiting = this.wanted !== null
    this.wanted = scene
    this.latest = scene
    if (waiting) return
    requestAnimationFrame(() => {
      const asked = this.wanted
      this.wanted = null
      if (asked !== null) this.paint(asked)
    })
  }

  private paint(scene: MapScene): void {
    const { canvas, size } = scene
    const ratio = globalThis.devicePixelRatio
    const whole = { width: Math.round(size.width * ratio), height: Math.round(size.height * ratio) }
    if (canvas.width !== whole.width || canvas.height !== whole.height) {
      canvas.width = whole.width
      canvas.height = whole.height
      canvas.style.width = `${String(size.width)}px`
      canvas.style.height = `${String(size.height)}px`
    }
    const context = canvas.getContext('2d')
    if (context === null) return
    const large = { ...scene.view, scale: scene.view.scale * ratio }
    const { data, pixels } = this.imageOf(whole)
    pixels.fill(0)
    const radius = Math.round(radiusFor(scene.colours.length) * ratio)
    paintPoints(pixels, whole, large, { coordinates: scene.coordinates, colours: scene.colours, radius })
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.putImageData(data, 0, 0)
    context.scale(ratio, ratio)
    if (scene.pictures !== null) this.drawPictures(context, scene, scene.pictures)
    drawMarks(context, scene)
    drawOutline(context, scene)
  }

  private imageOf({ width, height }: Size): NonNullable<MapPainter['image']> {
    if (this.image?.data.width === width && this.image.data.height === height) return this.image
    const data = new ImageData(width, height)
    this.image = { data, pixels: new Uint32Array(data.data.buffer) }
    return this.image
  }

  private drawPictures(
    context: CanvasRenderingContext2D,
    { coordinates, colours, view, size }: MapScene,
    address: (point: number) => string,
  ): void {
    const shown = (point: number): boolean => (colours[point] ?? 0) !== 0
    const side = PICTURE_SIDE
    for (const { point, x, y } of placePictures({ coordinates, shown }, view, size, side)) {
      const picture = this.picture(address(point))
      if (picture === null) continue
      context.drawImage(picture, x + 2, y + 2, side - 4, side - 4)
      context.strokeStyle = cssColour(colours[point] ?? 0)
      context.lineWidth = 2
      context.strokeRect(x + 2, y + 2, side - 4, side - 4)
    }
  }

  /** Null until it has arrived. */
  private picture(address: string): HTMLImageElement | null {
    const known = this.loaded.get(address)
    if (known !== undefined) return known.complete && known.naturalWidth > 0 ? known : null
    if (this.loaded.size >= PICTURES_KEPT) this.loaded.clear()
    const picture = new Image()
    picture.onload = () => {
      if (this.latest !== null) this.ask(this.latest)
    }
    picture.src = address
    this.loaded.set(address, picture)
    return null
  }
}

function radiusFor(points: number): number {
  return RADII.find(([most]) => points <= most)?.[1] ?? 2
}

function cssColour(packed: number): string {
  return `rgb(${String(packed & 255)} ${String((packed >> 8) & 255)} ${String((packed >> 16) & 255)})`
}

function drawMarks(
  context: CanvasRenderingContext2D,
  { canvas, coordinates, marked, view, size, colours }: MapScene,
): void {
  const { color } = getComputedStyle(canvas)
  for (const point of marked) {
    const [x, y] = toPixels(view, size, coordinates[point * 2] ?? 0, coordinates[point * 2 + 1] ?? 0)
    context.beginPath()
    context.arc(x, y, radiusFor(colours.length) + 4, 0, 2 * Math.PI)
    context.strokeStyle = color
    context.lineWidth = 2
    context.stroke()
  }
}

function drawOutline(context: CanvasRenderingContext2D, { canvas, outline, view, size }: MapScene): void {
  if (outline.length < 2) return
  context.beginPath()
  for (const [x, y] of outline) context.lineTo(...toPixels(view, size, x, y))
  context.closePath()
  context.strokeStyle = getComputedStyle(canvas).color
  context.lineWidth = 1.5
  context.setLineDash([5, 4])
  context.stroke()
  context.setLineDash([])
}
