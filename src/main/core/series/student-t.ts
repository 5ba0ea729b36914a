/** Student's t distribution, for whole degrees of freedom. */

/** Share of the distribution between −t and t: Abramowitz & Stegun 1964, 26.7.3 and 26.7.4. */
export function shareWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees))
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const odd = degrees % 2 === 1
  let term = odd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let power = odd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power
    sum += term
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
}

/** The t within which this share of the distribution lies, e.g. 12.706 for .95 and one degree of freedom. */
export function twoSidedQuantile(share: number, degrees: number): number {
  let [low, high] = [0, 1]
  while (shareWithin(high, degrees) < share) high *= 2
  // Each halving gains a binary digit.
  for (let digit = 0; digit < 60; digit += 1) {
    const middle = (low + high) / 2
    if (shareWithin(middle, degrees) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
