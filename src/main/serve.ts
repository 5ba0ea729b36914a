/** `serve.cjs [PROJECT] [--port N] [--host ADDRESS --allow-remote]`: the app for a browser. Prints {"url"} once ready. */
import { parseArgs } from 'node:util'
import { AppError } from '@shared/errors'
import { assembleCore } from './assemble'
import { startServe } from './serve/index'

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      'allow-remote': { type: 'boolean', default: false },
    },
  })
  const { core, installation } = assembleCore({ entryFolder: __dirname })
  const [project] = positionals
  if (project !== undefined) await core.api.project.open({ folder: project })
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
      .then(() => core.close())
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
