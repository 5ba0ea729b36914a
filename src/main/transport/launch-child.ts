/** Starts a child process that hosts an interface (host-on-parent.ts) and knows when it is ready and when it is gone. */
import { spawn, type ChildProcess } from 'node:child_process'
import { AppError, fromWire } from '@shared/errors'
import type { Frame, Port, PortReader } from '@shared/wire'
import { keepLastWords, type LastWords } from './last-words'

export interface ChildLaunch {
  /** For messages: "engine", "compute". */
  readonly name: string
  /** The Node binary. */
  readonly execPath: string
  /** The built file that it runs. */
  readonly entry: string
  readonly args?: readonly string[]
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>
  /** How long it may take until it can be asked. */
  readonly readinessSeconds: number
  /** How long it may take to end after it was asked to; then it is killed. */
  readonly graceSeconds?: number
  /** What it is started for ("training run k3f9"); without it, failures name the request. */
  readonly doing?: string
  /** Told every line that it writes. */
  readonly log?: (line: string) => void
}

export interface Child {
  readonly pid: number
  readonly port: Port
  /** Settles when the process is gone and all it sent was read. */
  readonly exited: Promise<{ readonly reason: string }>
  /** Asks it to end, by closing its channel, and waits; kills it when it does not. */
  stop(): Promise<void>
}

const GRACE_SECONDS = 5

/** Resolves when the child says that it is ready. @throws AppError process/not-ready, process/not-started, or what the child failed with */
export function launchChild(launch: ChildLaunch): Promise<Child> {
  const child = spawn(launch.execPath, [launch.entry, ...(launch.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: launch.env,
    windowsHide: true,
  })
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  const words = keepLastWords(streams, launch.log ?? (() => undefined))
  const running = new RunningChild(child, launch, words)
  return running.ready()
}

class RunningChild implements Child {
  readonly port: Port
  readonly exited: Promise<{ readonly reason: string }>
  #reader: PortReader | null = null
  #reason: string | null = null
  /** What arrived between readiness and the next reader. */
  readonly #unread: Frame[] = []

  constructor(
    readonly child: ChildProcess,
    readonly launch: ChildLaunch,
    readonly words: LastWords,
  ) {
    this.exited = this.#watchEnd()
    child.on('message', (frame) => this.#receive(frame as Frame))
    this.port = {
      read: (reader) => {
        this.#reader = reader
        for (const frame of this.#unread.splice(0)) reader.frame(frame)
        if (this.#reason !== null) reader.closed(this.#failureOf)
      },
      send: (frame) => {
        // The callback takes the error of a channel that closes meanwhile; the end of the process tells it.
        if (child.connected) child.send(frame, () => undefined)
      },
    }
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  async stop(): Promise<void> {
    if (this.child.connected) this.child.disconnect()
    const timer = setTimeout(
      () => this.child.kill('SIGKILL'),
      (this.launch.graceSeconds ?? GRACE_SECONDS) * 1000,
    )
    await this.exited
    clearTimeout(timer)
  }

  /** Waits for the first frame: ready, or why it never will be. */
  ready(): Promise<Child> {
    const { name, readinessSeconds } = this.launch
    return new Promise((resolve, reject) => {
      const giveUp = (failure: AppError): void => {
        clearTimeout(timer)
        this.child.kill('SIGKILL')
        reject(failure)
      }
      const notStarted = (reason: string): void =>
        giveUp(AppError.of('process/not-started', { process: name, reason }))
      const timer = setTimeout(() => {
        const reason = this.words.reason() ?? 'it said nothing'
        giveUp(AppError.of('process/not-ready', { process: name, seconds: readinessSeconds, reason }))
      }, readinessSeconds * 1000)
      this.port.read({
        closed: () => notStarted(this.#reason ?? 'it ended'),
        frame: (frame) => {
          if (frame.type === 'ready') {
            clearTimeout(timer)
            this.#reader = null
            resolve(this)
          }
          if (frame.type !== 'failed') return
          const failure = fromWire(frame.error)
          if (failure instanceof AppError) giveUp(failure)
          else notStarted(failure.message)
        },
      })
    })
  }

  #receive(frame: Frame): void {
    if (this.#reader === null) this.#unread.push(frame)
    else this.#reader.frame(frame)
  }

  /** Gone means: the process has ended and its channel is read to the end, in whichever order. */
  #watchEnd(): Promise<{ readonly reason: string }> {
    const { child } = this
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(this.#describeEnd(code, signal)))
    })
    const drained = new Promise<void>((resolve) => {
      if (child.connected) child.once('disconnect', resolve)
      else resolve()
    })
    return Promise.all([ended, drained]).then(([reason]) => {
      this.#reason = reason
      this.#reader?.closed(this.#failureOf)
      return { reason }
    })
  }

  #describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
    if (signal === 'SIGKILL') return 'killed from outside, perhaps because memory ran out'
    if (signal !== null) return `signal ${signal}`
    const said = code === 0 ? null : this.words.reason()
    return said === null ? `exit code ${code}` : `exit code ${code}: ${said}`
  }

  readonly #failureOf = (request: string): Error =>
    AppError.of('process/exited', {
      process: this.launch.name,
      reason: this.#reason ?? 'it ended',
      doing: this.launch.doing ?? `answering ${request}`,
    })
}
