import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack'
import { METHODS, type RemoteApi } from '@shared/api'
import type { EngineState } from '@shared/bridge'
import { createApi, createRemote, type RemoteSide } from '@shared/caller'
import { AppError } from '@shared/errors'
import type { EngineEvents } from '@shared/events'
import { Subscriptions } from '@shared/subscriptions'
import { ENGINE_STATE, registerTypedArrays, type Frame, type Port, type PortReader } from '@shared/wire'
import type { Connection } from '../api'
import { download } from './downloads'
import { pictureUrls } from './picture-urls'

const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 5_000
const TITLE = 'Scorescope'
const LOST =
  'The connection to the Scorescope server was lost and is tried again. If "scorescope serve" was started anew, open the address that it printed.'

const extensionCodec = registerTypedArrays(new ExtensionCodec())
const encoder = new Encoder({ extensionCodec, ignoreUndefined: true })
const decoder = new Decoder({ extensionCodec })

type Events = EngineEvents & { readonly [ENGINE_STATE]: EngineState }
type Remote = RemoteSide<RemoteApi, Events>

/** Goes over a WebSocket to `scorescope serve`; when it is lost it is opened again, and requests wait meanwhile. */
export async function connectBrowser(location: Location): Promise<Connection> {
  const link = new BrowserLink(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`)
  await link.remote
  return {
    api: createApi<RemoteApi>(METHODS, async (noun, verb, request, options) =>
      (await link.remote).call(noun, verb, request, options),
    ),
    on: (name, listener) => link.events.on(name, listener),
    pictureUrl: pictureUrls('/page/', (name, listener) => link.events.on(name, listener)),
    host: {
      kind: 'browser',
      platform: 'browser',
      chooseFolder: null,
      chooseFile: null,
      choosePages: null,
      pathOf: null,
      saveFile: (file) => Promise.resolve(download(file)),
      setProgress: (fraction, title) => {
        document.title = fraction === null ? TITLE : `${Math.floor(fraction * 100)} % ${title} – ${TITLE}`
      },
      setTheme: () => undefined,
      onEngineState: (listener) => link.onState(listener),
      onCommand: () => () => undefined,
    },
  }
}

/** One WebSocket after another; subscriptions outlive each. */
class BrowserLink {
  readonly events = new Subscriptions<Events>()
  remote: Promise<Remote>
  #state: EngineState = { state: 'starting', sentence: null }
  readonly #states = new Subscriptions<{ changed: EngineState }>()

  constructor(readonly url: string) {
    this.events.on(ENGINE_STATE, (state) => this.#say(state))
    this.remote = this.#open(FIRST_RETRY_MS)
  }

  onState(listener: (state: EngineState) => void): () => void {
    listener(this.#state)
    return this.#states.on('changed', listener)
  }

  /** Resolves with the first socket that opens; when it closes, the next is opened. */
  #open(retryMs: number): Promise<Remote> {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.url)
      socket.binaryType = 'arraybuffer'
      let remote: Remote | null = null
      socket.addEventListener('open', () => {
        remote = createRemote<RemoteApi, Events>(socketPort(socket), METHODS, this.events)
        resolve(remote)
        this.#say({ state: 'ready', sentence: null })
      })
      socket.addEventListener('close', () => {
        const next = (): Promise<Remote> =>
          after(retryMs).then(() => this.#open(Math.min(retryMs * 2, LONGEST_RETRY_MS)))
        if (remote === null) resolve(next())
        else this.remote = this.#open(FIRST_RETRY_MS)
        this.#say({ state: 'restarting', sentence: LOST })
      })
    })
  }

  #say(state: EngineState): void {
    this.#state = state
    this.#states.emit('changed', state)
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** An open WebSocket as a port. */
function socketPort(socket: WebSocket): Port {
  let reader: PortReader | null = null
  socket.addEventListener('message', (message: MessageEvent<ArrayBuffer>) => {
    try {
      reader?.frame(decoder.decode(message.data) as Frame)
    } catch (error) {
      // Whoever waits for what cannot be read must not wait for ever.
      socket.close()
      throw error
    }
  })
  socket.addEventListener('close', () =>
    reader?.closed(() => AppError.of('connection/closed', { to: 'Scorescope server' })),
  )
  return {
    read: (next) => {
      reader = next
    },
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(encoder.encode(frame))
    },
  }
}
