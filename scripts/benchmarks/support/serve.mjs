/** The built serve process with a project open, asked as its page asks it. */
import { Decoder, Encoder } from '@msgpack/msgpack'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { nodeBinary, nodeEnvironment } from '../../support/node-binary.mjs'
import { root } from '../../support/paths.mjs'
import { PlainFailure } from '../../support/say.mjs'

/**
 * @returns {Promise<{url: string, ask(noun: string, verb: string, request?: unknown): Promise<any>, stop(): Promise<void>}>}
 */
export async function startServe(project, settingsFolder) {
  const child = spawn(nodeBinary(), [join(root, 'out', 'main', 'serve.cjs'), project], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: nodeEnvironment({ SCORESCOPE_SETTINGS_FOLDER: settingsFolder }),
  })
  const exited = once(child, 'exit')
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  if (value === undefined) throw new PlainFailure('The serve process stopped before it was ready.')
  const { url } = JSON.parse(value)
  const socket = await connect(url)
  return {
    url,
    ask: asking(socket),
    async stop() {
      socket.close()
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Trades the token for the cookie, as the browser does. */
async function connect(url) {
  const { origin, host } = new URL(url)
  const reply = await fetch(url)
  const cookie = reply.headers.get('set-cookie')?.split(';')[0]
  const socket = new WebSocket(`ws://${host}/ws`, { headers: { cookie, origin } })
  await once(socket, 'open')
  return socket
}

function asking(socket) {
  const [encoder, decoder] = [new Encoder({ ignoreUndefined: true }), new Decoder()]
  const waiting = new Map()
  socket.on('message', (data) => {
    const frame = decoder.decode(new Uint8Array(data))
    if (frame.type !== 'reply') return
    const { answer, refuse } = waiting.get(frame.id)
    waiting.delete(frame.id)
    if (frame.outcome.ok) answer(frame.outcome.value)
    else refuse(new PlainFailure(frame.outcome.error.message))
  })
  let count = 0
  return (noun, verb, request) =>
    new Promise((answer, refuse) => {
      count += 1
      waiting.set(count, { answer, refuse })
      socket.send(encoder.encode({ type: 'request', id: count, noun, verb, request }))
    })
}
