import { setImmediate } from 'node:timers/promises'
import { openSources } from '../support/source-module.mjs'

export const name = 'neighbours'
export const description =
  'exact nearest neighbours, principal components and the UMAP of 6,510 codes of 256 numbers; --rows N, --no-map'

const SETTINGS = { rows: 6510, columns: 256, neighbours: 15, clusters: 40, seed: 1 }

/** Codes as a trained model's are: clusters, and fewer and fewer differences along further directions. */
function makeCodes({ rows, columns, clusters, seed }) {
  let state = seed
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const centres = Array.from({ length: clusters * columns }, normal)
  const values = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row += 1) {
    const cluster = Math.floor(uniform() * clusters)
    for (let column = 0; column < columns; column += 1)
      values[row * columns + column] =
        (centres[cluster * columns + column] + normal()) / Math.sqrt(1 + column / 8)
  }
  return { rows, columns, values }
}

/** Lets other work in as the engine does, and notes the most processor time of this thread between two such pauses. */
function watchedPause() {
  const threadMs = () => process.threadCpuUsage().user / 1000
  let lastMs = threadMs()
  const watch = { longestMs: 0 }
  watch.pause = async () => {
    watch.longestMs = Math.max(watch.longestMs, threadMs() - lastMs)
    await setImmediate()
    lastMs = threadMs()
  }
  return watch
}

async function timed(work) {
  const startMs = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, seconds: (performance.now() - startMs) / 1000, cpuSeconds: (user + system) / 1e6 }
}

/** How many of a point's neighbours on the map are neighbours of its code. */
function kept(graph, map) {
  let shared = 0
  for (let row = 0; row < graph.rows; row += 1) {
    const own = new Set(graph.indices.subarray(row * graph.count, (row + 1) * graph.count))
    for (let rank = 0; rank < map.count; rank += 1)
      if (own.has(map.indices[row * map.count + rank])) shared += 1
  }
  return shared / (graph.rows * map.count)
}

export async function run({ log, args = [] }) {
  const { load, close } = await openSources()
  try {
    const asked = args.includes('--rows') ? Number(args[args.indexOf('--rows') + 1]) : SETTINGS.rows
    const settings = { ...SETTINGS, rows: asked }
    const { nearestNeighbours } = await load('src/main/numerics/nearest-neighbours.ts')
    const { principalComponents } = await load('src/main/numerics/principal-components.ts')
    const { umap } = await load('src/main/numerics/umap.ts')
    const codes = makeCodes(settings)
    const watch = watchedPause()
    const axes = await timed(() => principalComponents(codes, 10, watch.pause))
    log(`Comparing ${settings.rows} codes with one another …`)
    const graph = await timed(() => nearestNeighbours(codes, settings.neighbours - 1, watch.pause))
    const figures = {
      principalComponentsSeconds: axes.seconds,
      principalComponentsCpuSeconds: axes.cpuSeconds,
      neighboursSeconds: graph.seconds,
      neighboursCpuSeconds: graph.cpuSeconds,
    }
    const ratios = { neighboursOfTarget: graph.seconds / 1.5, componentsOfTarget: axes.seconds / 0.5 }
    if (!args.includes('--no-map')) {
      log('Laying out the map …')
      const laid = await timed(() =>
        umap(graph.result, {
          start: axes.result.coordinates,
          axes: 10,
          seed: settings.seed,
          minimumDistance: 0.1,
          pause: watch.pause,
          onEpoch: () => undefined,
        }),
      )
      figures.longestWithoutPauseCpuMs = watch.longestMs
      const flat = { rows: settings.rows, columns: 2, values: laid.result }
      const neighbours = await nearestNeighbours(flat, settings.neighbours - 1, watch.pause)
      figures.mapSeconds = axes.seconds + graph.seconds + laid.seconds
      figures.mapCpuSeconds = axes.cpuSeconds + graph.cpuSeconds + laid.cpuSeconds
      figures.neighboursKept = kept(graph.result, neighbours)
      ratios.mapOfTarget = figures.mapSeconds / 20
    }
    return { settings, figures, ratios }
  } finally {
    await close()
  }
}
