/** How far two raters agree on what channels are called. */
import type { ChannelName, NamingAgreement } from '@shared/domain/naming'
import { cohensKappa } from '../../numerics/agreement'

const folded = (name: string): string => name.trim().toLowerCase()

/** @param names of both raters, of one run */
export function agreementOf(
  run: string,
  raters: readonly [string, string],
  names: readonly ChannelName[],
): NamingAgreement {
  const both = pairsOf(raters, names)
  const used = [
    ...new Set(both.flatMap(({ first, second }) => [folded(first.name), folded(second.name)])),
  ].sort()
  const place = new Map(used.map((name, at) => [name, at]))
  const confusion = used.map(() => used.map(() => 0))
  for (const { first, second } of both) {
    const row = confusion[place.get(folded(first.name)) ?? 0]
    const column = place.get(folded(second.name)) ?? 0
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1
  }
  const result = cohensKappa(confusion)
  return {
    run,
    raters,
    channels: both.length,
    ...result,
    names: used,
    confusion,
    disagreements: both
      .filter(({ first, second }) => folded(first.name) !== folded(second.name))
      .map(({ first: { address, layer, channel, name }, second }) => ({
        address,
        layer,
        channel,
        names: [name, second.name] as const,
      })),
    sentence: sentenceOf(raters, both.length, result),
  }
}

interface NamedByBoth {
  readonly first: ChannelName
  readonly second: ChannelName
}

function pairsOf(
  [one, other]: readonly [string, string],
  names: readonly ChannelName[],
): readonly NamedByBoth[] {
  const byOther = new Map(
    names.filter(({ rater, name }) => rater === other && name !== '').map((name) => [name.address, name]),
  )
  return names
    .filter(({ rater, name }) => rater === one && name !== '')
    .flatMap((first) => {
      const second = byOther.get(first.address)
      return second === undefined ? [] : [{ first, second }]
    })
}

function sentenceOf(
  [one, other]: readonly [string, string],
  channels: number,
  { kappa, observed }: Pick<NamingAgreement, 'kappa' | 'observed'>,
): string {
  if (channels === 0 || observed === null)
    return `${one} and ${other} have named no channel both: let both name the same queue.`
  const alike = `${one} and ${other} agree on ${Math.round(observed * channels)} of ${channels} channels`
  if (kappa === null) return `${alike}, with one and the same name for all: kappa is not defined.`
  const bounds =
    kappa.low === null || kappa.high === null ? '' : ` [${kappa.low.toFixed(2)}, ${kappa.high.toFixed(2)}]`
  return `${alike}: kappa ${kappa.value.toFixed(2)}${bounds}, where 0 is chance and 1 is full agreement.`
}
