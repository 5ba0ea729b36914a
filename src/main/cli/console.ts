/** What the command line says: the result on standard output, all else on standard error. */
import { Presets, SingleBar } from 'cli-progress'
import type { JobProgress } from '@shared/domain/job'

/** How often progress is said in lines where there is no terminal to draw a bar in. */
const LINE_EVERY_MS = 10_000

export interface Streams {
  readonly output: NodeJS.WritableStream
  readonly errors: NodeJS.WritableStream & { readonly isTTY?: boolean }
  /** Milliseconds from any start. */
  readonly elapsedMs: () => number
}

/** Speaks for one command. */
export class Console {
  private bar: SingleBar | null = null
  private lineAtMs = -Infinity
  private label: string | null = null

  constructor(
    readonly json: boolean,
    private readonly streams: Streams,
  ) {}

  /** The one value that the command gives: as JSON, or as the lines that `describe` makes of it. */
  async result<Value>(value: Value, describe: (value: Value) => readonly string[]): Promise<void> {
    this.endProgress()
    await this.write(
      this.json
        ? `${JSON.stringify(value)}\n`
        : describe(value)
            .map((line) => `${line}\n`)
            .join(''),
    )
  }

  /** One line beside the result. */
  say(line: string): void {
    this.endProgress()
    this.streams.errors.write(`${line}\n`)
  }

  progress({ label, done, total, secondsLeft }: JobProgress): void {
    if (this.streams.errors.isTTY === true) {
      this.draw({ label, done, total, secondsLeft })
      return
    }
    const nowMs = this.streams.elapsedMs()
    if (label === this.label && nowMs - this.lineAtMs < LINE_EVERY_MS) return
    this.label = label
    this.lineAtMs = nowMs
    const share = total > 0 ? ` ${Math.floor((100 * done) / total)} %` : ''
    const left = secondsLeft === null ? '' : `, ${describeSeconds(secondsLeft)} left`
    this.streams.errors.write(`${label}${share}${left}\n`)
  }

  endProgress(): void {
    this.bar?.stop()
    this.bar = null
  }

  private draw({ label, done, total, secondsLeft }: Omit<JobProgress, 'job' | 'kind'>): void {
    const facts = { label, left: secondsLeft === null ? '' : `${describeSeconds(secondsLeft)} left` }
    if (this.bar === null) {
      const format = '{label} {bar} {percentage} % {left}'
      const stream = this.streams.errors
      this.bar = new SingleBar(
        { format, stream, clearOnComplete: true, hideCursor: true },
        Presets.shades_grey,
      )
      this.bar.start(Math.max(1, total), done, facts)
      return
    }
    this.bar.setTotal(Math.max(1, total))
    this.bar.update(done, facts)
  }

  /** Waits until the text has left: a pipe may be slow, and the process ends soon after. */
  private write(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.streams.output.write(text, () => {
        resolve()
      })
    })
  }
}

/** "41 s", "3 min 20 s", "2 h 5 min" */
export function describeSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
