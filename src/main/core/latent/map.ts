/** Maps of all crops: principal components at once, UMAP as a job. */
import type { MapReply } from '@shared/contract/latent'
import type { JobReference } from '@shared/domain/job'
import type { LatentMap, MapReport, MapSettings } from '@shared/domain/latent'
import { nearestNeighbours } from '../../numerics/nearest-neighbours'
import { principalComponents } from '../../numerics/principal-components'
import { umap } from '../../numerics/umap'
import type { Clock, JobContext, Jobs, ProjectAccess } from '../ports'
import { pauseFor, type RunCodes } from './codes'
import { findMap, storeMap } from './map-records'

export interface MapDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  /** @throws AppError exploration/features-missing, training/run-unknown, latent/too-few-crops */
  readonly codesOf: (run: string) => RunCodes
  /** Absolute path of runs/<id>/. */
  readonly runFolder: (run: string) => string
}

const AXES = 10
const LABEL = 'Laying out the map'
/** How much of the work comparing all crops is, in epochs of the layout; only the progress bar depends on it. */
const COMPARING = 60

const REMARKS = {
  pca: 'Principal components: the two directions in which the codes differ most. Distances can be read; most of the differences lie in the directions that are not shown.',
  umap: 'UMAP: crops with similar codes lie together. Which crops are neighbours can be read; how far apart groups lie, how large they are and which way is up cannot.',
}

export class Maps {
  private current: { readonly key: string; readonly job: JobReference<'map'> } | null = null

  constructor(private readonly dependencies: MapDependencies) {}

  /** @throws AppError exploration/features-missing, job/busy */
  async map(run: string, settings: MapSettings, signal: AbortSignal): Promise<MapReply> {
    const codes = this.dependencies.codesOf(run)
    if (settings.method === 'pca')
      return { state: 'ready', map: await this.components(codes, settings, signal) }
    const place = { codes, settings, runFolder: this.dependencies.runFolder(run) }
    const kept = findMap(this.dependencies.projects.required().database, place)
    if (kept !== null) return { state: 'ready', map: mapOf(codes, settings, { ...kept, explained: null }) }
    return { state: 'computing', job: this.start(codes, settings) }
  }

  private async components(codes: RunCodes, settings: MapSettings, signal: AbortSignal): Promise<LatentMap> {
    const { clock } = this.dependencies
    const startMs = clock.elapsedMs()
    const axes = Math.min(AXES, codes.matrix.columns)
    const found = await principalComponents(codes.matrix, axes, pauseFor(signal))
    const coordinates = firstTwo(found.coordinates, axes)
    const seconds = (clock.elapsedMs() - startMs) / 1000
    return mapOf(codes, settings, { coordinates, explained: [...found.shares], seconds })
  }

  /** The job that already lays out this map, or a new one. @throws AppError job/busy */
  private start(codes: RunCodes, settings: MapSettings): JobReference<'map'> {
    const { jobs } = this.dependencies
    const key = JSON.stringify([codes.run, codes.weightsSha256, settings])
    if (this.current?.key === key) return this.current.job
    const job = jobs.start('map', { label: LABEL, subject: codes.run }, (context) =>
      this.compute(codes, settings, context),
    )
    const current = (this.current = { key, job })
    const end = (): void => {
      if (this.current === current) this.current = null
    }
    void jobs.wait(job).then(end, end)
    return job
  }

  private async compute(codes: RunCodes, settings: MapSettings, context: JobContext): Promise<MapReport> {
    const { clock, projects, runFolder } = this.dependencies
    const { database } = projects.required()
    const startMs = clock.elapsedMs()
    const pause = pauseFor(context.signal)
    context.progress({ label: LABEL, done: 0, total: 0 })
    const { neighbours, seed, minimumDistance } = settings
    // As in umap-learn, a crop counts as its own first neighbour.
    const graph = await nearestNeighbours(codes.matrix, neighbours - 1, pause)
    const { coordinates: start } = await principalComponents(codes.matrix, 2, pause)
    const axes = start.length / codes.matrix.rows
    const onEpoch = (done: number, total: number): void => {
      context.progress({ label: LABEL, done: COMPARING + done, total: COMPARING + total })
    }
    const coordinates = await umap(graph, { start, axes, seed, minimumDistance, pause, onEpoch })
    const seconds = (clock.elapsedMs() - startMs) / 1000
    const finishedAt = clock.now().toISOString()
    const place = { codes, settings, runFolder: runFolder(codes.run) }
    storeMap(database, place, { coordinates: aroundZero(coordinates), seconds, finishedAt })
    return { run: codes.run, settings, samples: codes.matrix.rows, seconds }
  }
}

function mapOf(
  codes: RunCodes,
  settings: MapSettings,
  found: Pick<LatentMap, 'coordinates' | 'explained' | 'seconds'>,
): LatentMap {
  const { run, sampleSet, samples } = codes
  return { run, sampleSet, settings, samples, ...found, remark: REMARKS[settings.method] }
}

/** x and y of rows that have more numbers, or only one. */
function firstTwo(coordinates: Float32Array, axes: number): Float32Array {
  const rows = coordinates.length / axes
  const places = new Float32Array(rows * 2)
  for (let row = 0; row < rows; row += 1)
    for (let axis = 0; axis < Math.min(2, axes); axis += 1)
      places[row * 2 + axis] = coordinates[row * axes + axis] ?? 0
  return places
}

function aroundZero(coordinates: Float32Array): Float32Array {
  const sums = [0, 0]
  for (const [at, value] of coordinates.entries()) sums[at % 2] = (sums[at % 2] ?? 0) + value
  return coordinates.map((value, at) => value - (2 * (sums[at % 2] ?? 0)) / coordinates.length)
}
