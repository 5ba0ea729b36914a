/** `scorescope serve` as a process, and a client that speaks to it as the page does. */
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack'
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { METHODS, type RemoteApi } from '@shared/api'
import { createRemote, type RemoteSide } from '@shared/caller'
import { AppError } from '@shared/errors'
import type { EngineEvents } from '@shared/events'
import { registerTypedArrays, type Frame, type Port, type PortReader } from '@shared/wire'
import { WebSocket } from 'ws'
import { entries } from './engine-process'

const extensionCodec = registerTypedArrays(new ExtensionCodec())
const encoder = new Encoder({ extensionCodec, ignoreUndefined: true })
const decoder = new Decoder({ extensionCodec })

export interface ServeProcess {
  /** With its token. */
  readonly url: string
  readonly process: ChildProcess
  stop(): Promise<void>
}

export async function startServeProcess(
  settingsFolder: string,
  args: readonly string[] = [],
): Promise<ServeProcess> {
  const child = spawn(process.execPath, [join(entries, 'serve.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SCORESCOPE_SETTINGS_FOLDER: settingsFolder },
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-5000)
  })
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('\n')) resolve((JSON.parse(text) as { url: string }).url)
    })
    void ended.then((code) => reject(new Error(`serve ended with ${code}: ${said}`)))
  })
  return {
    url,
    process: child,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Trades the token for the cookie, as the browser does. */
export async function cookieOf(url: string): Promise<string> {
  const reply = await fetch(url)
  const cookie = reply.headers.get('set-cookie')
  if (cookie === null) throw new Error(`No cookie was given (${reply.status}).`)
  return cookie.split(';')[0] ?? ''
}

/** A page's connection, without the page. */
export async function connectToServe(
  url: string,
): Promise<RemoteSide<RemoteApi, EngineEvents> & { readonly close: () => void }> {
  const { origin, host } = new URL(url)
  const socket = new WebSocket(`ws://${host}/ws`, { headers: { cookie: await cookieOf(url), origin } })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const remote = createRemote<RemoteApi, EngineEvents>(portOf(socket), METHODS)
  return { ...remote, close: () => socket.close() }
}

function portOf(socket: WebSocket): Port {
  let reader: PortReader | null = null
  socket.on('message', (data: Buffer) =>
    // As in a browser: not a Buffer, whose parts would be Buffers too.
    reader?.frame(decoder.decode(new Uint8Array(data)) as Frame),
  )
  socket.on('close', () =>
    reader?.closed(() => AppError.of('connection/closed', { to: 'Scorescope server' })),
  )
  return {
    read: (next) => {
      reader = next
    },
    send: (frame) => socket.send(encoder.encode(frame)),
  }
}
