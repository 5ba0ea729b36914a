/** Pictures drawn as SVG, so that tests of the window need no image files. */
import { formatPicture, type PictureAddress } from '@shared/pictures'

const known = new Map<string, string>()

/** The address of an engraved-looking page or crop, always the same for the same; different pages look different. */
export function fakePictureUrl(address: PictureAddress): string {
  const name = isSquare(address) ? formatPicture(address) : `page/${address.page}`
  const url = known.get(name) ?? URL.createObjectURL(new Blob([svgOf(address)], { type: 'image/svg+xml' }))
  known.set(name, url)
  return url
}

/** Crops and pictures of the probe sheet are as large as the samples, all else as pages are. */
function isSquare(address: PictureAddress): address is Extract<PictureAddress, { index: number }> {
  return address.kind === 'crop' || address.kind === 'symbol'
}

function svgOf(address: PictureAddress): string {
  const crop = isSquare(address)
  const seed = crop ? address.index + 7 * address.sampleSet : address.page
  const [width, height] = crop ? [448, 448] : [1654, 2339]
  const staves = crop ? 2 : 12
  const drawn = Array.from({ length: staves }, (_, staff) => staffOf(staff, { seed, width, crop })).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fdfcf8"/>${drawn}</svg>`
}

function staffOf(
  staff: number,
  { seed, width, crop }: { readonly seed: number; readonly width: number; readonly crop: boolean },
): string {
  const left = crop ? 0 : 140
  const top = (crop ? 80 : 220) + staff * (crop ? 190 : 165)
  const right = width - left
  const lines = Array.from(
    { length: 5 },
    (_, line) => `<path d="M${left} ${top + line * 14}H${right}" stroke="#222" stroke-width="2"/>`,
  )
  const notes = Array.from({ length: Math.floor((right - left) / 60) }, (_, note) => {
    const x = left + 50 + note * 58
    const y = top + 56 - ((seed * 5 + staff * 3 + note * (2 + (seed % 3))) % 9) * 7
    return `<ellipse cx="${x}" cy="${y}" rx="9" ry="7" fill="#111"/><path d="M${x + 8} ${y}v-48" stroke="#111" stroke-width="2.5"/>`
  })
  return lines.join('') + notes.join('')
}
