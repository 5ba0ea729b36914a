/** Where the parts of this installation lie: in a checkout (out/main beside node_modules) or in an installer's resources. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '@shared/errors'

export interface Installation {
  readonly packaged: boolean
  /** The folder of engine.cjs and compute.cjs. */
  readonly entries: string
  /** The Node binary that runs them. */
  readonly node: string
  /** The folder of the built renderer. */
  readonly renderer: string
  /** The installer's TensorFlow; null in a checkout, where the set-up's own folder is used. */
  readonly native: string | null
}

const OLDEST_NODE = 22
const binaryName = process.platform === 'win32' ? 'node.exe' : 'node'

/**
 * @param folder the folder of the file that runs: `<resources>/engine`, `out/main`, or within Electron's app folder
 * @param resources Electron's process.resourcesPath, where there is one
 * @throws AppError process/no-node
 */
export function locateInstallation(folder: string, resources: string | null = null): Installation {
  const packaged = [resources, dirname(folder)].find(
    (candidate): candidate is string =>
      candidate !== null && existsSync(join(candidate, 'engine', 'engine.cjs')),
  )
  if (packaged === undefined)
    return {
      packaged: false,
      entries: folder,
      node: ownNode() ?? nodeOfCheckout(folder),
      renderer: join(dirname(folder), 'renderer'),
      native: null,
    }
  const native = join(packaged, 'native')
  const shipped = join(packaged, 'node', 'bin', binaryName)
  if (!existsSync(shipped)) throw AppError.of('process/no-node', { folder: packaged })
  return {
    packaged: true,
    entries: join(packaged, 'engine'),
    node: shipped,
    renderer: join(packaged, 'renderer'),
    native: existsSync(native) ? native : null,
  }
}

/** This process's own binary, when it is plain Node and new enough. */
function ownNode(): string | null {
  const plain = process.versions['electron'] === undefined
  return plain && Number.parseInt(process.versions.node, 10) >= OLDEST_NODE ? process.execPath : null
}

/** The binary of npm's package of Node for this platform, in the nearest node_modules at or above the folder. */
function nodeOfCheckout(folder: string): string {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const packages = [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`, 'node']
  for (let above = folder; ; above = dirname(above)) {
    const binaries = packages.map((name) => join(above, 'node_modules', name, 'bin', binaryName))
    const found = binaries.find((binary) => existsSync(binary))
    if (found !== undefined) return found
    if (above === dirname(above)) throw AppError.of('process/no-node', { folder })
  }
}
