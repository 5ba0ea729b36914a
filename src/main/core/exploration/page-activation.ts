/** One channel over a whole page at full resolution, and over the pages of a piece. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelReference, PageMap, RemoteCompute } from '@shared/compute-api'
import { type Layer, receptiveFieldInCrop } from '@shared/domain/architecture'
import type { PageActivation, PieceActivation, PieceActivationPage } from '@shared/domain/feature'
import type { Page } from '@shared/domain/page'
import { AppError, throwIfCancelled } from '@shared/errors'
import { writeFileAtomically } from '../../storage/atomic-file'
import type { ModelGeometry } from './model-geometry'
import { type GreyPage, pageInput, type PageInput } from './page-input'

/** Pages, as activations on them need them; given by core/parts.ts. */
export interface ExploredPages {
  /**
   * A page in grey, from the very bytes that were imported, prepared as the crops of a set were.
   * @throws AppError sampling/set-unknown, corpus/page-unknown, corpus/page-unreadable, corpus/page-changed
   */
  decodePage(page: number, sampleSet: number): Promise<GreyPage>
  /** In their order; empty for a piece that is not there. */
  pagesOf(
    piece: number,
    signal: AbortSignal,
  ): Promise<readonly Pick<Page, 'id' | 'page' | 'file' | 'sha256'>[]>
}

/** Strips across a page in a piece's ribbon. */
const RIBBON = 64
/** Kept pieces of another version are measured again. */
const PIECE_VERSION = 1

export interface ChannelOnPages {
  readonly model: ModelGeometry
  readonly reference: ModelReference
  readonly layer: Layer
  readonly channel: number
  readonly signal: AbortSignal
  readonly ask: <Reply>(question: (api: RemoteCompute) => Promise<Reply>) => Promise<Reply>
  readonly pages: ExploredPages
}

interface Corner {
  readonly x: number
  readonly y: number
}

/** @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed, Cancelled */
export async function activateOnPage(
  of: ChannelOnPages,
  page: number,
  alignTo: Corner = { x: 0, y: 0 },
): Promise<PageActivation> {
  const { model, layer, channel } = of
  const grey = await greyOf(of, page)
  const input = inputOf(of, grey, alignTo)
  const { width, height, map } = await mapOf(of, input)
  const seen = receptiveFieldInCrop(layer.receptiveField, { row: 0, column: 0 }, model.reduction)
  return {
    page,
    layer: layer.name,
    channel,
    width,
    height,
    pixelsPerUnit: layer.receptiveField.stride * model.reduction,
    offsetX: input.offsetX,
    offsetY: input.offsetY,
    seen: { x: seen.x + input.offsetX, y: seen.y + input.offsetY, size: seen.size },
    pageWidth: grey.width,
    pageHeight: grey.height,
    map,
    maximum: largest(map),
  }
}

/** Every page is kept as soon as it is measured, so that asking again after a cancel goes on. */
export async function activateOnPiece(
  of: ChannelOnPages,
  piece: number,
  kept: KeptPieces,
): Promise<PieceActivation> {
  const pages = await of.pages.pagesOf(piece, of.signal)
  if (pages.length === 0) throw AppError.of('exploration/piece-unknown', { piece })
  const known = new Map(kept.read(of, piece).map((page) => [page.sha256, page]))
  const measured: KeptPage[] = []
  for (const { id, page: pageNumber, file, sha256 } of pages) {
    throwIfCancelled(of.signal)
    const earlier = known.get(sha256)
    const profile = earlier ?? (await profileOf(of, id))
    const { mean, density, maximum, ribbon } = profile
    measured.push({ page: id, pageNumber, file, mean, density, maximum, ribbon, sha256 })
    if (earlier === undefined) kept.write(of, piece, [...measured, ...known.values()])
  }
  return {
    run: of.model.plan.run,
    layer: of.layer.name,
    channel: of.channel,
    piece,
    pages: measured.map(({ sha256: _, ...page }) => page),
  }
}

async function profileOf(
  of: ChannelOnPages,
  page: number,
): Promise<Pick<PieceActivationPage, 'mean' | 'density' | 'maximum' | 'ribbon'>> {
  const { map, width } = await mapOf(of, inputOf(of, await greyOf(of, page), { x: 0, y: 0 }))
  const strips = Math.min(RIBBON, width)
  const sums = new Float64Array(strips)
  const counts = new Float64Array(strips)
  let [total, positive] = [0, 0]
  for (const [at, value] of map.entries()) {
    const strip = Math.floor(((at % width) * strips) / width)
    sums[strip] = (sums[strip] ?? 0) + value
    counts[strip] = (counts[strip] ?? 0) + 1
    total += value
    if (value > 0) positive += 1
  }
  return {
    mean: total / map.length,
    density: positive / map.length,
    maximum: largest(map),
    ribbon: Array.from(sums, (sum, strip) => sum / (counts[strip] ?? 1)),
  }
}

/** As the crops are that the model was trained on. */
function greyOf({ pages, model }: ChannelOnPages, page: number): Promise<GreyPage> {
  return pages.decodePage(page, model.plan.sampleSet.id)
}

function inputOf({ model }: ChannelOnPages, page: GreyPage, alignTo: Corner): PageInput {
  const factor = model.reduction
  const period = factor * 2 ** model.plan.architecture.blocks.length
  return pageInput(page, { factor, period, alignTo })
}

function mapOf(
  { reference, layer, channel, signal, ask }: ChannelOnPages,
  input: PageInput,
): Promise<PageMap> {
  const { width, height, pixels } = input
  const request = { ...reference, layer: layer.name, channel, width, height, pixels }
  return ask((api) => api.model.pageMap(request, { signal }))
}

function largest(map: Float32Array): number {
  let maximum = 0
  for (const value of map) if (value > maximum) maximum = value
  return maximum
}

type KeptPage = PieceActivationPage & { readonly sha256: string }

/** runs/<id>/features/pieces/: what channels did on pieces, by the pages' bytes and the run's weights. */
export class KeptPieces {
  /** @param weightsOf the fingerprint of a run's weights; null while it has no final ones, of which nothing is kept */
  constructor(private readonly weightsOf: (run: string) => string | null) {}

  read(of: ChannelOnPages, piece: number): readonly KeptPage[] {
    try {
      const kept = JSON.parse(readFileSync(this.file(of, piece), 'utf8')) as {
        readonly version?: number
        readonly weightsSha256?: string
        readonly pages?: readonly KeptPage[]
      }
      const weights = this.weightsOf(of.model.plan.run)
      const valid = kept.version === PIECE_VERSION && weights !== null && kept.weightsSha256 === weights
      return valid ? (kept.pages ?? []) : []
    } catch {
      // Absent or damaged: derived, and measured again.
      return []
    }
  }

  write(of: ChannelOnPages, piece: number, pages: readonly KeptPage[]): void {
    const weightsSha256 = this.weightsOf(of.model.plan.run)
    if (weightsSha256 === null) return
    const file = this.file(of, piece)
    mkdirSync(join(file, '..'), { recursive: true })
    const unique = [...new Map(pages.map((page) => [page.sha256, page])).values()]
    writeFileAtomically(file, JSON.stringify({ version: PIECE_VERSION, weightsSha256, pages: unique }))
  }

  private file({ reference, layer, channel }: ChannelOnPages, piece: number): string {
    const name = `${layer.name}-${String(channel)}-${String(piece)}.json`
    return join(reference.runFolder, 'features', 'pieces', name)
  }
}
