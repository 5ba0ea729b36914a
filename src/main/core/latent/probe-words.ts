/** What probes found, in plain words. */
import type { Estimate } from '@shared/domain/evaluation'
import type { CategoricalProbe, FieldProbe, NumericProbe } from '@shared/domain/latent'

/** What happens by chance in one of so many shuffles counts as nothing. */
const SIGNIFICANT = 0.05

export const percent = (share: number): string => `${Math.round(100 * share)} %`

/** "Scan source" → "scan sources" */
export function pluralOf(label: string): string {
  const words = /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label
  if (/[^aeiou]y$/.test(words)) return `${words.slice(0, -1)}ies`
  return words.endsWith('s') ? words : `${words}s`
}

export const wordsOf = (label: string): string =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label

/** Better than nearly all shuffled labels, and by more than pieces could have done by chance: what the code does tell. */
export function isRecovered(probe: FieldProbe): boolean {
  if (probe.kind === 'none') return false
  const [{ value, low }, nothing] =
    probe.kind === 'categorical' ? [probe.balancedAccuracy, probe.chance] : [probe.r2, 0]
  const { p, high } = probe.shuffled
  return p <= SIGNIFICANT && value > high && (low ?? value) > nothing
}

export function describeCategorical(
  probe: Pick<CategoricalProbe, 'label' | 'balancedAccuracy' | 'chance' | 'shuffled' | 'pieces' | 'classes'>,
  recovered: boolean,
): string {
  const { label, balancedAccuracy, chance, shuffled, pieces, classes } = probe
  const figures = `${percent(balancedAccuracy.value)}${intervalOf(balancedAccuracy, percent)} (chance ${percent(chance)}, shuffled labels ${percent(shuffled.mean)} and at most ${percent(shuffled.high)} in 95 of 100)`
  const scope = `${classes.length} values, ${pieces} pieces, each read by a probe that has not seen it`
  return recovered
    ? `The code tells ${pluralOf(label)} apart with ${figures}; ${scope}.`
    : `The code does not tell ${pluralOf(label)} apart better than chance: ${figures}; ${scope}.`
}

export function describeNumeric(
  { label, r2, shuffled, pieces }: Pick<NumericProbe, 'label' | 'r2' | 'shuffled' | 'pieces'>,
  recovered: boolean,
): string {
  const share = (value: number): string => value.toFixed(2)
  const figures = `R² ${share(r2.value)}${intervalOf(r2, share)} (shuffled ${share(shuffled.mean)} and at most ${share(shuffled.high)} in 95 of 100)`
  return recovered
    ? `The code predicts the ${wordsOf(label)} of unseen pieces: ${figures}; ${pieces} pieces.`
    : `The code does not predict the ${wordsOf(label)} of unseen pieces: ${figures}; ${pieces} pieces.`
}

function intervalOf({ low, high }: Estimate, words: (value: number) => string): string {
  return low === null || high === null ? '' : `, 95 % interval ${words(low)} to ${words(high)}`
}
