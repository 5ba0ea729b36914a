import { startServedEngine } from '../../serve/engine'
import { startServe } from '../../serve/index'
import { settingsFolder } from '../../transport/settings-folder'
import { wholeNumber } from '../numbers'
import { projectFolder, type Session } from '../session'
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
      run((session) => serve(session, project, options), { json: true }),
    )
}

/** An engine of its own, as the desktop window has one: pages are answered while it computes. */
async function serve(session: Session, project: string | undefined, options: ServeOptions): Promise<void> {
  const { installation } = session.assembled
  const log = (line: string): void => {
    session.console.say(line)
  }
  const engine = startServedEngine({ installation, settingsFolder: settingsFolder(), log })
  try {
    if (project !== undefined)
      await engine.api.project.open({ folder: projectFolder(project) }, { signal: session.signal })
    const serving = await startServe({ core: engine, rendererFolder: installation.renderer, ...options })
    try {
      await session.console.result({ url: serving.url }, (value) => [JSON.stringify(value)])
      await untilAborted(session.signal)
    } finally {
      await serving.close()
    }
  } finally {
    await engine.stop()
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
}
