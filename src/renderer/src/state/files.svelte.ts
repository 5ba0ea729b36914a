/** The files of pages: which are missing or changed, where they may be now, link or copy, and watched folders. */
import type {
  AmissFile,
  FileProposal,
  FilesOverview,
  LeftFile,
  StorageChoice,
  WatchedFolder,
} from '@shared/domain/files'
import type { JobKind, JobReference, JobResults } from '@shared/domain/job'
import type { ProjectSummary } from '@shared/domain/project'
import type { Application } from './application.svelte'
import type { CorpusState } from './corpus.svelte'
import { countOf } from './format'
import { Loadable } from './loadable.svelte'

export type FilesPart = 'amiss' | 'kept' | 'watched'

/** Jobs that move files or learn where they are. */
const FILE_JOBS: readonly JobKind[] = [
  'import',
  'check-files',
  'find-files',
  'renew-files',
  'consolidate',
  'demo',
]

/** What a verb did, and what it left. */
export interface Said {
  readonly sentence: string
  readonly left: readonly LeftFile[]
}

export class FilesState {
  readonly overview = new Loadable<FilesOverview>()
  readonly watched = new Loadable<readonly WatchedFolder[]>()
  #part = $state<FilesPart | null>(null)
  #folder = $state('')
  /** Proposals that were chosen by hand, by the file's first page. */
  #chosen = $state.raw<ReadonlyMap<number, number>>(new Map())
  #said = $state.raw<Said | null>(null)
  #doubted = $state<StorageChoice | null>(null)
  #known = ''
  readonly #amiss = $derived(this.overview.value?.amiss ?? [])
  readonly #busy = $derived.by(() =>
    this.application.jobs.running.some(({ kind }) => FILE_JOBS.includes(kind)),
  )
  readonly #groups = $derived([...Map.groupBy(this.#amiss, ({ folder }) => folder)])
  readonly #relinkable = $derived(
    this.#amiss.flatMap((file) => {
      const proposal = this.proposalFor(file)
      return proposal?.sameBytes === true ? [proposal.id] : []
    }),
  )

  constructor(
    private readonly application: Application,
    private readonly corpus: CorpusState,
  ) {}

  /** The part of the dialog that is shown; null while it is closed. */
  get part(): FilesPart | null {
    return this.#part
  }

  get amiss(): readonly AmissFile[] {
    return this.#amiss
  }

  /** Missing and changed files by the folder that they should be in. */
  get groups(): readonly (readonly [string, readonly AmissFile[]])[] {
    return this.#groups
  }

  /** Proposals with the same bytes, one for each file that has one. */
  get relinkable(): readonly number[] {
    return this.#relinkable
  }

  /** Where to look; typed or chosen. */
  get folder(): string {
    return this.#folder
  }

  get canChoose(): boolean {
    return this.application.connection.host.chooseFolder !== null
  }

  /** What was done last. */
  get said(): Said | null {
    return this.#said
  }

  /** What all files are to become, until the researcher has decided. */
  get doubted(): StorageChoice | null {
    return this.#doubted
  }

  /** Files are being written about: nothing else can be begun with them. */
  get busy(): boolean {
    return this.#busy
  }

  proposalFor(file: AmissFile): FileProposal | null {
    const id = this.#chosen.get(file.page)
    return file.proposals.find((proposal) => proposal.id === id) ?? file.proposals[0] ?? null
  }

  /** Asks again whenever the project says that something changed, and when a job with files has ended; not during one. */
  follow(project: ProjectSummary | null): void {
    if (project !== null && !this.busy) this.load()
  }

  load(): void {
    const { api } = this.application
    void this.overview
      .load((signal) => api.files.overview(undefined, { signal }))
      .then((overview) => this.#compare(overview))
    void this.watched.load((signal) => api.files.watched(undefined, { signal }))
  }

  show(part: FilesPart): void {
    this.#part = part
    this.#said = null
    this.#doubted = null
    this.load()
  }

  close(): void {
    this.#part = null
  }

  setFolder(folder: string): void {
    this.#folder = folder
  }

  async chooseFolder(): Promise<void> {
    const folder = await this.application.connection.host.chooseFolder?.('look-in')
    if (typeof folder !== 'string') return
    this.#folder = folder
    await this.find()
  }

  choose(page: number, proposal: number): void {
    this.#chosen = new Map([...this.#chosen, [page, proposal]])
  }

  async check(): Promise<void> {
    await this.#do(async (api) => {
      const { files, missing, changed } = await this.#wait(await api.files.check())
      return {
        sentence: `${countOf(files, 'file')} looked at: ${missing} missing, ${changed} changed.`,
        left: [],
      }
    })
  }

  async find(): Promise<void> {
    const folder = this.#folder.trim()
    if (folder === '') return
    await this.#do(async (api) => {
      const report = await this.#wait(await api.files.find({ folder }))
      const { looked, sameBytes, sameName, notFound } = report
      const found = `${sameBytes} found with the same bytes, ${sameName} by name only, ${notFound} not found.`
      return { sentence: `${countOf(looked, 'file')} looked at in ${folder}: ${found}`, left: [] }
    })
  }

  /** Links all files that were found with the same bytes, or one of them. */
  async relink(proposals: readonly number[] = this.#relinkable): Promise<void> {
    await this.#do(async (api) => {
      const { files, pages, left } = await api.files.relink({ proposals: [...proposals] })
      this.corpus.load()
      return { sentence: `${countOf(files, 'file')} of ${countOf(pages, 'page')} found again.`, left }
    })
  }

  /** Takes the bytes in a file's place, or those of the proposal, for what its pages are from now on. */
  async renew(files: readonly AmissFile[]): Promise<void> {
    const asked = files.map((file) => {
      const proposal = file.state === 'missing' ? this.proposalFor(file) : null
      return { page: file.page, ...(proposal === null ? {} : { proposal: proposal.id }) }
    })
    await this.#do(async (api) => {
      const { pages, left } = await this.#wait(await api.files.renew({ files: asked }))
      return { sentence: `New versions taken: ${countOf(pages, 'page')}.`, left }
    })
  }

  async setStorage(storage: StorageChoice): Promise<void> {
    await this.#do(async (api) => {
      this.overview.set(await api.files.setStorage({ storage }))
      return null
    })
  }

  askConsolidate(to: StorageChoice | null): void {
    this.#doubted = to
  }

  async consolidate(): Promise<void> {
    const to = this.#doubted
    if (to === null) return
    this.#doubted = null
    await this.#do(async (api) => {
      const { files, left } = await this.#wait(await api.files.consolidate({ to }))
      const done = to === 'copy' ? 'copied into the project' : 'linked to their originals'
      return { sentence: `${countOf(files, 'file')} ${done}.`, left }
    })
  }

  async pauseWatching(id: number, paused: boolean): Promise<void> {
    await this.#do(async (api) => {
      this.watched.set(await api.files.pauseWatching({ id, paused }))
      return null
    })
  }

  async unwatch(id: number): Promise<void> {
    await this.#do(async (api) => {
      this.watched.set(await api.files.unwatch({ id }))
      return null
    })
  }

  async #do(verb: (api: Application['api']) => Promise<Said | null>): Promise<void> {
    this.#said = null
    try {
      const said = await verb(this.application.api)
      if (said === null) return
      this.#said = said
      this.load()
    } catch (error) {
      this.application.toasts.fail(error)
    }
  }

  async #wait<Kind extends JobKind>({ job }: JobReference<Kind>): Promise<JobResults[Kind]> {
    return (await this.application.api.jobs.wait({ job })) as JobResults[Kind]
  }

  /** Pages on screen wear what is known of their files: they are asked for again when that changed. */
  #compare(overview: FilesOverview | null): void {
    if (overview === null) return
    const known = JSON.stringify(overview.amiss.map(({ page, state, pages }) => [page, state, pages]))
    if (this.#known !== '' && known !== this.#known) this.corpus.load()
    this.#known = known
  }
}
