/** How grey the paper of each page is, measured once per sample set on a few of its crops. */
import type Database from 'better-sqlite3'
import { greyQuantile } from '../../numerics/grey-histogram'
import type { Pause } from '../../numerics/symmetric-eigen'
import { openSampleStore } from '../../storage/sample-store'

/** Crops of a page that are looked at, and every how many-th pixel of each. */
const CROPS = 2
const STRIDE = 3
/** This share of the pixels is no brighter than the paper: most of a page is paper, whatever is printed on it. */
const SHARE = 0.9
const WHITE = 255

export interface TonedCrops {
  readonly sampleSet: number
  /** Absolute path of the set's pixels. */
  readonly sampleFile: string
  readonly crops: readonly { readonly index: number; readonly page: number }[]
}

/** Page → grey of its paper in [0, 1]. @throws Cancelled, AppError sampling/store-damaged */
export async function paperTones(
  database: Database.Database,
  { sampleSet, sampleFile, crops }: TonedCrops,
  pause: Pause,
): Promise<ReadonlyMap<number, number>> {
  const known = database
    .prepare<[number], { page: number; tone: number }>(
      'SELECT page, tone FROM paper_tones WHERE sample_set = ?',
    )
    .all(sampleSet)
  if (known.length > 0) return new Map(known.map(({ page, tone }) => [page, tone]))
  const tones = new Map<number, number>()
  const store = openSampleStore(sampleFile)
  try {
    for (const [page, onPage] of Map.groupBy(crops, (crop) => crop.page)) {
      const measured = onPage.slice(0, CROPS).map(({ index }) => toneOf(store.read([index])))
      tones.set(page, Math.max(...measured))
      await pause()
    }
  } finally {
    store.close()
  }
  const insert = database.prepare(
    'INSERT OR REPLACE INTO paper_tones (sample_set, page, tone) VALUES (?, ?, ?)',
  )
  database.transaction(() => {
    for (const [page, tone] of tones) insert.run(sampleSet, page, tone)
  })()
  return tones
}

/** The grey below which that share of the pixels lies. */
export function toneOf(pixels: Uint8Array): number {
  const counts = new Int32Array(WHITE + 1)
  for (let at = 0; at < pixels.length; at += STRIDE) {
    const grey = pixels[at] ?? 0
    counts[grey] = (counts[grey] ?? 0) + 1
  }
  return (greyQuantile(counts, SHARE) ?? WHITE) / WHITE
}
