/** Many tests at once. */
import { orderOf } from './ranks'

/**
 * q-values: the smallest false discovery rate at which each test would be found (Benjamini & Hochberg 1995; as adjusted
 * p-values in Yekutieli & Benjamini 1999).
 */
export function benjaminiHochberg(p: ArrayLike<number>): Float64Array {
  const order = orderOf(p)
  const q = new Float64Array(p.length)
  let least = 1
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const test = order[at] ?? 0
    least = Math.min(least, ((p[test] ?? 1) * p.length) / (at + 1))
    q[test] = least
  }
  return q
}
