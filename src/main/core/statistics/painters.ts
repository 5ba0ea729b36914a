/** Baselines as painters of crops: what a score of the model is compared with. */
import type { Predictor } from '@shared/domain/evaluation'
import type { ByteMatrix } from '../../numerics/byte-products'
import { fitPca } from '../../numerics/pca'
import type { Pause } from '../../numerics/symmetric-eigen'

export interface Painter {
  readonly predictor: Predictor
  readonly name: string
  readonly codeNumbers: number
  readonly remark: string | null
  /** Crops as the predictor sees them, in [0,1]. [rows, length] */
  paint(crops: ByteMatrix, pause: Pause): Promise<Float32Array>
}

/** One grey for every pixel. @param grey 0 to 255 */
export function constantPainter(grey: number): Painter {
  return {
    predictor: 'constant',
    name: 'constant grey',
    codeNumbers: 0,
    remark: 'The mean of all pixels that were trained on.',
    paint: ({ rows, length }) => Promise.resolve(new Float32Array(rows * length).fill(grey / 255)),
  }
}

/** Each crop with the means of its own blocks; those at the right and bottom edge may be smaller. */
export function blockPainter(block: 2 | 4 | 8, side: number): Painter {
  return {
    predictor: `block${block}`,
    name: `block means ${block} × ${block}`,
    codeNumbers: Math.ceil(side / block) ** 2,
    remark: null,
    paint: ({ rows, length, bytes }) => {
      const painted = new Float32Array(rows * length)
      for (let crop = 0; crop < painted.length; crop += length)
        for (let top = 0; top < side; top += block)
          for (let left = 0; left < side; left += block)
            paintBlock(bytes, painted, {
              start: crop + top * side + left,
              side,
              height: Math.min(block, side - top),
              width: Math.min(block, side - left),
            })
      return Promise.resolve(painted)
    },
  }
}

function paintBlock(
  bytes: Uint8Array,
  painted: Float32Array,
  area: { readonly start: number; readonly side: number; readonly height: number; readonly width: number },
): void {
  let sum = 0
  for (let row = 0; row < area.height; row += 1)
    for (let x = 0; x < area.width; x += 1) sum += bytes[area.start + row * area.side + x] ?? 0
  const mean = sum / (area.height * area.width * 255)
  for (let row = 0; row < area.height; row += 1) {
    const from = area.start + row * area.side
    painted.fill(mean, from, from + area.width)
  }
}

/** Crops that PCA is fitted on, at most: its cost grows with their square. */
const MOST_CROPS = 1000
/** Products of pixels, at most: half a minute on one core. */
const MOST_PRODUCTS = 5e10

/** How many crops PCA is fitted on: as many as there are, as many as can be afforded. */
export function pcaCrops(available: number, pixels: number): number {
  return Math.min(available, MOST_CROPS, Math.floor(Math.sqrt((2 * MOST_PRODUCTS) / pixels)))
}

/**
 * The best linear code of as many numbers as the model's, or of as many as the crops allow; which it is, is said.
 * @param train some of the `available` training crops
 */
export async function pcaPainter(
  train: ByteMatrix,
  wanted: { readonly codeNumbers: number; readonly available: number },
  pause: Pause,
): Promise<Painter> {
  const pca = await fitPca(train, Math.min(wanted.codeNumbers, train.length), pause)
  const { components } = pca
  const crops =
    train.rows === wanted.available
      ? `the ${train.rows} training crops`
      : `${train.rows} of the ${wanted.available} training crops`
  const remark =
    components === wanted.codeNumbers
      ? `Fitted on ${crops}.`
      : `${train.rows} crops have at most ${train.rows - 1} components, so its code is ${components} numbers where the model’s is ${wanted.codeNumbers}: it is at a disadvantage. Fitted on ${crops}.`
  return {
    predictor: 'pca',
    name: `PCA, ${components} components`,
    codeNumbers: components,
    remark,
    paint: (crops, pause) => pca.reconstruct(crops, pause),
  }
}
