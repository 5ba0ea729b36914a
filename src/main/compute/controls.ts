/** Pause, resume, stop and cancel, looked at between native calls. */
import { setImmediate } from 'node:timers/promises'

export type Ending = 'stopped' | 'cancelled'

export class TrainingControls {
  private paused = false
  private stopping = false
  private wake: (() => void) | null = null

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => {
      this.wake?.()
    })
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
    this.wake?.()
  }

  stop(): void {
    this.stopping = true
    this.wake?.()
  }

  get isPaused(): boolean {
    return this.paused
  }

  /**
   * Lets requests arrive, and waits while paused. Returns how training is to end, or null to go on.
   * @param onPause told once each time that waiting begins
   */
  async check(onPause: () => void): Promise<Ending | null> {
    await setImmediate()
    if (this.paused && this.ending() === null) onPause()
    while (this.paused && this.ending() === null) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    return this.ending()
  }

  private ending(): Ending | null {
    if (this.signal.aborted) return 'cancelled'
    return this.stopping ? 'stopped' : null
  }
}
