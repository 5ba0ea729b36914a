/** Trivial predictors scored on a run's held-out crops, so that every reconstruction error has something beside it. */
import { setImmediate } from 'node:timers/promises'
import { reduceByArea } from '@shared/domain/reduction'
import type { Baselines } from '@shared/domain/run'
import { throwIfCancelled } from '@shared/errors'

export interface BaselineRequest {
  /** Grey crops by index → bytes [indices.length, cropSize, cropSize]. */
  readonly read: (indices: readonly number[]) => Uint8Array
  readonly cropSize: number
  /** Side of the model's input: the predictors see exactly what the model sees. */
  readonly inputSize: number
  readonly train: readonly number[]
  readonly validation: readonly number[]
}

/** Crops read at once: a few megabytes, a few milliseconds of work. */
const CHUNK = 16
const WHITE = 255

/**
 * Mean squared errors of pixels in [0,1] on the held-out crops: of one grey for everything (the mean of the training
 * pixels), and of each crop painted with the means of its own blocks of 8×8, 4×4 and 2×2 input pixels.
 * Blocks start at the top left; those at the right and bottom edge are smaller where the side does not divide.
 * @throws Cancelled, sampling/store-damaged
 */
export async function measureBaselines(request: BaselineRequest, signal: AbortSignal): Promise<Baselines> {
  const { inputSize, train, validation } = request
  let trainSum = 0
  await eachChunk(request, train, signal, (pixels) => {
    trainSum += sumOf(pixels)
  })
  const constant = trainSum / (train.length * inputSize ** 2)
  const errors = { constant: 0, block8: 0, block4: 0, block2: 0 }
  await eachChunk(request, validation, signal, (pixels) => {
    errors.constant += squaredErrorOfConstant(pixels, constant)
    errors.block8 += squaredErrorOfBlocks(pixels, inputSize, 8)
    errors.block4 += squaredErrorOfBlocks(pixels, inputSize, 4)
    errors.block2 += squaredErrorOfBlocks(pixels, inputSize, 2)
  })
  const scale = 1 / (validation.length * inputSize ** 2 * WHITE ** 2)
  return {
    constant: errors.constant * scale,
    block8: errors.block8 * scale,
    block4: errors.block4 * scale,
    block2: errors.block2 * scale,
  }
}

/** Visits reduced crops a few at a time, letting other requests in between. */
async function eachChunk(
  { read, cropSize, inputSize }: BaselineRequest,
  indices: readonly number[],
  signal: AbortSignal,
  visit: (pixels: Uint8Array) => void,
): Promise<void> {
  for (let start = 0; start < indices.length; start += CHUNK) {
    throwIfCancelled(signal)
    visit(reduceByArea(read(indices.slice(start, start + CHUNK)), { cropSize, inputSize }))
    await setImmediate()
  }
}

function sumOf(pixels: Uint8Array): number {
  let sum = 0
  for (const pixel of pixels) sum += pixel
  return sum
}

/** Sum over pixels in grey levels squared. */
function squaredErrorOfConstant(pixels: Uint8Array, constant: number): number {
  let sum = 0
  let sumOfSquares = 0
  for (const pixel of pixels) {
    sum += pixel
    sumOfSquares += pixel * pixel
  }
  return sumOfSquares - 2 * constant * sum + pixels.length * constant ** 2
}

/**
 * Sum over pixels in grey levels squared, for crops [samples, side, side] painted with their block means.
 * A block's error is its sum of squares less its squared sum over its area: whole numbers until the division.
 */
function squaredErrorOfBlocks(pixels: Uint8Array, side: number, block: number): number {
  let error = 0
  for (let crop = 0; crop < pixels.length; crop += side * side)
    for (let top = 0; top < side; top += block)
      for (let left = 0; left < side; left += block) {
        const height = Math.min(block, side - top)
        const width = Math.min(block, side - left)
        error += squaredErrorOfBlock(pixels, { start: crop + top * side + left, side, height, width })
      }
  return error
}

function squaredErrorOfBlock(
  pixels: Uint8Array,
  area: { readonly start: number; readonly side: number; readonly height: number; readonly width: number },
): number {
  let sum = 0
  let sumOfSquares = 0
  for (let row = 0; row < area.height; row += 1) {
    const from = area.start + row * area.side
    for (let at = from; at < from + area.width; at += 1) {
      const pixel = pixels[at] ?? 0
      sum += pixel
      sumOfSquares += pixel * pixel
    }
  }
  return sumOfSquares - (sum * sum) / (area.height * area.width)
}
