/** A place on a curve: how far training was, in epochs (1.5 is half way through the second), and the error there. */
export interface CurvePoint {
  readonly epoch: number
  readonly mse: number
}

/**
 * At most `most` points: neighbours are merged into their mean, so that no part of a long curve is dropped.
 * Points must be in order of epoch.
 */
export function thinCurve(points: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  const bucket = Math.ceil(points.length / most)
  if (bucket <= 1) return points
  const thinned: CurvePoint[] = []
  for (let start = 0; start < points.length; start += bucket) {
    thinned.push(meanPoint(points.slice(start, start + bucket)))
  }
  return thinned
}

function meanPoint(points: readonly CurvePoint[]): CurvePoint {
  const total = points.reduce((sum, point) => ({ epoch: sum.epoch + point.epoch, mse: sum.mse + point.mse }))
  return { epoch: total.epoch / points.length, mse: total.mse / points.length }
}
