/** What probes found, as the screen words it. */
import type { Estimate } from '@shared/domain/evaluation'
import type { FieldRole } from '@shared/domain/latent'
import { formatPercent } from '../../state/format'
import type { Probed } from '../../state/latent-knowledge.svelte'

export const PROBE_HELP = {
  probe:
    'A linear probe: from the code of each crop a straight-line rule is learned that tells the values of a field apart, and is tested on crops of pieces that it has never seen. Where it does better than guessing and than the same rule learned from shuffled labels, the code knows the field.',
  balanced:
    'Accuracy: the share of crops that is named rightly. Balanced accuracy: the same, averaged over values, so that rare composers count as much as frequent ones. Chance: balanced accuracy of guessing. Majority: accuracy of always naming the most frequent value. Shuffled: what 95 of 100 probes with labels shuffled among pieces stay below.',
  r2: 'R²: the share of the differences between crops of unseen pieces that is predicted. 0 is no better than the mean, 1 is perfect.',
  confounds:
    'Composers often differ in who printed and scanned them. A model that has learned the scanner seems to know composers. Here you see what the code knows of printing and scanning, and what is left of style and composer without that.',
  remains:
    'Regressed out: all that follows from these fields along straight lines is taken out of the code, within the training part only. Among crops of one value: only crops that share, say, their scan source are told apart.',
} as const

const ROLES: Readonly<Record<FieldRole, string>> = {
  music: 'The music',
  source: 'How the page came to be',
  picture: 'The picture',
  model: 'The model',
  other: 'Other fields',
}

export function roleTitle(role: FieldRole): string {
  return ROLES[role]
}

/** "−0.02", "0.98": never "−0.00". */
export function formatR2(r2: number): string {
  const text = r2.toFixed(2)
  return text === '-0.00' ? '0.00' : text.replace('-', '−')
}

/** "62 %" or "R² 0.41" */
export function headlineOf(probe: Probed): string {
  return probe.kind === 'categorical'
    ? formatPercent(probe.balancedAccuracy.value)
    : `R² ${formatR2(probe.r2.value)}`
}

/** "54–70 %", "0.31–0.52"; empty where there are too few pieces for one. */
export function intervalWords(probe: Probed): string {
  const { low, high }: Estimate = probe.kind === 'categorical' ? probe.balancedAccuracy : probe.r2
  if (low === null || high === null) return ''
  return probe.kind === 'categorical'
    ? `${Math.round(100 * low)}–${formatPercent(high)}`
    : `${formatR2(low)} to ${formatR2(high)}`
}

/** What it must be better than: "chance 17 %, shuffled up to 24 %" */
export function nothingWords(probe: Probed): string {
  return probe.kind === 'categorical'
    ? `chance ${formatPercent(probe.chance)}, shuffled up to ${formatPercent(probe.shuffled.high)}`
    : `shuffled up to ${formatR2(probe.shuffled.high)}`
}

/** Better than nearly all shuffled labels and than guessing, also at its interval's lower end. */
export function isKnown(probe: Probed): boolean {
  const { value, low } = probe.kind === 'categorical' ? probe.balancedAccuracy : probe.r2
  const nothing = probe.kind === 'categorical' ? probe.chance : 0
  return probe.shuffled.p <= 0.05 && value > probe.shuffled.high && (low ?? value) > nothing
}

/** The drawing in a sentence. */
export function describeTrack(probe: Probed): string {
  const interval = intervalWords(probe)
  const beside = interval === '' ? '' : ` (${interval})`
  return probe.kind === 'categorical'
    ? `${probe.label}: balanced accuracy ${headlineOf(probe)}${beside}, accuracy ${formatPercent(probe.accuracy.value)}; ${nothingWords(probe)}, majority ${formatPercent(probe.majority)}`
    : `${probe.label}: ${headlineOf(probe)}${beside}; ${nothingWords(probe)}`
}
