/** The thread's half of reading ahead: answers one request after another, without an event loop. */
import { openSampleStore } from '../storage/sample-store'
import { CONTROL, END, type ReadAheadData } from './read-ahead'
import { reducedReader } from './reduced-reader'

/** Whether a thread with this data was started to read ahead. */
export function isReadAheadData(data: unknown): data is ReadAheadData {
  return typeof data === 'object' && data !== null && 'role' in data && data.role === 'read-ahead'
}

/** Blocks its thread until `ReadAhead.close`. */
export function readAheadThread({
  file,
  inputSize,
  control: shared,
  pixels: sharedPixels,
}: ReadAheadData): void {
  const control = new Int32Array(shared)
  const pixels = new Uint8Array(sharedPixels)
  const store = openSampleStore(file)
  const read = reducedReader(store, { inputSize, keeps: true })
  for (;;) {
    const answered = control[CONTROL.answered] ?? 0
    Atomics.wait(control, CONTROL.asked, answered)
    const asked = Atomics.load(control, CONTROL.asked)
    if (asked === END) break
    const count = control[CONTROL.count] ?? 0
    control[CONTROL.failed] = answers(() => {
      pixels.set(read(control.slice(CONTROL.indices, CONTROL.indices + count)))
    })
      ? 0
      : 1
    Atomics.store(control, CONTROL.answered, asked)
    Atomics.notify(control, CONTROL.answered)
  }
  store.close()
}

/** What fails here is tried again by whoever asked, who can say why. */
function answers(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}
