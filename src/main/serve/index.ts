/** The contract and the same renderer over HTTP and WebSocket, for a browser on this machine or at the end of an SSH tunnel. */
import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { METHODS, type RemoteApi } from '@shared/api'
import type { EngineState } from '@shared/bridge'
import { AppError } from '@shared/errors'
import { ENGINE_EVENTS, type EngineEventName, type EngineEvents } from '@shared/events'
import { ENGINE_STATE, type Port } from '@shared/wire'
import { host } from '../transport/host'
import { listStaticFiles } from '../transport/static-files'
import { createAccess, isLoopback } from './access'
import { answerPage } from './pages'
import { createSockets } from './sockets'

/** What is served: the core in this process, or a supervised engine (engine.ts beside this file). */
export interface ServedCore {
  readonly api: RemoteApi
  readonly on: <Name extends EngineEventName>(
    name: Name,
    listener: (value: EngineEvents[Name]) => void,
  ) => () => void
  /** Where what is served can stop and start again: pages are told, as the desktop window is. */
  readonly engineState?: {
    readonly now: () => EngineState
    readonly onChange: (listener: (state: EngineState) => void) => () => void
  }
}

export interface ServeOptions {
  readonly core: ServedCore
  /** The folder of the built renderer (`Installation.renderer`). */
  readonly rendererFolder: string
  /** 0 or none takes a free one. */
  readonly port?: number
  /** 127.0.0.1 unless said otherwise; other machines need `allowRemote` too. */
  readonly host?: string
  readonly allowRemote?: boolean
  /** Told of failures that nobody foresaw; they go to standard error otherwise. */
  readonly log?: (line: string) => void
}

export interface Serving {
  /** With its token: whoever has it can ask everything. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const TOKEN_BYTES = 32

/** Resolves once pages can connect. @throws AppError serve/not-loopback, serve/no-renderer, serve/port-taken */
export async function startServe(options: ServeOptions): Promise<Serving> {
  const { core, host: address = '127.0.0.1', allowRemote = false } = options
  if (!isLoopback(address) && !allowRemote) throw AppError.of('serve/not-loopback', { host: address })
  const files = listStaticFiles(options.rendererFolder)
  if (!files.has('/')) throw AppError.of('serve/no-renderer', { folder: options.rendererFolder })
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`))
  const onBug = (request: string, error: unknown): void =>
    log(`${request} failed unexpectedly: ${told(error)}`)

  const server = createServer()
  const port = await listen(server, options.port ?? 0, address)
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const access = createAccess(token, port, allowRemote)
  const pages = { access, pictures: core.api.pictures, files, onBug }
  const sockets = createSockets(access, (page) => serveContract(core, page, onBug))
  server.on('request', (request, response) => {
    answerPage(pages, request, response).catch((error: unknown) => {
      onBug(request.url ?? '/', error)
      response.destroy()
    })
  })
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head))
  return {
    url: `http://${urlHost(address)}:${port}/?token=${token}`,
    port,
    close: () => {
      sockets.close()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** One page: its requests, and every event until it goes. */
function serveContract(core: ServedCore, page: Port, onBug: (request: string, error: unknown) => void): void {
  const leave: (() => void)[] = []
  const port: Port = {
    send: (frame) => page.send(frame),
    read: (reader) =>
      page.read({
        frame: (frame) => reader.frame(frame),
        closed: (failureOf) => {
          for (const unsubscribe of leave) unsubscribe()
          reader.closed(failureOf)
        },
      }),
  }
  const hosted = host(port, core.api, METHODS, { onBug })
  for (const name of ENGINE_EVENTS) leave.push(core.on(name, (value) => hosted.emit(name, value)))
  if (core.engineState === undefined) return
  hosted.emit(ENGINE_STATE, core.engineState.now())
  leave.push(core.engineState.onChange((state) => hosted.emit(ENGINE_STATE, state)))
}

function listen(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message
      reject(AppError.of('serve/port-taken', { host: address, port, reason }))
    })
    server.listen(port, address, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}

/** All addresses of the machine are reached here by its loopback one. */
function urlHost(address: string): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1'
  return address.includes(':') ? `[${address}]` : address
}

const told = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
