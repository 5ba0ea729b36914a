/** The drawn crops of a set of which not all are kept: which ones shows only when the last page is drawn. */
import { basename, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { throwIfCancelled } from '@shared/errors'
import { createSampleStore, openSampleStore } from '../../storage/sample-store'

/** Between two looks at whether the work is still wanted. */
const CROPS_AT_ONCE = 64

/** Beside the set's file, and named so that the next opening of the project sweeps it away after a crash. */
export function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.partial-drawn`)
}

/**
 * Copies the kept crops of a draft, in their order.
 * @param kept one entry for each crop of the draft
 * @returns SHA-256 of the kept pixels, in hex
 * @throws AppError sampling/store-damaged, Cancelled
 */
export async function keepSome(of: {
  readonly draft: string
  readonly path: string
  readonly kept: readonly boolean[]
  readonly signal: AbortSignal
}): Promise<string> {
  const draft = openSampleStore(of.draft)
  try {
    const writer = createSampleStore(of.path, draft.facts)
    try {
      let samples = 0
      for (const [index, isKept] of of.kept.entries()) {
        if (index % CROPS_AT_ONCE === 0) {
          await setImmediate()
          throwIfCancelled(of.signal)
        }
        if (!isKept) continue
        writer.write(draft.read([index]))
        samples += 1
      }
      return writer.commit([samples, draft.size, draft.size])
    } finally {
      writer.discard()
    }
  } finally {
    draft.close()
  }
}
