/**
 * `npm run package [-- --dir]`: an installer for this platform in dist/, or with --dir the app's folder alone.
 * With --if-stale it ends at once where the folder is made from what is there now (for tests, on Linux).
 * Where Electron cannot be downloaded, the old Electron for tests is packed instead: to test, never to ship.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './support/build.mjs'
import { capture, passThrough } from './support/child.mjs'
import { obtainElectron } from './support/electron.mjs'
import { ensureTestElectron } from './support/electron-runtime.mjs'
import { linkNodeCommand, nodeBinary, nodeEnvironment } from './support/node-binary.mjs'
import {
  forgetPacked,
  isPacked,
  packedExecutable,
  packedFingerprint,
  rememberPacked,
} from './support/packed-app.mjs'
import { root } from './support/paths.mjs'
import { PlainFailure, runMain, say } from './support/say.mjs'
import { stageInstaller } from './support/stage.mjs'
import { offerTensorFlow } from './support/tensorflow.mjs'

async function electronArguments() {
  const electron = await obtainElectron()
  if ('path' in electron && !process.env.ELECTRON_OVERRIDE_DIST_PATH) return []
  const test = await ensureTestElectron()
  say(
    `Packing the Electron for tests, ${test.version}: ${electron.reason ?? 'as named'}. This package is not for shipping.`,
  )
  return [`-c.electronDist=${test.folder}`, `-c.electronVersion=${test.version}`]
}

const FUSES = [
  'RunAsNode is Disabled',
  'EnableNodeOptionsEnvironmentVariable is Disabled',
  'EnableNodeCliInspectArguments is Disabled',
  'OnlyLoadAppFromAsar is Enabled',
]

/** Reads the fuses back from the packed binary. */
async function checkFuses(app) {
  const program = join(root, 'node_modules', '@electron', 'fuses', 'dist', 'bin.js')
  const { stdout } = await capture(nodeBinary(), [program, 'read', '--app', app], {
    env: nodeEnvironment({ NO_COLOR: '1' }),
  })
  const missing = FUSES.filter((line) => !stdout.includes(line))
  if (missing.length > 0)
    throw new PlainFailure(`The packed Electron has wrong fuses: it should say ${missing.join(', ')}.`)
  say("Electron's fuses are set.")
}

/** @returns the exit code of electron-builder */
async function pack(target) {
  say('Laying out the installer in dist/stage …')
  stageInstaller(join(root, 'dist', 'stage'))
  const builder = join(root, 'node_modules', 'electron-builder', 'cli.js')
  const args = [builder, 'build', '--config', 'electron-builder.yml', '--publish', 'never', ...target]
  const env = nodeEnvironment()
  const code = await passThrough(nodeBinary(), [...args, ...(await electronArguments())], { cwd: root, env })
  if (code === 0 && process.platform === 'linux') await checkFuses(packedExecutable)
  return code
}

await runMain(async () => {
  const { values } = parseArgs({ options: { dir: { type: 'boolean' }, 'if-stale': { type: 'boolean' } } })
  linkNodeCommand()
  await offerTensorFlow()
  await ensureBuilt()
  const fingerprint = packedFingerprint()
  if (values['if-stale'] && isPacked(fingerprint)) return 0
  forgetPacked()
  const code = await pack(values.dir ? ['--dir'] : [])
  if (code === 0) rememberPacked(fingerprint)
  return code
})
