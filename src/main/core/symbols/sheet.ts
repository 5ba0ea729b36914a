/** Draws the probe sheet of a sample set: every symbol alone on white, in several sizes and places. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import sharp from 'sharp'
import type { StaffSpaceSummary } from '@shared/domain/sample-set'
import type { SheetPicture, SymbolSheet } from '@shared/domain/symbols'
import { throwIfCancelled } from '@shared/errors'
import { loadEngraver } from '../../engraving/engraver'
import { SYMBOL_CODES, SYMBOLS } from '../../engraving/symbols'
import { createSampleStore, openSampleStore } from '../../storage/sample-store'

/** Counts up whenever symbols or their drawing change: an older sheet is drawn again. */
export const SHEET_VERSION = 2

/** Crop pixels from the middle; unequal, so that poolings of 2, 4 and 8 pixels meet every symbol in different places. */
const SHIFTS = [
  [0, 0],
  [3, 2],
  [5, 7],
  [2, 5],
] as const
/** Where no staff could be measured: a staff space of a 45th of the crop, as on the study's scans. */
const USUAL_SPACES_PER_CROP = 45
/** As the demo corpus is printed: ink spreads a little and thin lines gain. */
const PRINT = { spread: 0.5, gain: 1.6 } as const
const WHITE = 255

/** What is on the sheet, without drawing it. */
export function planSheet(
  set: { readonly id: number; readonly size: number },
  measured: Pick<StaffSpaceSummary, 'low' | 'median' | 'high'>,
): SymbolSheet {
  const found = [measured.low, measured.median, measured.high].filter((space) => space !== null)
  const wanted = found.length > 0 ? found : [set.size / USUAL_SPACES_PER_CROP]
  const spaces = [...new Set(wanted.map((space) => Math.round(space * 2) / 2))]
  const symbols = SYMBOLS.map(({ id, name, group }) => ({ id, name, group }))
  const pictures: SheetPicture[] = []
  for (const symbol of symbols.keys())
    for (const space of spaces.keys())
      for (const [shiftX, shiftY] of SHIFTS)
        pictures.push({ index: pictures.length + 1, symbol, space, shiftX, shiftY })
  return {
    sampleSet: set.id,
    size: set.size,
    spaces,
    spacesMeasured: found.length > 0,
    symbols,
    pictures,
  }
}

/** Name of a sheet's file: what is on it follows from this alone. */
export function sheetFile({ size, spaces }: SymbolSheet): string {
  return `v${String(SHEET_VERSION)}-${String(size)}-${spaces.join('-')}.u8`
}

/**
 * Writes the sheet as a sample store: blank first, then its pictures. A sheet that is there is left as it is.
 * @throws Cancelled, project/no-write
 */
export async function drawSheet(path: string, sheet: SymbolSheet, signal: AbortSignal): Promise<void> {
  if (existsSync(path)) return
  const engraver = await loadEngraver()
  const glyphs = engraver.glyphs(SYMBOL_CODES)
  engraver.close()
  mkdirSync(dirname(path), { recursive: true })
  const store = createSampleStore(path, { version: SHEET_VERSION, spaces: sheet.spaces })
  try {
    store.write(new Uint8Array(sheet.size ** 2).fill(WHITE))
    for (const { symbol, space, shiftX, shiftY } of sheet.pictures) {
      throwIfCancelled(signal)
      const drawn = SYMBOLS[symbol]?.draw(glyphs) ?? ''
      const middle = sheet.size / 2
      const place = `translate(${String(middle + shiftX)} ${String(middle + shiftY)})`
      store.write(
        await rasterise(
          sheet.size,
          `<g transform="${place} scale(${String(sheet.spaces[space])})">${drawn}</g>`,
        ),
      )
    }
    store.commit([sheet.pictures.length + 1, sheet.size, sheet.size])
  } catch (error) {
    store.discard()
    throw error
  }
}

/** Ink of every picture of a sheet that is drawn, blank first, in black pixels. @throws sampling/store-damaged */
export function measureInk(path: string): readonly number[] {
  const store = openSampleStore(path)
  try {
    return Array.from({ length: store.samples }, (_, index) => {
      let ink = 0
      for (const value of store.read([index])) ink += WHITE - value
      return Math.round(ink / WHITE)
    })
  } finally {
    store.close()
  }
}

async function rasterise(size: number, drawing: string): Promise<Uint8Array> {
  const side = String(size)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">${drawing}</svg>`
  return sharp(Buffer.from(svg, 'utf8'))
    .flatten({ background: 'white' })
    .greyscale()
    .blur(PRINT.spread)
    .linear(PRINT.gain, WHITE * (1 - PRINT.gain))
    .toColourspace('b-w')
    .raw()
    .toBuffer()
}
