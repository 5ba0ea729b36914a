/**
 * Samples read and reduced on a thread of their own while a native call keeps this one busy: whoever trains says what
 * it will ask for next, and finds it ready. What comes out is the same bytes as without.
 */
import { Worker } from 'node:worker_threads'

/** What the reading thread is started with; its half is in read-ahead-thread.ts. */
export interface ReadAheadData {
  readonly role: 'read-ahead'
  readonly file: string
  readonly inputSize: number
  /** Int32: see `CONTROL`, then as many indices as one request can hold. */
  readonly control: SharedArrayBuffer
  /** Grey bytes of one request. */
  readonly pixels: SharedArrayBuffer
}

/** Places in the control array. Requests are numbered from 1; −1 ends the thread. */
export const CONTROL = { asked: 0, answered: 1, count: 2, failed: 3, indices: 4 } as const
export const END = -1

/** Starting the thread takes some 0.1 s, reading a batch some milliseconds; after this long something is wrong. */
const PATIENCE_MS = 20_000

export class ReadAhead {
  private readonly control: Int32Array
  private readonly pixels: Uint8Array
  private readonly worker: Worker
  private usable = true

  /**
   * @param script starts the thread: the compute process's own, which turns to `readAheadThread` when it is a thread
   * @param capacity samples of the largest request
   */
  constructor(
    script: string,
    private readonly source: { readonly file: string; readonly inputSize: number; readonly capacity: number },
  ) {
    const { file, inputSize, capacity } = source
    this.control = new Int32Array(new SharedArrayBuffer(4 * (CONTROL.indices + capacity)))
    this.pixels = new Uint8Array(new SharedArrayBuffer(capacity * inputSize ** 2))
    const { control, pixels } = this
    const data = { role: 'read-ahead', file, inputSize, control: control.buffer, pixels: pixels.buffer }
    this.worker = new Worker(script, { workerData: data })
    // Reading ahead only saves time: without it, samples are read when they are needed.
    this.worker.on('error', () => {
      this.usable = false
    })
    this.worker.unref()
  }

  /** Starts to read these samples. */
  expect(indices: ArrayLike<number>): void {
    if (indices.length === 0 || indices.length > this.source.capacity || !this.settled()) return
    const { control } = this
    control.set(indices, CONTROL.indices)
    control[CONTROL.count] = indices.length
    Atomics.add(control, CONTROL.asked, 1)
    Atomics.notify(control, CONTROL.asked)
  }

  /** The samples, where they are those that were expected; null otherwise, or where they could not be read. */
  take(indices: ArrayLike<number>): Uint8Array | null {
    if (!this.isExpected(indices) || !this.settled() || this.control[CONTROL.failed] === 1) return null
    // A copy: TensorFlow may look at it for as long as the tensor lives, and the thread goes on writing.
    return this.pixels.slice(0, indices.length * this.source.inputSize ** 2)
  }

  close(): void {
    this.usable = false
    Atomics.store(this.control, CONTROL.asked, END)
    Atomics.notify(this.control, CONTROL.asked)
  }

  private isExpected(indices: ArrayLike<number>): boolean {
    const { control } = this
    if (!this.usable || control[CONTROL.asked] === 0 || control[CONTROL.count] !== indices.length)
      return false
    return Array.from(indices).every((index, slot) => control[CONTROL.indices + slot] === index)
  }

  /** Waits for what was asked last. Returns whether the thread can still be asked. */
  private settled(): boolean {
    const { control } = this
    const asked = control[CONTROL.asked] ?? END
    while (this.usable) {
      const answered = Atomics.load(control, CONTROL.answered)
      if (answered === asked) return true
      if (Atomics.wait(control, CONTROL.answered, answered, PATIENCE_MS) === 'timed-out') this.usable = false
    }
    return false
  }
}
