/** How many samples go through the model at once, where that was not chosen: as many as free memory allows. */
import { type Architecture, describeArchitecture } from '@shared/domain/architecture'

/**
 * A layer's numbers are kept three times over, as 32-bit floats: convolved, normalized, and as a gradient. Measured for
 * the study's model at 448²: 0.41 GB for each further sample (docs/benchmarks.md), which is 3.0 times its layers.
 */
const BYTES_PER_LAYER_NUMBER = 3 * 4
/** Node, TensorFlow and its buffers before the first sample; 3.9 GB were measured where 8 samples are 3.3. */
const BASE_BYTES = 0.6e9
/** Weights, gradients and Adam's two moments. */
const BYTES_PER_PARAMETER = 4 * 4
/** The rest stays for everything else on this machine, which may grow meanwhile. */
const SHARE_OF_FREE = 0.9

/** Memory that a training is expected to need with so many samples at once. */
export function expectedMemoryBytes(architecture: Architecture, microBatch: number): number {
  const { parameters } = describeArchitecture(architecture)
  return BASE_BYTES + BYTES_PER_PARAMETER * parameters + microBatch * bytesPerSample(architecture)
}

/** What each further sample of a micro-batch adds. */
export function bytesPerSample(architecture: Architecture): number {
  const numbers = describeArchitecture(architecture)
    .layers.filter(({ kind }) => kind !== 'bottleneck')
    .map(({ height, width, channels }) => height * width * channels)
  return BYTES_PER_LAYER_NUMBER * numbers.reduce((sum, each) => sum + each, 0)
}

/** One sentence where so many samples at once, as they were chosen, are not expected to fit; null where they are. */
export function microBatchWarning(
  architecture: Architecture,
  { microBatch, freeBytes }: { readonly microBatch: number; readonly freeBytes: number },
): string | null {
  const needed = expectedMemoryBytes(architecture, microBatch)
  if (needed <= freeBytes) return null
  const { microBatch: fitting } = chooseMicroBatch(architecture, { most: microBatch, freeBytes })
  return `Micro-batches of ${microBatch} need about ${gigabytes(needed)} of memory and ${gigabytes(freeBytes)} are free: ${fitting} at a time fit; leave the micro-batch out, and as many as fit are taken.`
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}

export interface MicroBatchChoice {
  readonly microBatch: number
  /** One sentence for the record where it is smaller than usual. */
  readonly remark: string | null
  /** One sentence where even a single sample is not expected to fit. */
  readonly warning: string | null
}

/** The largest that fits, at most `most`, at least 1. */
export function chooseMicroBatch(
  architecture: Architecture,
  { most, freeBytes }: { readonly most: number; readonly freeBytes: number },
): MicroBatchChoice {
  const usable = SHARE_OF_FREE * freeBytes
  const room = usable - expectedMemoryBytes(architecture, 0)
  const fitting = Math.floor(room / bytesPerSample(architecture))
  const microBatch = Math.max(1, Math.min(most, fitting))
  const warning =
    fitting < 1
      ? `Even with one sample at a time this training needs about ${gigabytes(expectedMemoryBytes(architecture, 1))} of memory and ${gigabytes(freeBytes)} are free: close other programs, or choose a smaller input or fewer filters.`
      : null
  const remark =
    microBatch < most
      ? `Samples go through the model ${microBatch} at a time instead of ${most}, since ${gigabytes(freeBytes)} of memory were free; batch statistics are over ${microBatch}.`
      : null
  return { microBatch, remark, warning }
}
