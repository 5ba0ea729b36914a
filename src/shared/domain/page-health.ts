/** What one look at a page tells of its health, and its picture for laying it over others. */

export interface PageHealth {
  /** Grey of paper and print in [0, 1]. */
  readonly paper: number
  readonly print: number
  /** Mean ink of the page in [0, 1]. */
  readonly inkShare: number
  /** Share of the page's cells that anything is written in. */
  readonly covered: number
  /** Width of edges in pixels; null on a page without print. */
  readonly edgePixels: number | null
  /** Positive where lines fall to the right; null where there are no lines to tell it by. */
  readonly skewDegrees: number | null
  /** Distance of staff lines in pixels, and how many runs agree; null where there are none. */
  readonly spacePixels: number | null
  readonly agreement: number | null
  /** Staves run down the page. Whether a page stands on its head is not told: nothing measured shows it reliably. */
  readonly sideways: boolean
  /** Null on a page without print. */
  readonly fingerprint: Int8Array | null
}

/** A page straightened and cut to its frame, lines along rows taken out: [height, width], mean 0. */
export interface Portrait {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}
