/** Milliseconds as they are told: how many there were, the middle, the slow end and the slowest. */
export function quantiles(times) {
  const sorted = [...times].sort((one, other) => one - other)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), slowestMs: sorted.at(-1) }
}
