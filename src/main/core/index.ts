/** The core's front: `createCore(dependencies)`. Its parts meet in parts.ts. */
import { METHODS, type RemoteApi } from '@shared/api'
import { createApi } from '@shared/caller'
import type { EngineEventName, EngineEvents } from '@shared/events'
import { createDoor } from './door'
import { createEventHub } from './event-hub'
import { askInProcess } from './in-process'
import { type CoreDependencies, createParts } from './parts'

export type { CoreDependencies } from './parts'

/** The engine in this process. */
export interface Core {
  /** The whole contract; every request is checked at the door. */
  readonly api: RemoteApi
  /** Returns the function that stops listening. */
  on<Name extends EngineEventName>(event: Name, listener: (value: EngineEvents[Name]) => void): () => void
  /** Keeps what runs so that it can be gone on from, stops all processes, closes the project, frees its lock. */
  close(): Promise<void>
}

export function createCore(dependencies: CoreDependencies): Core {
  const hub = createEventHub()
  const parts = createParts(dependencies, hub.emit)
  return {
    api: createApi<RemoteApi>(METHODS, askInProcess(createDoor(parts.api, (error) => parts.explain(error)))),
    on: (event, listener) => hub.on(event, listener),
    async close() {
      await parts.close()
      hub.close()
    },
  }
}
