/** Draws a sample set: pages decoded once, crops cut from memory, pixels streamed to disk, rows in one go at the end. */
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { addRefusals, describeRefusals, NO_REFUSALS, totalRefused } from '@shared/domain/refusal-words'
import type { RefusalCounts, SamplingRules } from '@shared/domain/sampling-rules'
import type { SampleReport, SampleSet, Shortage } from '@shared/domain/sample-set'
import { AppError, throwIfCancelled } from '@shared/errors'
import type { ContainerWriter } from '../../storage/container'
import { requireSpace } from '../../storage/free-space'
import { createSampleStore } from '../../storage/sample-store'
import { asWriteRefusal } from '../../storage/write-problem'
import { inOrder } from '../ordered-work'
import type { Clock, JobContext, OpenProject, PagesToSample, PageToSample } from '../ports'
import { PAPER_METHOD } from './background'
import { keptCrops } from './balance'
import { draftOf, keepSome } from './drawn-draft'
import { INK_METHOD } from './ink'
import { cutCrop, holdsCrop, type PageCrops, shortageOf } from './page-crops'
import { DrawingMemory, drawDecodedPage } from './page-drawing'
import type { GreyPage } from './pixel-sums'
import { STREAM_METHOD } from './random-stream'
import { insertSampleSet, type PlacedCrop } from './sample-records'
import { SampleSetHash } from './sample-set-hash'
import type { SampledCorpus } from './sampled-corpus'

export interface DrawRequest extends SamplingRules {
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
 * @throws AppError sampling/no-pages, sampling/none-found, sampling/all-excluded, sampling/nothing-accepted,
 * training/no-space, corpus/query-invalid, corpus/page-unreadable, corpus/page-changed, project/no-write
 */
export async function drawSampleSet(request: DrawRequest, parts: DrawParts): Promise<SampleReport> {
  const { project, clock, corpus, id, path } = parts
  const startMs = clock.elapsedMs()
  const found = pagesToDraw(corpus, request)
  const copies = request.balance === 'none' ? 1 : 2
  requireSpace(project.folder, copies * found.pages.length * request.perPage * request.size ** 2)
  const method = methodOf(corpus, request)
  try {
    const { crops, shortages, refusals, pixelsSha256 } = await drawPixels(found.pages, request, parts)
    const hash = new SampleSetHash(request, method, found.pages)
    for (const crop of crops) hash.add(crop.pageSha256, crop)
    const set: SampleSet = {
      ...rulesOf(request),
      id,
      name: request.name ?? `Samples ${String(id)}`,
      hash: hash.finish(pixelsSha256),
      samples: crops.length,
      pages: new Set(crops.map(({ page }) => page)).size,
      excludedPages: found.excluded.length,
      refusedDraws: totalRefused(refusals),
      refusals,
      createdAt: clock.now().toISOString(),
    }
    const seconds = (clock.elapsedMs() - startMs) / 1000
    keepOrRemove(path, () => {
      insertSampleSet(project.database, { set, pixelsSha256, method, seconds, crops, shortages, found })
    })
    return reportOf(set, shortages, seconds)
  } catch (error) {
    throw asWriteRefusal(error, project.folder)
  }
}

/** Pages by the rules. @throws AppError sampling/no-pages, sampling/none-found, sampling/all-excluded, corpus/query-invalid */
export function pagesToDraw(corpus: SampledCorpus, { where }: Pick<SamplingRules, 'where'>): PagesToSample {
  const found = corpus.pagesForSampling(where)
  if (found.pages.length > 0) return found
  const excluded = found.excluded.length
  if (excluded > 0) throw AppError.of('sampling/all-excluded', { excluded })
  throw where === undefined
    ? AppError.of('sampling/no-pages', {})
    : AppError.of('sampling/none-found', { where })
}

/** All that a set's pixels depend on beside its rules. */
function methodOf(
  { greyMethod }: SampledCorpus,
  { background, minimumInk }: Pick<SamplingRules, 'background' | 'minimumInk'>,
): string {
  const paper = background === 'paper' ? [PAPER_METHOD] : []
  return [greyMethod, STREAM_METHOD, ...paper, ...(minimumInk > 0 ? [INK_METHOD] : [])].join('; ')
}

function rulesOf(request: DrawRequest): SamplingRules {
  const { name: _, where, ...rules } = request
  return where === undefined ? rules : { ...rules, where }
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
  const { id: sampleSet, name, hash, samples, pages, refusedDraws, refusals, excludedPages } = set
  return { sampleSet, name, hash, samples, pages, refusedDraws, refusals, excludedPages, shortages, seconds }
}

/** What has been drawn so far. */
class Collector {
  readonly crops: PlacedCrop[] = []
  readonly shortages: Shortage[] = []
  /** Every page with how many crops it gave. */
  readonly drawn: { readonly page: PageToSample; readonly crops: number }[] = []
  readonly memory = new DrawingMemory()
  refusals: RefusalCounts = NO_REFUSALS

  add(page: PageToSample, rules: SamplingRules, result: PageCrops): void {
    for (const crop of result.crops) this.crops.push({ ...crop, page: page.id, pageSha256: page.sha256 })
    this.drawn.push({ page, crops: result.crops.length })
    this.refusals = addRefusals(this.refusals, result.refused)
    const reason = shortageOf(page, rules, result)
    if (reason === null) return
    this.shortages.push({ page: page.id, file: page.file, accepted: result.crops.length, reason })
  }
}

interface DrawnPixels {
  readonly crops: readonly PlacedCrop[]
  readonly shortages: readonly Shortage[]
  readonly refusals: RefusalCounts
  readonly pixelsSha256: string
}

/** Draws all pages; with balance into a draft first, of which the crops that are kept are copied. */
async function drawPixels(
  pages: readonly PageToSample[],
  request: DrawRequest,
  { corpus, context, path }: DrawParts,
): Promise<DrawnPixels> {
  const collector = new Collector()
  const isBalanced = request.balance !== 'none'
  const file = isBalanced ? draftOf(path) : path
  const writer = createSampleStore(file, { grey: corpus.greyMethod, size: request.size })
  try {
    await drawPages(pages, { request, corpus, context, collector, writer })
    const { crops, drawn, shortages, refusals } = collector
    if (crops.length === 0) {
      const refused = describeRefusals(refusals)
      throw AppError.of('sampling/nothing-accepted', { pages: pages.length, refused })
    }
    const pixelsSha256 = writer.commit([crops.length, request.size, request.size])
    if (!isBalanced) return { crops, shortages, refusals, pixelsSha256 }
    const perPage = keptCrops(drawn, request.balance, request.seed)
    const kept = drawn.flatMap(({ crops: all }, at) =>
      Array.from({ length: all }, (_, crop) => crop < (perPage[at] ?? 0)),
    )
    const sha256 = await keepSome({ draft: file, path, kept, signal: context.signal })
    return { crops: crops.filter((_, at) => kept[at]), shortages, refusals, pixelsSha256: sha256 }
  } finally {
    writer.discard()
    if (isBalanced) rmSync(file, { force: true })
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
  const { context, corpus, request, collector, writer } = drawing
  let done = 0
  for await (const [page, grey] of decodedPages(pages, {
    corpus,
    size: request.size,
    signal: context.signal,
  })) {
    const drawn = drawDecodedPage(page, grey, { rules: request, memory: collector.memory })
    for (const crop of drawn.crops) writer.write(cutCrop(drawn.prepared, crop, request.size))
    collector.add(page, request, drawn)
    done += 1
    context.progress({ label: 'Drawing samples', done, total: pages.length })
    throwIfCancelled(context.signal)
  }
}

/** Pages with their grey in their order, several decoded ahead; a page that cannot hold a crop is not decoded. */
function decodedPages(
  pages: readonly PageToSample[],
  from: { readonly corpus: SampledCorpus; readonly size: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly [PageToSample, GreyPage], void, undefined> {
  const decode = async (page: PageToSample): Promise<readonly [PageToSample, GreyPage]> => {
    throwIfCancelled(from.signal)
    if (!holdsCrop(page, from.size))
      return [page, { width: page.width, height: page.height, pixels: new Uint8Array() }]
    return [page, await from.corpus.decodePage(page.id)]
  }
  return inOrder(pages, decode, DECODING_AHEAD)
}

/** How pages are decoded ahead of those that are looked at. */
export const DECODING_AHEAD = {
  concurrency: Math.min(MOST_AT_ONCE, availableParallelism()),
  weigh: (page: Pick<PageToSample, 'width' | 'height'>): number => page.width * page.height,
  capacity: MOST_PIXELS_AT_ONCE,
}
