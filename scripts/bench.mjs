/**
 * `npm run bench -- NAME [--json] [options]`: runs scripts/benchmarks/NAME.mjs in Node 24 and prints its figures.
 * A benchmark exports {name, description, run({log, args}) → {settings, figures, ratios}}; a peer that is not
 * installed is told through log and is absent from ratios.
 */
import { readdirSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './support/build.mjs'
import { passThrough } from './support/child.mjs'
import { linkNodeCommand, nodeBinary, nodeEnvironment } from './support/node-binary.mjs'
import { root } from './support/paths.mjs'
import { PlainFailure, runMain, say } from './support/say.mjs'
import { offerTensorFlow } from './support/tensorflow.mjs'

const folder = join(root, 'scripts', 'benchmarks')

const names = () => {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => basename(file, '.mjs'))
      .sort()
  } catch {
    return []
  }
}

function machine() {
  const processors = cpus()
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  }
}

async function list() {
  say('npm run bench -- NAME [--json], where NAME is one of')
  for (const name of names()) {
    const { description } = await import(pathToFileURL(join(folder, `${name}.mjs`)).href)
    say(`  ${name.padEnd(12)} ${description ?? ''}`)
  }
}

/** Numbers with four figures, objects flattened to dotted names. */
function rows(values, prefix = '') {
  return Object.entries(values ?? {}).flatMap(([key, value]) => {
    const name = prefix ? `${prefix}.${key}` : key
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return rows(value, name)
    return [
      [name, typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(4) : String(value)],
    ]
  })
}

function print(result) {
  const sections = { settings: result.settings, figures: result.figures, ratios: result.ratios }
  for (const [title, values] of Object.entries(sections)) {
    const lines = rows(values)
    if (lines.length === 0) continue
    const width = Math.max(...lines.map(([name]) => name.length))
    process.stdout.write(
      `${title}\n${lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join('')}`,
    )
  }
}

/** In Node 24: the benchmark itself. */
async function measure(name, args) {
  const { run, name: title } = await import(pathToFileURL(join(folder, `${name}.mjs`)).href)
  const { settings, figures, ratios } = await run({ log: say, args: args.filter((arg) => arg !== '--json') })
  const result = { name: title ?? name, machine: machine(), settings, figures, ratios }
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(result)}\n`)
  else print(result)
}

await runMain(async () => {
  const [name, ...args] = process.argv.slice(2)
  if (!name || name.startsWith('-')) return list()
  if (!names().includes(name))
    throw new PlainFailure(
      `There is no benchmark named ${name}: choose from ${names().join(', ') || '(none yet)'}.`,
    )
  if (process.env.SCORESCOPE_BENCH === '1') return measure(name, args)
  linkNodeCommand()
  await offerTensorFlow({ patient: true })
  await ensureBuilt(['main'])
  const env = nodeEnvironment({ SCORESCOPE_BENCH: '1' })
  return passThrough(nodeBinary(), [join(root, 'scripts', 'bench.mjs'), name, ...args], { env })
})
