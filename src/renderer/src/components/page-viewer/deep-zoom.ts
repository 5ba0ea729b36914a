/** OpenSeadragon behind a few verbs in image pixels: one picture at several sizes, zoomed, moved and turned. */
import OpenSeadragon from 'openseadragon'
import { turnedWay } from './rectangles'

/** In pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** One size at which a picture can be had. */
export interface PictureLevel extends PictureSize {
  readonly url: string
}

export interface Rectangle extends PictureSize {
  readonly x: number
  readonly y: number
}

/** How image pixels lie in the viewer, as an SVG matrix: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export interface ImageMatrix {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
  readonly f: number
}

/** What is looked at, whatever the picture's size: lengths are shares of its width. */
export interface PictureView {
  /** The place in the middle of the view. */
  readonly x: number
  readonly y: number
  /** Widths of the picture that the view is wide, inverted: 1 where the picture is as wide as the view. */
  readonly zoom: number
}

export interface DeepZoomEvents {
  /** The view moved: overlays follow. */
  readonly moved: (matrix: ImageMatrix) => void
  /** A short click, in image pixels. */
  readonly clicked: (x: number, y: number) => void
  readonly opened: () => void
  readonly failed: () => void
}

const ANIMATION_SECONDS = 0.25
const PAN_SHARE = 0.15

export class DeepZoom {
  readonly #viewer: OpenSeadragon.Viewer
  #size = { width: 1, height: 1 }
  #start: Rectangle | null = null

  constructor(element: HTMLElement, events: DeepZoomEvents) {
    this.#viewer = OpenSeadragon({
      element,
      // WebGL may not read pictures of another origin, which page:// is.
      drawer: 'canvas',
      showNavigationControl: false,
      animationTime: ANIMATION_SECONDS,
      springStiffness: 8,
      maxZoomPixelRatio: 8,
      minZoomImageRatio: 0.6,
      visibilityRatio: 0.4,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true },
      silenceMultiImageWarnings: true,
      // One stop of the Tab key: the component round it.
      tabIndex: -1,
    })
    const moved = (): void => events.moved(this.#matrix())
    this.#viewer.addHandler('update-viewport', moved)
    this.#viewer.addHandler('resize', moved)
    this.#viewer.addHandler('open', () => {
      if (this.#start !== null) this.show(this.#start, true)
      events.opened()
      moved()
    })
    this.#viewer.addHandler('open-failed', events.failed)
    this.#viewer.addHandler('tile-load-failed', (event) => {
      // Loading the picture before may have been broken off by opening this one.
      if (event.tiledImage === this.#image()) events.failed()
    })
    // Keys belong to the component round it.
    this.#viewer.addHandler('canvas-key', (event) => (event.preventDefaultAction = true))
    this.#viewer.addHandler('canvas-click', (event) => {
      if (!event.quick) return
      const point = this.#viewer.viewport.viewerElementToImageCoordinates(event.position)
      events.clicked(point.x, point.y)
    })
  }

  /** Shows another picture; `levels` from small to large, the last is its full size. */
  open(levels: readonly PictureLevel[], start: Rectangle | null): void {
    const largest = levels.at(-1)
    if (largest === undefined) return
    this.#size = largest
    this.#start = start
    this.#viewer.open({
      tileSource: { type: 'legacy-image-pyramid', levels: levels.map((level) => ({ ...level })) },
    })
  }

  /** Brings a part of the picture into view with some room round it. */
  show({ x, y, width, height }: Rectangle, immediately = false): void {
    const room = Math.max(width, height) * 0.75
    const part = new OpenSeadragon.Rect(x - room, y - room, width + 2 * room, height + 2 * room)
    const image = this.#image()
    if (image !== null) this.#viewer.viewport.fitBounds(image.imageToViewportRectangle(part), immediately)
  }

  /** At a point of the view, in its pixels, where one is given: what lies there stays there. */
  zoomBy(factor: number, at?: { readonly x: number; readonly y: number }): void {
    const { viewport } = this.#viewer
    const fixed =
      at === undefined ? undefined : viewport.pointFromPixel(new OpenSeadragon.Point(at.x, at.y), true)
    viewport.zoomBy(factor, fixed).applyConstraints()
  }

  /** Null until the picture is open. */
  get view(): PictureView | null {
    if (this.#image() === null) return null
    const { x, y } = this.#viewer.viewport.getCenter(true)
    return { x, y, zoom: this.#viewer.viewport.getZoom(true) }
  }

  /** At once: for following another view. */
  look({ x, y, zoom }: PictureView): void {
    if (this.#image() === null) return
    this.#viewer.viewport.zoomTo(zoom, undefined, true)
    this.#viewer.viewport.panTo(new OpenSeadragon.Point(x, y), true)
  }

  /** The part of the picture that is in view, in its pixels. Null until it is open. */
  get seen(): Rectangle | null {
    const image = this.#image()
    if (image === null) return null
    const { x, y, width, height } = image.viewportToImageRectangle(
      this.#viewer.viewport.getBounds(true).getBoundingBox(),
    )
    const [left, top] = [Math.max(0, x), Math.max(0, y)]
    return {
      x: left,
      y: top,
      width: Math.min(this.#size.width, x + width) - left,
      height: Math.min(this.#size.height, y + height) - top,
    }
  }

  /** The whole picture. */
  fit(): void {
    this.#viewer.viewport.goHome()
  }

  turnTo(degrees: number): void {
    this.#viewer.viewport.setRotation(degrees)
  }

  /** Moves the view by a share of its size. */
  pan(right: number, down: number): void {
    const { viewport } = this.#viewer
    const { width, height } = viewport.getBounds()
    const way = turnedWay(
      { x: right * width * PAN_SHARE, y: down * height * PAN_SHARE },
      viewport.getRotation(),
    )
    viewport.panBy(new OpenSeadragon.Point(way.x, way.y)).applyConstraints()
  }

  close(): void {
    this.#viewer.destroy()
  }

  /** Null until the picture is open. */
  #image(): OpenSeadragon.TiledImage | null {
    return this.#viewer.world.getItemCount() > 0 ? this.#viewer.world.getItemAt(0) : null
  }

  #matrix(): ImageMatrix {
    const { width, height } = this.#size
    const at = (x: number, y: number): OpenSeadragon.Point => {
      const image = this.#image()
      const point = new OpenSeadragon.Point(x, y)
      return image === null ? point : image.imageToViewerElementCoordinates(point)
    }
    const [origin, right, bottom] = [at(0, 0), at(width, 0), at(0, height)]
    return {
      a: (right.x - origin.x) / width,
      b: (right.y - origin.y) / width,
      c: (bottom.x - origin.x) / height,
      d: (bottom.y - origin.y) / height,
      e: origin.x,
      f: origin.y,
    }
  }
}
