/** Crops near one another in the latent space, and crops that stand alone. */
import type { LatentNeighbour, LatentOutlier, LatentOutliers } from '@shared/domain/latent'
import { localOutlierFactors } from '../../numerics/local-outliers'
import { nearestNeighbours, nearestTo } from '../../numerics/nearest-neighbours'
import type { Pause } from '../../numerics/symmetric-eigen'
import type { RunCodes } from './codes'

/** As many as Breunig et al. advise at least, and enough that the crops of one page are not a cluster by themselves. */
const NEIGHBOURS = 20
/** A score that is nothing to speak of. */
const ORDINARY = 1.2

export interface NeighbourRequest {
  readonly index: number
  readonly count: number
  readonly samePage: boolean
  readonly samePiece: boolean
}

/** @throws AppError latent/index-unknown */
export function neighboursOf(codes: RunCodes, request: NeighbourRequest): readonly LatentNeighbour[] {
  const { crops, matrix } = codes
  const row = codes.rowOf(request.index)
  const own = crops[row]
  const accept = (other: number): boolean => {
    const crop = crops[other]
    if (crop === undefined || own === undefined) return false
    if (crop.page === own.page) return request.samePage
    const isSamePiece = crop.piece === own.piece && crop.composer === own.composer && crop.style === own.style
    return !isSamePiece || request.samePiece
  }
  return nearestTo(matrix, row, { count: request.count, accept }).flatMap(({ index, squared }) => {
    const sample = crops[index]
    return sample === undefined ? [] : [{ sample, distance: Math.sqrt(squared) }]
  })
}

/** Scores of all crops of the codes looked at last. */
export class Outliers {
  private known: { readonly key: string; readonly factors: Float64Array } | null = null

  async of(codes: RunCodes, count: number, pause: Pause): Promise<LatentOutliers> {
    const factors = await this.factors(codes, pause)
    const order = [...factors.keys()].sort((a, b) => (factors[b] ?? 0) - (factors[a] ?? 0) || a - b)
    const outliers = order.slice(0, count).flatMap((row): readonly LatentOutlier[] => {
      const sample = codes.crops[row]
      const score = factors[row] ?? 1
      return sample === undefined ? [] : [{ sample, score, explanation: explain(score) }]
    })
    const neighbours = Math.min(NEIGHBOURS, codes.matrix.rows - 1)
    return {
      neighbours,
      outliers,
      remark: `Each crop is compared with the ${neighbours} crops whose codes are nearest: the score says how many times farther it lies from them than they lie from theirs. A high score can mean rare music, a title, an advert, or a damaged scan: look before you judge.`,
    }
  }

  private async factors(codes: RunCodes, pause: Pause): Promise<Float64Array> {
    const key = [codes.run, codes.weightsSha256, codes.sampleSet, codes.matrix.rows].join(' ')
    if (this.known?.key !== key) {
      const factors = localOutlierFactors(await nearestNeighbours(codes.matrix, NEIGHBOURS, pause))
      this.known = { key, factors }
    }
    return this.known.factors
  }
}

function explain(score: number): string {
  if (score < ORDINARY) return 'Lies among crops like it.'
  const times = score < 10 ? score.toFixed(1) : String(Math.round(score))
  return `Lies ${times} times as far from its nearest neighbours as these lie from theirs.`
}
