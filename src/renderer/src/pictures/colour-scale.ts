/** Colours as tables of red, green, blue, `LAST_STEP` + 1 of them. */
export type ColourTable = Uint8ClampedArray

type Stop = readonly [red: number, green: number, blue: number]

/** Even, so that there is a colour exactly in the middle, and a multiple of 255, so that grey bytes keep their value. */
export const LAST_STEP = 510

/** Straight lines between evenly spaced stops. */
function interpolate(stops: readonly Stop[]): ColourTable {
  const table = new Uint8ClampedArray((LAST_STEP + 1) * 3)
  for (let step = 0; step <= LAST_STEP; step += 1) {
    const place = (step / LAST_STEP) * (stops.length - 1)
    const from = stops[Math.floor(place)] ?? [0, 0, 0]
    const to = stops[Math.ceil(place)] ?? from
    const share = place - Math.floor(place)
    for (let part = 0; part < 3; part += 1) {
      const start = from[part] ?? 0
      table[step * 3 + part] = Math.round(start + ((to[part] ?? 0) - start) * share)
    }
  }
  return table
}

/** Strength from nothing (near black) to the most (pale yellow); stops of matplotlib's magma, even in lightness. */
export const STRENGTH: ColourTable = interpolate([
  [0, 0, 4],
  [28, 16, 68],
  [79, 18, 123],
  [129, 37, 129],
  [181, 54, 122],
  [229, 80, 100],
  [251, 135, 97],
  [254, 194, 135],
  [252, 253, 191],
])

/** Below zero blue, zero near white, above zero red: ColorBrewer's RdBu turned round; told apart by the colour-blind. */
export const SIGNED: ColourTable = interpolate([
  [5, 48, 97],
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [247, 247, 247],
  [244, 165, 130],
  [214, 96, 77],
  [178, 24, 43],
  [103, 0, 31],
])

/** Black to white. */
export const GREY: ColourTable = interpolate([
  [0, 0, 0],
  [255, 255, 255],
])

/** As a CSS gradient from left to right, for legends. */
export function cssGradient(table: ColourTable): string {
  const stops = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1].map((share) => {
    const at = Math.round(share * LAST_STEP) * 3
    return `rgb(${table[at] ?? 0} ${table[at + 1] ?? 0} ${table[at + 2] ?? 0}) ${share * 100}%`
  })
  return `linear-gradient(to right, ${stops.join(', ')})`
}
