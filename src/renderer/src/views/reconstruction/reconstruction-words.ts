/** What the reconstruction screen says of itself and of what is changed. */
import type { Layer } from '@shared/domain/architecture'
import type { LayerChange } from '../../state/ablation.svelte'

export const HELP = {
  switching:
    'Switch a channel off to see what disappears. Click switches one, Shift and click a range, dragging over tiles paints them all the same way, Alt and click (or S) leaves only that one on. Other layers stay as you left them: all that is changed is listed below.',
  strength:
    'Multiplies the channel before what follows is computed: 0 switches it off, 1 leaves it, more turns it up, less than 0 turns it round, so that what it drew is taken away instead.',
  ranking:
    'Every channel is switched off by itself, at all places, and the error of the reconstruction is measured on crops that were kept out of training, spread over the pieces. The bar shows by how much the error grows; the line over it where 95 of 100 such measurements on other pieces would lie. A channel without which little changes may still matter where another can stand in for it.',
  leastNeeded:
    'Switches off the channels whose absence, each by itself, costs least. Together they may cost more than their sum: what one leaves out another draws.',
  scope:
    'A channel may be needed by one style and not by another. Within one style or composer there is no interval: look at the difference between styles among the filters for that.',
} as const

/** "Bottleneck", "Encoder 2-1" */
export function layerName(name: string): string {
  const words = name.replace('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** "Encoder 2-1: 32 channels" */
export function describeLayer({ name, channels }: Pick<Layer, 'name' | 'channels'>): string {
  return `${layerName(name)}: ${channels} ${channels === 1 ? 'channel' : 'channels'}`
}

/** "2, 5–8, 11" */
export function describeNumbers(numbers: readonly number[]): string {
  const runs: [number, number][] = []
  for (const number of numbers) {
    const last = runs.at(-1)
    if (last?.[1] === number - 1) last[1] = number
    else runs.push([number, number])
  }
  return runs
    .map(([first, last]) => {
      if (first === last) return String(first)
      return last === first + 1 ? `${first}, ${last}` : `${first}–${last}`
    })
    .join(', ')
}

/** "×−1.5" with a real minus. */
export function describeScale(scale: number): string {
  return `×${String(Math.round(scale * 100) / 100).replace('-', '−')}`
}

/** "2, 5–8 off; 3 at ×2"; where all but a few are off, those are named. */
export function describeChange({ settings }: LayerChange, channels: number): string {
  const off = settings.filter(({ scale }) => scale === 0).map(({ channel }) => channel)
  const left = Array.from({ length: channels }, (_, channel) => channel).filter(
    (channel) => !off.includes(channel),
  )
  const parts: string[] = []
  if (off.length > 0 && left.length === 0) parts.push('all off')
  else if (off.length > 2 * left.length) parts.push(`all off but ${describeNumbers(left)}`)
  else if (off.length > 0) parts.push(`${describeNumbers(off)} off`)
  const scaled = settings.filter(({ scale }) => scale !== 0)
  for (const scale of [...new Set(scaled.map((one) => one.scale))]) {
    const channels = scaled.filter((one) => one.scale === scale).map(({ channel }) => channel)
    parts.push(`${describeNumbers(channels)} at ${describeScale(scale)}`)
  }
  return parts.join('; ')
}

/** "57 % more error", "1.2 % less error", "no change" */
export function describeGrowth(share: number): string {
  if (Math.abs(share) < 0.0005) return 'no change'
  const percent = Math.abs(share * 100)
  const digits = percent < 10 ? percent.toFixed(1) : String(Math.round(percent))
  return share > 0 ? `${digits} % more error` : `${digits} % less error`
}
