/** A compute process that is no process: answers what the test says, and crashes when the test says. */
import type { ComputeEvents, RemoteCompute } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import type { ComputeProcess } from '../../src/main/core/ports'

export interface FakeCompute extends ComputeProcess {
  /** Says something unasked. */
  readonly tell: <Name extends keyof ComputeEvents>(name: Name, value: ComputeEvents[Name]) => void
  /** Ends as a crash would; requests that wait fail with process/exited. */
  crash(): void
  readonly stopped: () => boolean
}

export function fakeCompute(api: object): FakeCompute {
  let end: (value: { reason: string }) => void = () => undefined
  let stopped = false
  const listeners = new Set<{ readonly name: string; readonly hear: (value: never) => void }>()
  const exited = new Promise<{ reason: string }>((resolve) => {
    end = resolve
  })
  return {
    api: api as RemoteCompute,
    on: (name, hear) => {
      const listener = { name, hear }
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: (name, value) => {
      for (const listener of listeners) if (listener.name === name) listener.hear(value as never)
    },
    exited,
    stop: () => {
      stopped = true
      end({ reason: 'asked to' })
      return Promise.resolve()
    },
    crash: () => {
      end({ reason: 'signal SIGKILL' })
    },
    stopped: () => stopped,
  }
}

export const exitedFailure = (): AppError =>
  AppError.of('process/exited', { process: 'compute', reason: 'signal SIGKILL', doing: 'exploring' })
