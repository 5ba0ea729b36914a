/** An import through the command line whose memory is looked at all along. */
import Database from 'better-sqlite3'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli } from './measured.mjs'

const EVERY_MS = 500
const PAGE_BYTES = 4096

/**
 * Imports `images` into `project`. Memory is resident, of the command line with the engine in it and of its decoder,
 * taken twice a second beside the number of pages that are in the catalogue; on Linux only, else `samples` is empty.
 * @returns {Promise<{cpuSeconds: number, wallSeconds: number, json: any, samples: {pages: number, engineMb: number, decoderMb: number}[]}>}
 */
export async function watchedImport(folder, project, images) {
  const samples = []
  const watch = setInterval(() => {
    const engine = childrenOf(process.pid).find((pid) => commandOf(pid).includes('cli.cjs'))
    if (engine === undefined) return
    const decoder = childrenOf(engine).find((pid) => commandOf(pid).includes('decode.cjs'))
    samples.push({
      pages: pagesIn(project),
      engineMb: residentMb(engine),
      decoderMb: decoder === undefined ? 0 : residentMb(decoder),
    })
  }, EVERY_MS)
  try {
    return { ...(await cli(folder, 'import', project, images)), samples }
  } finally {
    clearInterval(watch)
  }
}

/** Peaks, and how memory grows with each further page in the second half, as a straight line through the samples. */
export function memoryFigures(samples, pages) {
  const half = samples.filter((sample) => sample.pages > pages / 2 && sample.decoderMb > 0)
  return Object.fromEntries(
    ['engine', 'decoder'].map((name) => {
      const of = (sample) => sample[`${name}Mb`]
      return [name, { peakMb: Math.max(0, ...samples.map(of)), growthKbPerPage: 1024 * slope(half, of) }]
    }),
  )
}

function slope(samples, of) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(samples.map(({ pages }) => pages)), mean(samples.map(of))]
  const above = samples.reduce((sum, sample) => sum + (sample.pages - x) * (of(sample) - y), 0)
  return above / samples.reduce((sum, sample) => sum + (sample.pages - x) ** 2, 0)
}

function pagesIn(project) {
  try {
    const database = new Database(join(project, 'project.sqlite'), { readonly: true })
    try {
      return database.prepare('SELECT coalesce(max(id), 0) FROM pages').pluck().get()
    } finally {
      database.close()
    }
  } catch {
    return 0
  }
}

function childrenOf(parent) {
  const processes =
    process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return processes.map(Number).filter((pid) => {
    const fields = readProcess(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ')
    return Number(fields[1]) === parent
  })
}

const commandOf = (pid) => readProcess(pid, 'cmdline')
const residentMb = (pid) => (Number(readProcess(pid, 'statm').split(' ')[1] ?? 0) * PAGE_BYTES) / 2 ** 20

/** Empty once the process has ended. */
function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
