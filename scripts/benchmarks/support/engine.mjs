/** The built engine process, asked as the window asks it; and the compute process, asked as the engine asks it. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { nodeBinary, nodeEnvironment } from '../../support/node-binary.mjs'
import { root } from '../../support/paths.mjs'
import { PlainFailure } from '../../support/say.mjs'

/** @param {string} settingsFolder */
export const startEngine = (settingsFolder) => start('engine', [settingsFolder])

/** @param {Record<string, string>} [environment] beside the machine's own */
export const startCompute = (environment) => start('compute', [], environment)

/** @returns {Promise<{ask(noun: string, verb: string, request?: unknown): Promise<any>, pid: number, stop(): Promise<void>}>} */
async function start(entry, args, environment = {}) {
  const child = fork(join(root, 'out', 'main', `${entry}.cjs`), args, {
    execPath: nodeBinary(),
    env: nodeEnvironment(environment),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const waiting = new Map()
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const ready = new Promise((resolve, reject) => {
    child.on('message', (frame) => {
      if (frame.type === 'ready') resolve()
      if (frame.type === 'failed') reject(new PlainFailure(frame.error.message))
      if (frame.type !== 'reply') return
      const { answer, refuse } = waiting.get(frame.id)
      waiting.delete(frame.id)
      if (frame.outcome.ok) answer(frame.outcome.value)
      else refuse(new PlainFailure(frame.outcome.error.message))
    })
    child.once('exit', () => reject(new PlainFailure(`The ${entry} process stopped before it was ready.`)))
  })
  await ready
  let count = 0
  return {
    pid: child.pid,
    ask: (noun, verb, request) =>
      new Promise((answer, refuse) => {
        count += 1
        waiting.set(count, { answer, refuse })
        child.send({ type: 'request', id: count, noun, verb, request })
      }),
    async stop() {
      child.disconnect()
      await exited
    },
  }
}
