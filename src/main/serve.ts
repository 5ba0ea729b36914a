/** `serve.cjs [PROJECT] [--port N] [--host ADDRESS --allow-remote]`: the app for a browser. Prints {"url"} once ready. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '@shared/errors'
import { startServedEngine } from './serve/engine'
import { startServe } from './serve/index'
import { locateInstallation } from './transport/installation'
import { settingsFolder } from './transport/settings-folder'

const LAST_PORT = 65_535

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      'allow-remote': { type: 'boolean', default: false },
    },
  })
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > LAST_PORT)
    throw AppError.of('serve/port-taken', {
      host: values.host,
      port: Number(values.port),
      reason: 'it is none',
    })
  const installation = locateInstallation(__dirname)
  const core = startServedEngine({
    installation,
    settingsFolder: settingsFolder(),
    log: (line) => process.stderr.write(`${line}\n`),
  })
  const [project] = positionals
  if (project !== undefined) await core.api.project.open({ folder: resolve(project) })
  const serving = await startServe({
    core,
    rendererFolder: installation.renderer,
    port: Number(values.port),
    host: values.host,
    allowRemote: values['allow-remote'],
  })
  process.stdout.write(`${JSON.stringify({ url: serving.url })}\n`)
  const stop = (): void => {
    void serving
      .close()
      .then(() => core.stop())
      .then(() => process.exit())
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

main().catch((error: unknown) => {
  const expected = error instanceof AppError
  process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(expected ? 1 : 3)
})
