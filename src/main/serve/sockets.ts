/** The contract over WebSockets: binary MessagePack frames, one port per page that is open. */
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { isAskingFrame, registerTypedArrays, type Port, type PortReader } from '@shared/wire'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import type { Access } from './access'

/** Holds the longest list of pages that the contract takes; replies are not limited. */
const LARGEST_REQUEST_BYTES = 128 << 20
const HEARTBEAT_MS = 30_000
const UNSUPPORTED_DATA = 1003

const extensionCodec = registerTypedArrays(new ExtensionCodec())
const encoder = new Encoder({ extensionCodec, ignoreUndefined: true })
const decoder = new Decoder({ extensionCodec })

export interface Sockets {
  /** For the HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** @param connected told of every page that connects, with the port to it */
export function createSockets(access: Access, connected: (port: Port) => void): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_REQUEST_BYTES,
    perMessageDeflate: false,
  })
  const alive = new WeakSet<WebSocket>()
  // A tunnel that broke says nothing: who does not answer one heartbeat is gone at the next.
  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, HEARTBEAT_MS)
  heartbeat.unref()
  server.on('connection', (socket) => {
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
    connected(portOf(socket))
  })
  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const refusal = refuse(access, request)
      if (refusal === null)
        server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request))
      else socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    },
    close() {
      clearInterval(heartbeat)
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
}

function refuse(access: Access, request: IncomingMessage): string | null {
  if (!access.knowsHost(request)) return '421 Misdirected Request'
  if (request.url !== '/ws') return '404 Not Found'
  if (!access.isOwnOrigin(request)) return '403 Forbidden'
  return access.holdsCookie(request) ? null : '401 Unauthorized'
}

function portOf(socket: WebSocket): Port {
  let reader: PortReader | null = null
  socket.on('error', () => socket.terminate())
  socket.on('close', () => reader?.closed(() => new Error('The page is gone.')))
  socket.on('message', (data) => {
    const frame = decode(data)
    if (isAskingFrame(frame)) reader?.frame(frame)
    else socket.close(UNSUPPORTED_DATA)
  })
  return {
    read: (next) => {
      reader = next
    },
    send: (frame) => {
      if (socket.readyState === socket.OPEN) socket.send(encoder.encode(frame))
    },
  }
}

function decode(data: RawData): unknown {
  try {
    return decoder.decode(Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data))
  } catch {
    return null
  }
}
