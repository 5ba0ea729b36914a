/** Colours of a latent map's points: one per value of a field, or along a scale. */
import { type ColourTable, LAST_STEP } from './colour-scale'
import type { CategoricalField, NumericField } from '@shared/domain/latent'

export interface LegendEntry {
  readonly label: string
  readonly colour: string
  readonly count: number
}

/** Neighbouring values get hues far apart: the golden angle, in steps of lightness so that greys differ as well. */
const GOLDEN_ANGLE = 137.508
const LIGHTNESS = { light: [38, 50, 30], dark: [62, 74, 54] } as const
export const UNKNOWN = { light: '#9a9a94', dark: '#6c7076' } as const

export function categoryColour(place: number, theme: 'light' | 'dark'): string {
  const steps = LIGHTNESS[theme]
  const lightness = steps[Math.floor(place / 5) % steps.length] ?? steps[0]
  return hslToHex((20 + place * GOLDEN_ANGLE) % 360, 68, lightness)
}

/** Most frequent value first, as it is easiest to find. */
export function legendOf(field: CategoricalField, theme: 'light' | 'dark'): readonly LegendEntry[] {
  const counts = new Array<number>(field.values.length).fill(0)
  for (const code of field.codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1
  return field.values.map((label, place) => ({
    label,
    colour: categoryColour(place, theme),
    count: counts[place] ?? 0,
  }))
}

export interface NumericRange {
  readonly lowest: number
  readonly highest: number
}

/** From the 2nd to the 98th hundredth, so that a few odd crops do not use up the scale; null where nothing is known. */
export function rangeOf({ values }: NumericField): NumericRange | null {
  const known = values.filter((value) => Number.isFinite(value)).sort()
  const at = (share: number): number => known[Math.round((known.length - 1) * share)] ?? 0
  return known.length === 0 ? null : { lowest: at(0.02), highest: at(0.98) }
}

/** The colour of a number along a table, as #rrggbb. */
export function scaleColour(value: number, range: NumericRange, table: ColourTable): string {
  const span = range.highest - range.lowest
  const share = span > 0 ? Math.min(1, Math.max(0, (value - range.lowest) / span)) : 0.5
  const at = Math.round(share * LAST_STEP) * 3
  return hex([table[at] ?? 0, table[at + 1] ?? 0, table[at + 2] ?? 0])
}

function hex(parts: readonly number[]): string {
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

function hslToHex(hue: number, saturation: number, lightness: number): string {
  const [s, l] = [saturation / 100, lightness / 100]
  const part = (offset: number): number => {
    const at = (offset + hue / 30) % 12
    return 255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(at - 3, 9 - at, 1)))
  }
  return hex([part(0), part(8), part(4)])
}
