import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from './paths.mjs'
import { PlainFailure } from './say.mjs'

const executable = process.platform === 'win32' ? 'node.exe' : 'node'

/**
 * The Node 24 that runs Scorescope's own code, whichever Node npm was started with: the npm package `node`
 * where its install script ran, else the platform package that it would have linked, else this process if it
 * is new enough.
 */
export function nodeBinary() {
  const linked = join(root, 'node_modules', 'node', 'bin', executable)
  if (existsSync(linked)) return linked
  const platform = platformBinary()
  if (platform) return platform
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new PlainFailure(
    `Node 24 is missing (this is Node ${process.versions.node}): run \`npm install\` in ${root} again.`,
  )
}

function platformBinary() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const require = createRequire(join(root, 'package.json'))
  for (const name of [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`]) {
    try {
      const file = join(dirname(require.resolve(`${name}/package.json`)), 'bin', executable)
      if (existsSync(file)) return file
    } catch {
      // Not installed: the platform packages are optional, one per platform.
    }
  }
  return null
}
