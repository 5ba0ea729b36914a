/** What is left of values when others have explained what they can. */

/** Columns that differ from the ones before them by less than this share of their length are left out. */
const NEGLIGIBLE = 1e-9

/** Directions of length 1 at right angles that span the columns and the constant: modified Gram–Schmidt (Björck 1967). */
export function spanOf(columns: readonly Float64Array[], length: number): readonly Float64Array[] {
  const directions: Float64Array[] = []
  for (const column of [new Float64Array(length).fill(1), ...columns]) {
    const rest = residuals(residuals(column, directions), directions)
    const size = Math.hypot(...rest)
    if (size > NEGLIGIBLE * Math.max(1, Math.hypot(...column)))
      directions.push(rest.map((each) => each / size))
  }
  return directions
}

/** Least-squares residuals of the values on what the directions span. */
export function residuals(values: Float64Array, directions: readonly Float64Array[]): Float64Array {
  const rest = values.slice()
  for (const direction of directions) {
    const share = rest.reduce((sum, value, at) => sum + value * (direction[at] ?? 0), 0)
    for (let at = 0; at < rest.length; at += 1) rest[at] = (rest[at] ?? 0) - share * (direction[at] ?? 0)
  }
  return rest
}
