/** Ranks, and the order that they come from. */

/** Places of the values from the smallest to the largest; equal ones in the order in which they stand. */
export function orderOf(values: ArrayLike<number>): Int32Array {
  const order = Int32Array.from({ length: values.length }, (_, at) => at)
  return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b)
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = orderOf(values)
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length;) {
    const to = endOfTie(values, order, from)
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = (from + to + 1) / 2
    from = to
  }
  return ranks
}

/** One past the last place in `order` whose value equals that at `from`. */
export function endOfTie(values: ArrayLike<number>, order: Int32Array, from: number): number {
  const value = values[order[from] ?? 0]
  let to = from + 1
  while (to < order.length && values[order[to] ?? 0] === value) to += 1
  return to
}
