/** `npm run dev`: electron-vite's development mode (reload on save), in Electron's own window. */
import { join } from 'node:path'
import { passThrough } from './support/child.mjs'
import { displayProblem, obtainElectron } from './support/electron.mjs'
import { linkNodeCommand, nodeBinary, nodeEnvironment } from './support/node-binary.mjs'
import { root } from './support/paths.mjs'
import { PlainFailure, runMain } from './support/say.mjs'

await runMain(async () => {
  linkNodeCommand()
  const problem = displayProblem()
  if (problem)
    throw new PlainFailure(`Development mode needs a desktop window, but ${problem}: use \`npm start\`.`)
  const electron = await obtainElectron()
  if ('reason' in electron)
    throw new PlainFailure(
      `Development mode needs a desktop window, but ${electron.reason}: use \`npm start\`.`,
    )
  const program = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const env = nodeEnvironment({ ELECTRON_EXEC_PATH: electron.path })
  return passThrough(nodeBinary(), [program, 'dev', ...process.argv.slice(2)], { cwd: root, env })
})
