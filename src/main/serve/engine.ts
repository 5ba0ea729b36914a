import { METHODS, type RemoteApi } from '@shared/api'
import { createApi } from '@shared/caller'
import { superviseEngine, type EngineSupervisorOptions } from '../transport/engine-supervisor'
import type { ServedCore } from './index'

export interface ServedEngine extends ServedCore {
  readonly stop: () => Promise<void>
}

/**
 * A supervised engine process to serve, as the desktop window has one: pages are answered while the engine computes,
 * and a crash of the engine costs what it was doing, not the server.
 */
export function startServedEngine(options: EngineSupervisorOptions): ServedEngine {
  const engine = superviseEngine(options)
  return {
    api: createApi<RemoteApi>(METHODS, (noun, verb, request, call) => engine.call(noun, verb, request, call)),
    on: (name, listener) => engine.events.on(name, listener),
    engineState: {
      now: () => engine.state(),
      onChange: (listener) => engine.onState(listener),
    },
    stop: () => engine.stop(),
  }
}
