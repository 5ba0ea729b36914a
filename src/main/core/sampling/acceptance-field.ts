/** What crops would be like all over one page: the ground of its acceptance map. */
import type { AcceptanceField, Background } from '@shared/domain/sampling-rules'
import { countGreys, greyQuantile } from '../../numerics/grey-histogram'
import type { OpenProject, PageToSample } from '../ports'
import { preparePage } from './background'
import { inkThresholdIn, inkThresholdOf } from './ink'
import { holdsCrop } from './page-crops'
import type { GreyPage } from './pixel-sums'
import type { SampledCorpus } from './sampled-corpus'
import { sumSquares } from './square-sums'

export interface FieldRequest {
  readonly page: number
  readonly size: number
  readonly background: Background
  /** Along the longer side. */
  readonly places: number
}

/** Pages kept decoded, so that the next question about one is quick, and what one of them may weigh in pixels. */
const KEPT_PAGES = 2
const MOST_PIXELS = 40_000_000
/** Most of a page is paper, whatever is printed on it: this share of its pixels is no brighter; see latent/paper-tone.ts. */
const PAPER_SHARE = 0.9

/** A page as it was decoded, with what follows from it once that was asked for. */
class FieldPage {
  readonly paper: number
  private readonly prepared = new Map<
    Background,
    { readonly grey: GreyPage; readonly inkThreshold: number }
  >()

  constructor(private readonly decoded: GreyPage) {
    const histogram = countGreys(decoded.pixels)
    this.paper = greyQuantile(histogram, PAPER_SHARE) ?? 255
    this.prepared.set('as-is', { grey: decoded, inkThreshold: inkThresholdIn(histogram) })
  }

  with(background: Background): { readonly grey: GreyPage; readonly inkThreshold: number } {
    const known = this.prepared.get(background)
    if (known !== undefined) return known
    const grey = preparePage(this.decoded, background)
    const made = { grey, inkThreshold: inkThresholdOf(grey) }
    this.prepared.set(background, made)
    return made
  }
}

export class AcceptanceFields {
  private project: OpenProject | null = null
  /** By page and bytes; the one that was asked for last stands last. */
  private readonly kept = new Map<string, Promise<FieldPage>>()

  constructor(private readonly corpus: SampledCorpus) {}

  /** @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed */
  async field(project: OpenProject, request: FieldRequest): Promise<AcceptanceField> {
    const { size, background, places } = request
    const page = this.corpus.pageForSampling(request.page)
    const fieldPage = await this.pageOf(project, page)
    const { grey, inkThreshold } = fieldPage.with(background)
    const { xs, ys } = gridOf(grey, size, places)
    const squares = {
      size,
      xs: ys.flatMap(() => xs),
      ys: ys.flatMap((y) => xs.map(() => y)),
    }
    const sums = sumSquares(grey, inkThreshold, squares)
    const area = size * size
    return {
      page: page.id,
      size,
      background,
      width: grey.width,
      height: grey.height,
      regions: page.regions,
      xs,
      ys,
      whiteness: Float32Array.from(sums.grey, (sum) => sum / (area * 255)),
      ink: Float32Array.from(sums.ink, (count) => count / area),
      inkThreshold,
      paper: fieldPage.paper,
    }
  }

  /** Gives the memory of what was looked at back. */
  forget(): void {
    this.kept.clear()
    this.project = null
  }

  private async pageOf(project: OpenProject, page: PageToSample): Promise<FieldPage> {
    if (this.project !== project) this.forget()
    this.project = project
    const key = `${String(page.id)} ${page.sha256}`
    const known = this.kept.get(key)
    const asked = known ?? this.corpus.decodePage(page.id).then((grey) => new FieldPage(grey))
    this.kept.delete(key)
    if (page.width * page.height <= MOST_PIXELS) this.kept.set(key, asked)
    for (const old of [...this.kept.keys()].slice(0, -KEPT_PAGES)) this.kept.delete(old)
    try {
      return await asked
    } catch (error) {
      if (this.kept.get(key) === asked) this.kept.delete(key)
      throw error
    }
  }
}

/** Places at equal distances from edge to edge, as far apart along one side as along the other. */
function gridOf(
  page: Pick<GreyPage, 'width' | 'height'>,
  size: number,
  places: number,
): { readonly xs: readonly number[]; readonly ys: readonly number[] } {
  if (!holdsCrop(page, size)) return { xs: [], ys: [] }
  const [across, down] = [page.width - size, page.height - size]
  const step = Math.max(1, Math.max(across, down) / (places - 1))
  return { xs: spread(across, step), ys: spread(down, step) }
}

function spread(length: number, step: number): readonly number[] {
  const gaps = Math.round(length / step)
  if (gaps === 0) return length === 0 ? [0] : [0, length]
  return Array.from({ length: gaps + 1 }, (_, at) => Math.round((at * length) / gaps))
}
