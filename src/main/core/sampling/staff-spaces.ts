/** How far apart staff lines are on the pages of a sample set, measured in its crops. */
import type Database from 'better-sqlite3'
import { setImmediate } from 'node:timers/promises'
import type { SampleWithPage, StaffSpaceSummary } from '@shared/domain/sample-set'
import { throwIfCancelled } from '@shared/errors'
import { quantile } from '../../numerics/bootstrap'
import { measureStaffSpace } from '../../numerics/staff-space'
import { openSampleStore, type SampleStore } from '../../storage/sample-store'

/** A tenth of the pages lie below the first, a tenth above the second. */
const TAILS = { low: 0.1, high: 0.9 } as const

/**
 * Measured when first asked for, then remembered: a set never changes.
 * @throws AppError sampling/store-damaged, Cancelled
 */
export async function staffSpacesOf(
  database: Database.Database,
  set: {
    readonly id: number
    readonly path: string
    /** Asked for only where nothing is remembered yet. */
    readonly samples: () => readonly Pick<SampleWithPage, 'index' | 'page'>[]
  },
  signal: AbortSignal,
): Promise<StaffSpaceSummary> {
  const kept = database
    .prepare<[number], string>('SELECT summary FROM sample_set_staff_spaces WHERE sample_set = ?')
    .pluck()
    .get(set.id)
  if (kept !== undefined) return JSON.parse(kept) as StaffSpaceSummary
  const summary = await summariseStaffSpaces(set.path, set.samples(), signal)
  database
    .prepare('INSERT OR REPLACE INTO sample_set_staff_spaces (sample_set, summary) VALUES (?, ?)')
    .run(set.id, JSON.stringify(summary))
  return summary
}

/**
 * A page's staff space is the median of its crops'.
 * @param path of the set's samples/<id>.u8
 * @throws AppError sampling/store-damaged, Cancelled
 */
async function summariseStaffSpaces(
  path: string,
  samples: readonly Pick<SampleWithPage, 'index' | 'page'>[],
  signal: AbortSignal,
): Promise<StaffSpaceSummary> {
  const byPage = Map.groupBy(samples, ({ page }) => page)
  const spaces: number[] = []
  const store = openSampleStore(path)
  try {
    for (const crops of byPage.values()) {
      // The engine answers others between two pages.
      await setImmediate()
      throwIfCancelled(signal)
      const measured = crops.flatMap(({ index }) => spaceOfCrop(store, index))
      const middle = quantileOf(measured, 0.5)
      if (middle !== null) spaces.push(middle)
    }
  } finally {
    store.close()
  }
  return {
    measured: spaces.length,
    pages: byPage.size,
    median: quantileOf(spaces, 0.5),
    low: quantileOf(spaces, TAILS.low),
    high: quantileOf(spaces, TAILS.high),
  }
}

function spaceOfCrop(store: SampleStore, index: number): readonly number[] {
  const { size } = store
  const found = measureStaffSpace({ width: size, height: size, pixels: store.read([index]) })
  return found === null ? [] : [found.spacePixels]
}

/** Null of nothing. */
function quantileOf(values: readonly number[], share: number): number | null {
  return values.length === 0
    ? null
    : quantile(
        [...values].sort((a, b) => a - b),
        share,
      )
}
