import { METHODS, type RemoteApi } from '@shared/api'
import type { ScorescopeBridge } from '@shared/bridge'
import { createRemote } from '@shared/caller'
import { AppError, toWire } from '@shared/errors'
import type { EngineEvents } from '@shared/events'
import type { Outcome, Port, PortReader, RequestFrame } from '@shared/wire'
import type { Connection } from '../api'
import { SaveProblem } from './downloads'
import { pictureUrls } from './picture-urls'

declare global {
  interface Window {
    /** Only in the desktop window. */
    readonly scorescope?: ScorescopeBridge
  }
}

type BridgeCall = (id: number, request: unknown) => Promise<Outcome>

/** Goes over the preload's bridge. */
export function connectDesktop(bridge: ScorescopeBridge): Connection {
  const remote = createRemote<RemoteApi, EngineEvents>(bridgePort(bridge), METHODS)
  return {
    api: remote.api,
    on: remote.on,
    pictureUrl: pictureUrls('page://picture/', remote.on),
    host: {
      kind: 'desktop',
      platform: bridge.platform,
      chooseFolder: bridge.chooseFolder,
      chooseFile: bridge.chooseFile,
      choosePages: bridge.choosePages,
      pathOf: bridge.pathOf,
      saveFile: async (file) => {
        const saved = await bridge.saveFile(file)
        if (saved !== null && 'problem' in saved) throw new SaveProblem(saved.problem)
        return saved?.path ?? null
      },
      setProgress: bridge.setProgress,
      setTheme: bridge.setTheme,
      onEngineState: bridge.onEngineState,
      onCommand: bridge.onCommand,
    },
  }
}

/** The bridge as a port. It never closes: the main process answers for an engine that is gone. */
function bridgePort(bridge: ScorescopeBridge): Port {
  let reader: PortReader | null = null
  bridge.onEvent((name, value) => reader?.frame({ type: 'event', name, value }))
  const ask = async (frame: RequestFrame): Promise<void> => {
    const outcome = await answer(bridge, frame)
    reader?.frame({ type: 'reply', id: frame.id, outcome })
  }
  return {
    read: (next) => {
      reader = next
    },
    send: (frame) => {
      if (frame.type === 'request') void ask(frame)
      if (frame.type === 'cancel') bridge.cancel(frame.id)
    },
  }
}

async function answer(bridge: ScorescopeBridge, { id, noun, verb, request }: RequestFrame): Promise<Outcome> {
  const verbs: Readonly<Record<string, Readonly<Record<string, BridgeCall>>>> = bridge.api
  const call = verbs[noun]?.[verb]
  if (call === undefined) {
    const error = AppError.of('request/unknown', { request: `${noun}.${verb}` })
    return { ok: false, error: toWire(error) }
  }
  try {
    return await call(id, request)
  } catch (error) {
    return { ok: false, error: toWire(error) }
  }
}
