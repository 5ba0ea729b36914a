/** A compute process that is no process: answers what the test says, and crashes when the test says. */
import type { RemoteCompute } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import type { ComputeProcess } from '../../src/main/core/ports'

export interface FakeCompute extends ComputeProcess {
  /** Ends as a crash would; requests that wait fail with process/exited. */
  crash(): void
  readonly stopped: () => boolean
}

export function fakeCompute(api: object): FakeCompute {
  let end: (value: { reason: string }) => void = () => undefined
  let stopped = false
  const exited = new Promise<{ reason: string }>((resolve) => {
    end = resolve
  })
  return {
    api: api as RemoteCompute,
    on: () => () => undefined,
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
