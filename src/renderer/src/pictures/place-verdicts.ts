/** What the rules make of every place of a page. */
import {
  type AcceptanceField,
  type CropLimits,
  type PlaceMeasures,
  type Refusal,
  refusalOf,
  REFUSALS,
} from '@shared/domain/sampling-rules'

/** Row by row over the field's places: an index into REFUSALS, or ACCEPTED. */
export type PlaceVerdicts = Uint8Array
export const ACCEPTED = 255

/** @param limits of crops of the field's own size */
export function verdictsOf(field: AcceptanceField, limits: CropLimits): PlaceVerdicts {
  const columns = field.xs.length
  const verdicts = new Uint8Array(columns * field.ys.length)
  for (const [row] of field.ys.entries())
    for (const [column] of field.xs.entries()) {
      const place = measuresAt(field, column, row)
      const refusal = place === null ? null : refusalOf(place, { ...limits, size: field.size }, field)
      verdicts[row * columns + column] = refusal === null ? ACCEPTED : REFUSALS.indexOf(refusal)
    }
  return verdicts
}

/** Share of all places in [0,1] for each verdict; null without places. */
export function verdictShares(
  verdicts: PlaceVerdicts,
): Readonly<Record<Refusal | 'accepted', number>> | null {
  if (verdicts.length === 0) return null
  const counts = { accepted: 0, margin: 0, region: 0, 'too-white': 0, 'too-little-ink': 0 }
  for (const verdict of verdicts) counts[REFUSALS[verdict] ?? 'accepted'] += 1
  const shares = { ...counts }
  for (const refusal of ['accepted', ...REFUSALS] as const) shares[refusal] /= verdicts.length
  return shares
}

export function measuresAt(field: AcceptanceField, column: number, row: number): PlaceMeasures | null {
  const [x, y] = [field.xs[column], field.ys[row]]
  if (x === undefined || y === undefined) return null
  const place = row * field.xs.length + column
  return { x, y, whiteness: field.whiteness[place] ?? 0, ink: field.ink[place] ?? 0 }
}

/** Index of the value next to one, of ascending values. */
export function nearest(values: readonly number[], wanted: number): number {
  let [low, high] = [0, values.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    const [here, next] = [values[middle] ?? 0, values[middle + 1] ?? 0]
    if (wanted - here <= next - wanted) high = middle
    else low = middle + 1
  }
  return low
}
