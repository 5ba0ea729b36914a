/** One channel's values on pieces, for a strip plot, with the means of classes. */
import type { ChannelProfile, ClassMean, ContrastField, PieceMean } from '@shared/domain/findings'
import { ClusterBootstrap } from '../../numerics/bootstrap'
import { LEAST_FOR_INTERVAL } from '../../numerics/class-contrast'
import type { PieceTable } from './piece-means'

/** Bounds on a screen stay where they are from one look to the next. */
const SEED = 1

export type Profile = Pick<ChannelProfile, 'pieces' | 'byStyle' | 'byComposer'>

export function profileOf({ pieces, channels, means, maxima }: PieceTable, column: number): Profile {
  const dots = pieces.map((piece, at): PieceMean => ({
    ...piece,
    mean: means[at * channels + column] ?? 0,
    maximum: maxima[at * channels + column] ?? 0,
  }))
  return { pieces: dots, byStyle: classMeans(dots, 'style'), byComposer: classMeans(dots, 'composer') }
}

function classMeans(dots: readonly PieceMean[], field: ContrastField): readonly ClassMean[] {
  const groups = Map.groupBy(dots, (dot) => dot[field])
  return [...groups].map(([name, members]) => {
    const numerators = members.map(({ mean }) => mean)
    const denominators = members.map(() => 1)
    const bootstrap = new ClusterBootstrap(
      members.map((_, at) => String(at)),
      { seed: SEED },
    )
    const mean = bootstrap.ratio({ numerators, denominators }) ?? { value: 0, low: null, high: null }
    const enough = members.length >= LEAST_FOR_INTERVAL
    return { name, pieces: members.length, mean: enough ? mean : { ...mean, low: null, high: null } }
  })
}
