/** What one predictor scores on each held-out crop. */
import type { CropScores } from '@shared/domain/evaluation'
import type { Ratio } from '../../numerics/bootstrap'
import { SSIM_WINDOW, SsimReference } from '../../numerics/ssim'

/** A held-out crop in [0,1], with what is found once for all predictors. */
export interface ScoredCrop {
  readonly pixels: Float32Array
  /** Null where crops are smaller than SSIM's window. */
  readonly similarity: SsimReference | null
}

export function scoredCrop(bytes: Uint8Array, side: number): ScoredCrop {
  const pixels = Float32Array.from(bytes, (byte) => byte / 255)
  return { pixels, similarity: side < SSIM_WINDOW ? null : new SsimReference(pixels, side) }
}

export class ScoreSheet {
  private readonly errors: Float64Array
  private readonly similarities: Float64Array | null
  /** Sums over each crop's pixels of darkness · squared error, and of darkness. */
  private readonly inkErrors: Float64Array
  private readonly ink: Float64Array
  private readonly ones: Float64Array

  constructor(crops: number, side: number) {
    this.errors = new Float64Array(crops)
    this.similarities = side < SSIM_WINDOW ? null : new Float64Array(crops)
    this.inkErrors = new Float64Array(crops)
    this.ink = new Float64Array(crops)
    this.ones = new Float64Array(crops).fill(1)
  }

  /** @param painted what the predictor made of the crop, in [0,1], [side, side] */
  score(place: number, { pixels, similarity }: ScoredCrop, painted: Float32Array): void {
    let sum = 0
    let inkSum = 0
    let ink = 0
    for (let at = 0; at < pixels.length; at += 1) {
      const original = pixels[at] ?? 0
      const squared = ((painted[at] ?? 0) - original) ** 2
      sum += squared
      inkSum += (1 - original) * squared
      ink += 1 - original
    }
    this.errors[place] = sum / pixels.length
    this.inkErrors[place] = inkSum
    this.ink[place] = ink
    if (this.similarities !== null && similarity !== null)
      this.similarities[place] = similarity.compare(painted)
  }

  get mse(): Ratio {
    return { numerators: this.errors, denominators: this.ones }
  }

  get ssim(): Ratio | null {
    return this.similarities && { numerators: this.similarities, denominators: this.ones }
  }

  /** Over all crops' ink together: a crop counts as much as it has ink. */
  get inkMse(): Ratio {
    return { numerators: this.inkErrors, denominators: this.ink }
  }

  perCrop(indices: readonly number[]): CropScores {
    return {
      indices,
      mse: [...this.errors],
      ssim: this.similarities && [...this.similarities],
      inkMse: Array.from(this.inkErrors, (sum, at) =>
        this.ink[at] === 0 ? null : sum / (this.ink[at] ?? 1),
      ),
    }
  }
}
