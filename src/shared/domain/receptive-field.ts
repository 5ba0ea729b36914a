/** Which input pixels a unit of a layer looks at. */

/** Where one unit of a layer looks, in input pixels: unit (r, c) sees [r·stride + offset, … + size). */
export interface ReceptiveField {
  readonly size: number
  readonly stride: number
  /** First input pixel seen by unit 0; negative where the padding is seen. */
  readonly offset: number
}

/** One operation that moves units about: what a receptive field is traced back through. */
export type SpatialStep =
  | { readonly kind: 'convolution'; readonly kernel: number }
  | { readonly kind: 'pool' }
  | { readonly kind: 'upsample' }

/** How an operation changes the distance between neighbouring units, in input pixels. */
const STRIDE = { convolution: 1, pool: 2, upsample: 0.5 } as const

/**
 * The window that a layer's units look at, traced back to the input (Araujo, Norris & Sim 2019, "Computing receptive
 * fields of convolutional neural networks"). After upsampling, neighbouring units start from the same source unit, so
 * their windows differ by phase: the one reported is the smallest that holds every phase's.
 */
export function receptiveField(path: readonly SpatialStep[], period: number): ReceptiveField {
  const stride = path.reduce((stride, step) => stride * STRIDE[step.kind], 1)
  const windows = Array.from({ length: period }, (_, unit) => {
    const [first, last] = traceBack(path, unit)
    return { first: first - unit * stride, last: last - unit * stride }
  })
  const offset = Math.min(...windows.map((window) => window.first))
  return { size: Math.max(...windows.map((window) => window.last)) - offset + 1, stride, offset }
}

/** First and last input pixel, along one axis, that reach a unit at the end of a path. */
function traceBack(path: readonly SpatialStep[], unit: number): readonly [number, number] {
  return path.reduceRight<readonly [number, number]>(
    ([first, last], step) => {
      if (step.kind === 'pool') return [first * 2, last * 2 + 1]
      if (step.kind === 'upsample') return [Math.floor(first / 2), Math.floor(last / 2)]
      // "Same" padding puts the odd pixel of an even kernel after the map, as TensorFlow does.
      const before = Math.floor((step.kernel - 1) / 2)
      return [first - before, last + step.kernel - 1 - before]
    },
    [unit, unit],
  )
}

/** A square of pixels; may reach over the picture's edge where padding is seen. */
export interface PixelWindow {
  readonly x: number
  readonly y: number
  readonly size: number
}

/** Where a unit looks, in pixels of the crop (not of the reduced input). */
export function receptiveFieldInCrop(
  field: ReceptiveField,
  unit: { readonly row: number; readonly column: number },
  reduction: number,
): PixelWindow {
  return {
    x: (unit.column * field.stride + field.offset) * reduction,
    y: (unit.row * field.stride + field.offset) * reduction,
    size: field.size * reduction,
  }
}
