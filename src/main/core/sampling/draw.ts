/** Draws a sample set: pages decoded once, crops cut from memory, pixels streamed to disk, rows in one go at the end. */
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { SampleReport, SampleSet, Shortage } from '@shared/domain/sample-set'
import { AppError, throwIfCancelled } from '@shared/errors'
import type { ContainerWriter } from '../../storage/container'
import { requireSpace } from '../../storage/free-space'
import { createSampleStore } from '../../storage/sample-store'
import { asWriteRefusal } from '../../storage/write-problem'
import { inOrder } from '../ordered-work'
import type { Clock, JobContext, OpenProject } from '../ports'
import { cutCrop, drawPageCrops, type DrawSettings, pageStream } from './page-crops'
import { type GreyPage, PixelSums, TableMemory } from './pixel-sums'
import { STREAM_METHOD } from './random-stream'
import { insertSampleSet, type PlacedCrop } from './sample-records'
import { SampleSetHash } from './sample-set-hash'

/** A page that can be sampled. */
export interface PageToSample {
  readonly id: number
  readonly file: string
  readonly sha256: string
  readonly width: number
  readonly height: number
}

/** What sampling needs of the corpus. */
export interface SampledCorpus {
  /** In an order that does not depend on ids: it becomes the order of the crops. */
  pagesForSampling(): readonly PageToSample[]
  /** @throws AppError corpus/page-unreadable, corpus/page-changed */
  decodePage(page: number): Promise<GreyPage>
  /** How pages become grey. */
  readonly greyMethod: string
}

export interface DrawRequest extends DrawSettings {
  readonly name?: string | undefined
}

export interface DrawParts {
  readonly project: OpenProject
  readonly clock: Clock
  readonly corpus: SampledCorpus
  readonly context: JobContext
  /** The new set's id; its file is samples/<id>.u8. */
  readonly id: number
  /** Absolute path of that file. */
  readonly path: string
}

const MOST_AT_ONCE = 4
/** Pages in memory at once weigh at most about this much, unless a single one weighs more. */
const MOST_PIXELS_AT_ONCE = 100_000_000

/**
 * @throws AppError sampling/no-pages, sampling/nothing-accepted, training/no-space, corpus/page-unreadable,
 * corpus/page-changed, project/no-write
 */
export async function drawSampleSet(request: DrawRequest, parts: DrawParts): Promise<SampleReport> {
  const { project, clock, corpus, context, id, path } = parts
  const startMs = clock.elapsedMs()
  const pages = corpus.pagesForSampling()
  if (pages.length === 0) throw AppError.of('sampling/no-pages', {})
  requireSpace(project.folder, pages.length * request.perPage * request.size ** 2)
  const method = `${corpus.greyMethod}; ${STREAM_METHOD}`
  const collector = new Collector(request, method)
  try {
    const writer = createSampleStore(path, { grey: corpus.greyMethod, size: request.size })
    try {
      await drawPages(pages, { request, corpus, context, collector, writer })
      const { crops, shortages, refusedDraws } = collector
      if (crops.length === 0)
        throw AppError.of('sampling/nothing-accepted', { pages: pages.length, whiteness: request.whiteness })
      const pixelsSha256 = writer.commit([crops.length, request.size, request.size])
      const { seed, perPage, size, whiteness, triesPerPage } = request
      const set: SampleSet = {
        id,
        name: request.name ?? `Samples ${String(id)}`,
        hash: collector.hash.finish(pixelsSha256),
        seed,
        perPage,
        size,
        whiteness,
        triesPerPage,
        samples: crops.length,
        pages: new Set(crops.map(({ page }) => page)).size,
        refusedDraws,
        createdAt: clock.now().toISOString(),
      }
      const seconds = (clock.elapsedMs() - startMs) / 1000
      keepOrRemove(path, () => {
        insertSampleSet(project.database, { set, pixelsSha256, method, seconds, crops, shortages })
      })
      return reportOf(set, shortages, seconds)
    } finally {
      writer.discard()
    }
  } catch (error) {
    throw asWriteRefusal(error, project.folder)
  }
}

/** Pixels without rows are nothing: they go when the rows cannot be written. */
function keepOrRemove(path: string, writeRows: () => void): void {
  try {
    writeRows()
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  }
}

function reportOf(set: SampleSet, shortages: readonly Shortage[], seconds: number): SampleReport {
  const { id: sampleSet, name, hash, samples, pages, refusedDraws } = set
  return { sampleSet, name, hash, samples, pages, refusedDraws, shortages, seconds }
}

/** What has been drawn so far. */
class Collector {
  readonly crops: PlacedCrop[] = []
  readonly shortages: Shortage[] = []
  readonly hash: SampleSetHash
  readonly memory = new TableMemory()
  refusedDraws = 0

  constructor(settings: DrawSettings, method: string) {
    this.hash = new SampleSetHash(settings, method)
  }
}

interface PageDrawing {
  readonly request: DrawRequest
  readonly corpus: SampledCorpus
  readonly context: JobContext
  readonly collector: Collector
  readonly writer: ContainerWriter
}

/** Decodes several pages ahead; draws and writes in the order of the pages. */
async function drawPages(pages: readonly PageToSample[], drawing: PageDrawing): Promise<void> {
  const { context, corpus, request } = drawing
  const options = {
    concurrency: Math.min(MOST_AT_ONCE, availableParallelism()),
    weigh: (page: PageToSample) => page.width * page.height,
    capacity: MOST_PIXELS_AT_ONCE,
  }
  const decode = async (page: PageToSample): Promise<readonly [PageToSample, GreyPage]> => {
    throwIfCancelled(context.signal)
    const isTooSmall = page.width < request.size || page.height < request.size
    return [page, isTooSmall ? { ...page, pixels: new Uint8Array() } : await corpus.decodePage(page.id)]
  }
  let done = 0
  for await (const [page, grey] of inOrder(pages, decode, options)) {
    drawPage(page, grey, drawing)
    done += 1
    context.progress({ label: 'Drawing samples', done, total: pages.length })
    throwIfCancelled(context.signal)
  }
}

function drawPage(page: PageToSample, grey: GreyPage, { request, collector, writer }: PageDrawing): void {
  const sums = new PixelSums(grey, collector.memory)
  const drawn = drawPageCrops(sums, request, pageStream(request.seed, page.sha256))
  for (const crop of drawn.crops) {
    writer.write(cutCrop(grey, crop, request.size))
    collector.hash.add(page.sha256, crop)
    collector.crops.push({ ...crop, page: page.id, pageSha256: page.sha256 })
  }
  collector.refusedDraws += drawn.refusedDraws
  if (drawn.shortage === null) return
  const { id, file } = page
  collector.shortages.push({ page: id, file, accepted: drawn.crops.length, reason: drawn.shortage })
}
