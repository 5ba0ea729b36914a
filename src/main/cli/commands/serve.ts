import { startServe } from '../../serve/index'
import { wholeNumber } from '../numbers'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface ServeOptions {
  readonly port?: number
  readonly host?: string
  readonly allowRemote?: boolean
}

export const addServe: AddCommand = (program, run) => {
  program
    .command('serve')
    .description(
      'the app for a browser on this machine; prints {"url"} with its token, then runs until stopped',
    )
    .argument('[project]')
    .option('--port <n>', 'a free one unless said otherwise', wholeNumber)
    .option('--host <address>', 'the address to listen on (127.0.0.1)')
    .option('--allow-remote', 'allow an address that other machines can reach')
    .option(...JSON_OPTION)
    .action((project: string | undefined, options: ServeOptions) =>
      run(
        async (session) => {
          if (project !== undefined) await openProject(session, project)
          const { core, installation } = session.assembled
          const serving = await startServe({ core, rendererFolder: installation.renderer, ...options })
          try {
            await session.console.result({ url: serving.url }, (value) => [JSON.stringify(value)])
            await untilAborted(session.signal)
          } finally {
            await serving.close()
          }
        },
        { json: true },
      ),
    )
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
}
