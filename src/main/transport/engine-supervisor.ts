/** Keeps one engine process running for the window: starts it, starts it again with growing pauses, and passes requests on. */
import { join } from 'node:path'
import { METHODS, type RemoteApi } from '@shared/api'
import type { EngineState } from '@shared/bridge'
import { createRemote, type RemoteSide } from '@shared/caller'
import { AppError } from '@shared/errors'
import type { EngineEvents } from '@shared/events'
import type { CallOptions } from '@shared/remote'
import { Subscriptions } from '@shared/subscriptions'
import { scrubbed } from './environment'
import type { Installation } from './installation'
import { launchChild, type Child } from './launch-child'

const READINESS_SECONDS = 30
/** Pauses before the second, third … start in a row; after the last the engine is given up until someone asks it something. */
const PAUSES_MS = [0, 500, 2_000, 5_000]
/** An engine that lived this long was no failed start. */
const STEADY_MS = 30_000

type Engine = RemoteSide<RemoteApi, EngineEvents>

export interface EngineSupervisorOptions {
  readonly installation: Installation
  /** Where settings such as the recent projects are kept. */
  readonly settingsFolder: string
  readonly environment?: NodeJS.ProcessEnv
  readonly pausesMs?: readonly number[]
  readonly log?: (line: string) => void
}

export interface EngineSupervisor {
  /**
   * Waits while the engine starts; an engine that was given up is started once more. A request that was being answered
   * when the engine died is not repeated.
   */
  call(noun: string, verb: string, request: unknown, options?: CallOptions): Promise<unknown>
  readonly events: Subscriptions<EngineEvents>
  state(): EngineState
  onState(listener: (state: EngineState) => void): () => void
  /** Starts an engine that was given up. */
  retry(): void
  /** The engine's process, while it runs. */
  pid(): number | null
  stop(): Promise<void>
}

/** Starts the engine at once. */
export function superviseEngine(options: EngineSupervisorOptions): EngineSupervisor {
  return new Supervisor(options)
}

class Supervisor implements EngineSupervisor {
  readonly events = new Subscriptions<EngineEvents>()
  readonly #states = new Subscriptions<{ changed: EngineState }>()
  #state: EngineState = { state: 'starting', sentence: null }
  #engine: Promise<Engine>
  #child: Child | null = null
  #failedStarts = 0
  #stopping = false
  /** The project that was open, to open it again in the next engine. */
  #projectFolder: string | null = null

  constructor(readonly options: EngineSupervisorOptions) {
    this.events.on('project/changed', (project) => {
      this.#projectFolder = project?.folder ?? null
    })
    this.#engine = this.#start()
  }

  async call(noun: string, verb: string, request: unknown, options?: CallOptions): Promise<unknown> {
    this.retry()
    const engine = await this.#engine
    return engine.call(noun, verb, request, options)
  }

  state(): EngineState {
    return this.#state
  }

  onState(listener: (state: EngineState) => void): () => void {
    return this.#states.on('changed', listener)
  }

  retry(): void {
    if (this.#state.state !== 'failed' || this.#stopping) return
    this.#failedStarts = 0
    this.#say({ state: 'restarting', sentence: 'The engine is being started again.' })
    this.#engine = this.#start()
  }

  pid(): number | null {
    return this.#child?.pid ?? null
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#engine.catch(() => undefined)
    await this.#child?.stop()
  }

  /** The next engine that becomes ready, however many starts that takes. */
  #start(): Promise<Engine> {
    const engine = this.#tryToStart()
    // Whoever asks hears of the failure; the state tells everybody else.
    engine.catch(() => undefined)
    return engine
  }

  async #tryToStart(): Promise<Engine> {
    const pauses = this.options.pausesMs ?? PAUSES_MS
    for (;;) {
      await pause(pauses[Math.min(this.#failedStarts, pauses.length - 1)] ?? 0)
      try {
        return await this.#launch()
      } catch (error) {
        this.#failedStarts += 1
        const sentence = error instanceof Error ? error.message : String(error)
        this.options.log?.(sentence)
        if (this.#failedStarts >= pauses.length || this.#stopping) {
          this.#say({ state: 'failed', sentence })
          throw error
        }
        this.#say({ state: 'restarting', sentence })
      }
    }
  }

  async #launch(): Promise<Engine> {
    const { installation, settingsFolder, environment, log } = this.options
    const child = await launchChild({
      name: 'engine',
      execPath: installation.node,
      entry: join(installation.entries, 'engine.cjs'),
      args: [settingsFolder],
      env: scrubbed(environment ?? process.env),
      readinessSeconds: READINESS_SECONDS,
      graceSeconds: 12,
      ...(log === undefined ? {} : { log }),
    })
    const started = performance.now()
    const engine = createRemote<RemoteApi, EngineEvents>(child.port, METHODS, this.events)
    this.#child = child
    void child.exited.then(({ reason }) => this.#ended(reason, performance.now() - started))
    await this.#reopen(engine)
    if (this.#child === child) this.#say({ state: 'ready', sentence: null })
    return engine
  }

  /** A project that cannot be opened again is closed for the window too, and is tried once: it may be what ended the engine. */
  async #reopen(engine: Engine): Promise<void> {
    const folder = this.#projectFolder
    if (folder === null) return
    this.#projectFolder = null
    try {
      await engine.api.project.open({ folder })
    } catch (error) {
      this.options.log?.(`${folder} was not opened again: ${String(error)}`)
      this.events.emit('project/changed', null)
    }
  }

  #ended(reason: string, livedMs: number): void {
    this.#child = null
    if (this.#stopping) return
    this.#failedStarts = livedMs >= STEADY_MS ? 0 : this.#failedStarts + 1
    this.options.log?.(`The engine stopped: ${reason}`)
    const pauses = this.options.pausesMs ?? PAUSES_MS
    if (this.#failedStarts >= pauses.length) {
      const failure = AppError.of('process/given-up', {
        process: 'engine',
        times: this.#failedStarts,
        reason,
      })
      this.#say({ state: 'failed', sentence: failure.message })
      this.#engine = Promise.reject(failure)
      this.#engine.catch(() => undefined)
      return
    }
    this.#say({ state: 'restarting', sentence: `The engine stopped (${reason}) and is being started again.` })
    this.#engine = this.#start()
  }

  #say(state: EngineState): void {
    this.#state = state
    this.#states.emit('changed', state)
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
