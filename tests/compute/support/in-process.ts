/** The compute API within the test's own process, with its events kept. */
import type { ComputeApi, ComputeEvents, TrainRequest } from '@shared/compute-api'
import type { TrainingOutcome } from '@shared/domain/run'
import type { CallContext, Local } from '@shared/remote'
import { createCompute } from '../../../src/main/compute/index'
import type { TinyRun } from './tiny-run'

type EventName = keyof ComputeEvents
export type ComputeEvent = {
  readonly [Name in EventName]: { readonly name: Name; readonly value: ComputeEvents[Name] }
}[EventName]

export interface InProcess {
  readonly compute: Local<ComputeApi>
  readonly events: ComputeEvent[]
  /** Called at each event, while it is being said. */
  onEvent: (event: ComputeEvent) => void
}

/** What a machine without the native library has. */
export const WITHOUT_NATIVE = { SCORESCOPE_NATIVE_FOLDER: '/nowhere' }

export function createInProcess(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): InProcess {
  const events: ComputeEvent[] = []
  let ms = 0
  const made: InProcess = {
    events,
    onEvent: () => undefined,
    compute: createCompute({
      emit: (name, value) => {
        const event = { name, value } as ComputeEvent
        events.push(event)
        made.onEvent(event)
      },
      environment,
      // Time passes evenly, whatever the machine is busy with.
      elapsedMs: () => (ms += 1),
    }),
  }
  return made
}

export function context(signal: AbortSignal = new AbortController().signal): CallContext {
  return { signal }
}

export function train(
  { compute }: InProcess,
  { plan, sampleFile, runFolder }: TinyRun,
  options: { readonly resume?: boolean; readonly signal?: AbortSignal; readonly keep?: number } = {},
): Promise<TrainingOutcome> {
  const request: TrainRequest = {
    plan,
    sampleFile,
    runFolder,
    resume: options.resume ?? false,
    keep: options.keep ?? 3,
  }
  return Promise.resolve(compute.training.train(request, context(options.signal)))
}

/** Values of the events of one name. */
export function valuesOf<Name extends EventName>({ events }: InProcess, name: Name): ComputeEvents[Name][] {
  return events.filter((event) => event.name === name).map((event) => event.value as ComputeEvents[Name])
}
