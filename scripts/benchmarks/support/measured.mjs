/** Processes whose processor time is measured, all their threads included. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from '../../support/child.mjs'
import { nodeBinary, nodeEnvironment } from '../../support/node-binary.mjs'
import { root } from '../../support/paths.mjs'
import { PlainFailure } from '../../support/say.mjs'

const preload = join(root, 'scripts', 'benchmarks', 'support', 'report-cpu.cjs')

/**
 * Runs a script in Node 24 and waits for it.
 * @param {string[]} args the script and its arguments
 * @param {string} folder for the measurement
 * @returns {Promise<{cpuSeconds: number, wallSeconds: number, stdout: string}>}
 */
export async function measured(args, folder) {
  const file = join(folder, 'cpu.json')
  const env = nodeEnvironment({
    SCORESCOPE_CPU_FILE: file,
    SCORESCOPE_SETTINGS_FOLDER: join(folder, 'settings'),
  })
  const startMs = performance.now()
  const { code, stdout, stderr } = await capture(nodeBinary(), ['--require', preload, ...args], { env })
  const wallSeconds = (performance.now() - startMs) / 1000
  if (code !== 0) throw new PlainFailure(`${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return { cpuSeconds: JSON.parse(readFileSync(file, 'utf8')).seconds, wallSeconds, stdout }
}

/** The command line of the build, e.g. cli(folder, 'import', project, images); gives its JSON beside the times. */
export async function cli(folder, ...args) {
  const run = await measured([join(root, 'out', 'main', 'cli.cjs'), ...args, '--json'], folder)
  return { ...run, json: JSON.parse(run.stdout) }
}

/** The same work several times; the quickest is the least disturbed. */
export function quickest(runs) {
  return runs.reduce((best, run) => (run.cpuSeconds < best.cpuSeconds ? run : best))
}
