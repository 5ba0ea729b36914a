/** Surveys: every square that drawing would look at, measured once, so that a forecast need not open a page. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { endianness } from 'node:os'
import type { SurveyKey, SurveyReport } from '@shared/domain/sampling-rules'
import { AppError, throwIfCancelled } from '@shared/errors'
import { asWriteRefusal } from '../../storage/write-problem'
import { inOrder } from '../ordered-work'
import type { Clock, JobContext, OpenProject, PageToSample } from '../ports'
import { PAPER_METHOD, preparePage } from './background'
import { DECODING_AHEAD, pagesToDraw } from './draw'
import { inkThresholdOf, INK_METHOD } from './ink'
import { holdsCrop, nextPlace, pageStream } from './page-crops'
import type { GreyPage } from './pixel-sums'
import { STREAM_METHOD } from './random-stream'
import type { SampledCorpus } from './sampled-corpus'
import { sumSquares } from './square-sums'
import { type SurveyedSquares, SurveyFile, type SurveyIndex } from './survey-file'

const FOLDER = 'surveys'
/** Surveys that are kept of a project: the newest. */
const KEPT = 4
const FORMAT = 1

type Unreadable = SurveyReport['unreadable'][number]

/** What is known of a project's surveys while it is open. */
interface Known {
  readonly indices: Map<string, SurveyIndex>
  readonly unreadable: Map<string, readonly Unreadable[]>
}

export class Surveys {
  private readonly known = new WeakMap<OpenProject, Known>()

  constructor(
    private readonly corpus: SampledCorpus,
    private readonly clock: Clock,
  ) {}

  /**
   * Measures the pages that have not been measured with this key; what is done stays done when it is cancelled.
   * @throws AppError sampling/no-pages, sampling/all-excluded, project/no-write, Cancelled
   */
  async complete(project: OpenProject, key: SurveyKey, context: JobContext): Promise<SurveyReport> {
    const { pages } = pagesToDraw(this.corpus, {})
    const name = this.nameOf(key)
    const unreadable: Unreadable[] = []
    try {
      const file = this.openToAppend(project, name, key)
      try {
        const todo = pages.filter((page) => holdsCrop(page, key.size) && !file.has(page.sha256))
        await this.measure(todo, { key, file, context, unreadable })
      } finally {
        this.of(project).indices.set(name, file.index)
        this.of(project).unreadable.set(name, unreadable)
        file.close()
      }
    } catch (error) {
      throw asWriteRefusal(error, project.folder)
    }
    return this.state(project, key)
  }

  /** Starts nothing. @throws AppError sampling/no-pages, sampling/all-excluded */
  state(project: OpenProject, key: SurveyKey): SurveyReport {
    const { pages } = pagesToDraw(this.corpus, {})
    const surveyed = this.reading(
      project,
      key,
      (file) => pages.filter((page) => !holdsCrop(page, key.size) || file?.has(page.sha256) === true).length,
    )
    const { seed, size, triesPerPage, background } = key
    const unreadable = this.of(project).unreadable.get(this.nameOf(key)) ?? []
    return { seed, size, triesPerPage, background, surveyed, pages: pages.length, unreadable }
  }

  /** @param work is given null where nothing was surveyed with this key */
  reading<Result>(project: OpenProject, key: SurveyKey, work: (file: SurveyFile | null) => Result): Result {
    const name = this.nameOf(key)
    const { indices } = this.of(project)
    const file = SurveyFile.openToRead(project.path(FOLDER, name), key.triesPerPage, indices.get(name))
    if (file === null) return work(null)
    try {
      indices.set(name, file.index)
      return work(file)
    } finally {
      file.close()
    }
  }

  private async measure(
    pages: readonly PageToSample[],
    into: {
      readonly key: SurveyKey
      readonly file: SurveyFile
      readonly context: JobContext
      readonly unreadable: Unreadable[]
    },
  ): Promise<void> {
    const { key, file, context, unreadable } = into
    const decode = async (page: PageToSample): Promise<readonly [PageToSample, GreyPage | AppError]> => {
      throwIfCancelled(context.signal)
      return [page, await this.corpus.decodePage(page.id).catch(asUnreadable)]
    }
    let done = 0
    for await (const [page, grey] of inOrder(pages, decode, DECODING_AHEAD)) {
      if (grey instanceof AppError) unreadable.push({ page: page.id, file: page.file, reason: grey.message })
      else if (!file.has(page.sha256)) file.append(page.sha256, surveyPage(page.sha256, grey, key))
      done += 1
      context.progress({ label: 'Measuring pages', done, total: pages.length })
      throwIfCancelled(context.signal)
    }
  }

  private openToAppend(project: OpenProject, name: string, { triesPerPage }: SurveyKey): SurveyFile {
    const folder = project.path(FOLDER)
    mkdirSync(folder, { recursive: true })
    const path = project.path(FOLDER, name)
    const file = SurveyFile.openToAppend(path, triesPerPage, this.of(project).indices.get(name))
    const now = this.clock.now()
    utimesSync(path, now, now)
    const others = readdirSync(folder).filter((other) => other !== name)
    const changedAt = (other: string): number => statSync(project.path(FOLDER, other)).mtimeMs
    for (const old of others.toSorted((a, b) => changedAt(b) - changedAt(a)).slice(KEPT - 1))
      rmSync(project.path(FOLDER, old), { force: true, recursive: true })
    return file
  }

  /** Everything that the numbers depend on but for the page. */
  private nameOf({ seed, size, triesPerPage, background }: SurveyKey): string {
    const method = [this.corpus.greyMethod, STREAM_METHOD, INK_METHOD]
    const paper = background === 'paper' ? PAPER_METHOD : null
    const parts = [FORMAT, endianness(), ...method, paper, seed, size, triesPerPage]
    const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
    return `${hash.slice(0, 32)}.squares`
  }

  private of(project: OpenProject): Known {
    const known = this.known.get(project) ?? { indices: new Map(), unreadable: new Map() }
    this.known.set(project, known)
    return known
  }
}

/** A page that cannot be read is told, and does not keep the others from being forecast. */
function asUnreadable(error: unknown): AppError {
  if (error instanceof AppError && UNREADABLE.includes(error.code)) return error
  throw error
}

const UNREADABLE: readonly string[] = ['corpus/page-unreadable', 'corpus/page-changed', 'corpus/page-unknown']

/** The squares at the first places of the page's stream. */
function surveyPage(sha256: string, decoded: GreyPage, key: SurveyKey): SurveyedSquares {
  const { seed, size, triesPerPage, background } = key
  const page = preparePage(decoded, background)
  const stream = pageStream(seed, sha256)
  const xs = new Uint32Array(triesPerPage)
  const ys = new Uint32Array(triesPerPage)
  for (let draw = 0; draw < triesPerPage; draw += 1) {
    const { x, y } = nextPlace(stream, page, size)
    xs[draw] = x
    ys[draw] = y
  }
  return { xs, ys, ...sumSquares(page, inkThresholdOf(page), { size, xs, ys }) }
}
