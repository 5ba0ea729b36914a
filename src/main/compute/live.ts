/** How training goes on just now, said at most once a second. */
import type { ComputeLive } from '@shared/compute-api'
import { peakMemoryBytes } from './peak-memory'

const INTERVAL_MS = 1000
const STEPS = 20

export type LiveFacts = Pick<ComputeLive, 'phase' | 'learningRate' | 'microBatch'>

export interface LiveOptions {
  readonly device: string
  readonly elapsedMs: () => number
  readonly emit: (live: ComputeLive) => void
}

export class LiveReport {
  private readonly stepSeconds: number[] = []
  private said: { readonly atMs: number; readonly phase: ComputeLive['phase'] } | null = null

  constructor(private readonly options: LiveOptions) {}

  /** @param seconds that a whole step took, pauses and checkpoints not counted */
  step(seconds: number): void {
    this.stepSeconds.push(seconds)
    if (this.stepSeconds.length > STEPS) this.stepSeconds.shift()
  }

  /** A pause that begins or ends is said at once: nothing else would be said for as long as it lasts. */
  say(facts: LiveFacts): void {
    const { device, elapsedMs, emit } = this.options
    const atMs = elapsedMs()
    const { said } = this
    const pauses = (said?.phase === 'paused') !== (facts.phase === 'paused')
    if (said !== null && !pauses && atMs - said.atMs < INTERVAL_MS) return
    this.said = { atMs, phase: facts.phase }
    const memory = { memoryBytes: process.memoryUsage.rss(), peakMemoryBytes: peakMemoryBytes() }
    emit({ ...facts, ...memory, device, secondsPerStep: median(this.stepSeconds) })
  }
}

/** Null where there is none. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2
}
