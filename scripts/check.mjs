/** `npm run check`: every static check, all of them run whatever fails, one line each and one summary. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { capture } from './support/child.mjs'
import { nodeEnvironment } from './support/node-binary.mjs'
import { root } from './support/paths.mjs'
import { PlainFailure, runMain, say } from './support/say.mjs'

const CHECKS = {
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  types: ['tsc', '-b', '--pretty', 'false'],
  svelte: ['svelte-check', '--tsconfig', 'src/renderer/tsconfig.json', '--output', 'human'],
  lint: ['eslint', '.', '--max-warnings', '0'],
  imports: ['depcruise', 'src', '--config', '.dependency-cruiser.cjs'],
  unused: ['knip', '--no-progress'],
}

async function runCheck(name) {
  const [program, ...args] = CHECKS[name]
  const startedMs = Date.now()
  const result = await capture(join(root, 'node_modules', '.bin', program), args, {
    cwd: root,
    env: nodeEnvironment({ FORCE_COLOR: '0' }),
  })
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1)
  const good = result.code === 0
  say(`${good ? '✓' : '✗'} ${name} (${seconds} s)`)
  if (!good) say(`${result.stdout}${result.stderr}${result.error?.message ?? ''}`.trimEnd())
  return { name, good }
}

await runMain(async () => {
  const { positionals } = parseArgs({ allowPositionals: true })
  const unknown = positionals.filter((name) => !(name in CHECKS))
  if (unknown.length > 0)
    throw new PlainFailure(
      `There is no check named ${unknown[0]}: choose from ${Object.keys(CHECKS).join(', ')}.`,
    )
  if (!existsSync(join(root, 'node_modules')))
    throw new PlainFailure('Nothing is installed yet: run `npm install` first.')
  const waiting = positionals.length > 0 ? positionals : Object.keys(CHECKS)
  const results = []
  const worker = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) results.push(await runCheck(name))
  }
  await Promise.all([worker(), worker()])
  const failed = results.filter(({ good }) => !good).map(({ name }) => name)
  say(
    failed.length > 0
      ? `${failed.length} of ${results.length} checks failed: ${failed.join(', ')}`
      : `All ${results.length} checks passed`,
  )
  return failed.length > 0 ? 1 : 0
})
