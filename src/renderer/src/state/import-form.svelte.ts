/** What to import and how, until it is started. */
import type { StorageChoice } from '@shared/domain/files'
import type { FolderLevel, ImportPreview, ListMeaning, ListPreview } from '@shared/domain/page'
import type { Application } from './application.svelte'
import { describeFailure, type Failure } from './failure'
import { Loadable } from './loadable.svelte'

export type PlaceName = 'style' | 'composer' | 'piece'

/** Typing rests this long before what was typed is looked at. */
const RESTED_MS = 400
const NOWHERE = { style: '', composer: '', piece: '' } as const
const DRAWN_DPI = 300

export class ImportForm {
  /** What an import would find, from names alone. */
  readonly preview = new Loadable<ImportPreview>()
  readonly columns = new Loadable<ListPreview>()
  #folder = $state('')
  #files = $state.raw<readonly string[]>([])
  #levels = $state.raw<readonly FolderLevel[] | null>(null)
  #place = $state.raw<Readonly<Record<PlaceName, string>>>(NOWHERE)
  #list = $state('')
  /** Meanings that were changed by hand, by column. */
  #meanings = $state.raw<Readonly<Record<string, ListMeaning>>>({})
  /** Null: as the project is set. */
  #storage = $state<StorageChoice | null>(null)
  #ofProject = $state<StorageChoice>('link')
  #watch = $state(false)
  #drawnDpi = $state(DRAWN_DPI)
  #starting = $state(false)
  #failure = $state.raw<Failure | null>(null)
  #note = $state<string | null>(null)
  #typing: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly application: Application) {}

  get folder(): string {
    return this.#folder
  }

  /** Files and folders given one by one instead of a folder. */
  get files(): readonly string[] {
    return this.#files
  }

  /** Path of a CSV that describes the pages; empty for the corpus.csv in the folder, if there is one. */
  get list(): string {
    return this.#list
  }

  /** What each level of folders names: as chosen, else as guessed. */
  get levels(): readonly FolderLevel[] {
    return this.#levels ?? this.preview.value?.levels ?? []
  }

  get place(): Readonly<Record<PlaceName, string>> {
    return this.#place
  }

  get storage(): StorageChoice {
    return this.#storage ?? this.#ofProject
  }

  /** The folder is to be imported again by itself. */
  get watch(): boolean {
    return this.#watch
  }

  get drawnDpi(): number {
    return this.#drawnDpi
  }

  get starting(): boolean {
    return this.#starting
  }

  get failure(): Failure | null {
    return this.#failure
  }

  /** What is to be known before anything was given. */
  get note(): string | null {
    return this.#note
  }

  get canStart(): boolean {
    return (this.#folder.trim() !== '' || this.#files.length > 0) && !this.#starting
  }

  /** The system's dialogs can be shown; where not, paths are typed. */
  get canChoose(): boolean {
    return this.application.connection.host.chooseFolder !== null
  }

  /** What a column of the list means: as chosen, else as its name says. */
  meaningOf(column: string): ListMeaning {
    return (
      this.#meanings[column] ??
      this.columns.value?.columns.find(({ name }) => name === column)?.meaning ??
      '-'
    )
  }

  setFolder(folder: string): void {
    this.#folder = folder
    this.#files = []
    this.#begin()
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.look(), RESTED_MS)
  }

  /** Files and folders; a single folder is taken whole. */
  give(files: readonly string[]): void {
    if (files.length === 0) return
    clearTimeout(this.#typing)
    this.#folder = ''
    this.#files = files
    this.#begin()
    this.look()
  }

  forgetFiles(): void {
    this.#files = []
    this.#begin()
    this.preview.reset()
  }

  setList(list: string): void {
    this.#list = list
    this.#meanings = {}
    this.#failure = null
    const csv = list.trim()
    if (csv === '') this.columns.reset()
    else if (/\.(csv|tsv|txt)$/i.test(csv))
      void this.columns.load((signal) => this.application.api.corpus.listPreview({ csv }, { signal }))
  }

  setMeaning(column: string, meaning: ListMeaning): void {
    // Each of the known meanings belongs to one column.
    const taken = this.columns.value?.columns.find(
      ({ name }) => name !== column && this.meaningOf(name) === meaning,
    )
    const isShared = meaning === 'field' || meaning === '-'
    const given = taken === undefined || isShared ? {} : { [taken.name]: 'field' as const }
    this.#meanings = { ...this.#meanings, ...given, [column]: meaning }
  }

  setLevel(depth: number, level: FolderLevel): void {
    this.#levels = this.levels.map((before, index) => (index === depth ? level : before))
    this.look()
  }

  guessLevels(): void {
    this.#levels = null
    this.look()
  }

  get levelsChosen(): boolean {
    return this.#levels !== null
  }

  setPlace(name: PlaceName, value: string): void {
    this.#place = { ...this.#place, [name]: value }
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.look(), RESTED_MS)
  }

  setStorage(storage: StorageChoice): void {
    this.#storage = storage
  }

  setWatch(watch: boolean): void {
    this.#watch = watch
  }

  /** The dialog is shown: what was not chosen is as the project is set. */
  async prepare(): Promise<void> {
    try {
      this.#ofProject = (await this.application.api.files.overview()).storage
    } catch (error) {
      this.#failure = describeFailure(error)
    }
  }

  setDrawnDpi(drawnDpi: number): void {
    this.#drawnDpi = drawnDpi
  }

  async chooseFolder(): Promise<void> {
    const folder = await this.application.connection.host.chooseFolder?.('import')
    if (typeof folder !== 'string') return
    this.setFolder(folder)
    this.look()
  }

  async chooseFiles(): Promise<void> {
    this.give((await this.application.connection.host.choosePages?.()) ?? [])
  }

  async chooseList(): Promise<void> {
    const list = await this.application.connection.host.chooseFile?.('import-list', 'corpus.csv')
    if (typeof list === 'string') this.setList(list)
  }

  /** What was dropped onto the window. A browser does not tell where it lies. */
  drop(dropped: readonly File[]): void {
    const { pathOf } = this.application.connection.host
    this.application.ask('import')
    if (pathOf === null) {
      this.#note = 'A browser does not tell where dropped files lie: type the path of their folder.'
      return
    }
    this.give(dropped.map((file) => pathOf(file)).filter((path) => path !== ''))
  }

  /** Looks at names: what there is and where its pages would go. */
  look(): void {
    clearTimeout(this.#typing)
    const source = this.#source()
    if (source === null) this.preview.reset()
    else void this.preview.load((signal) => this.application.api.corpus.preview(source, { signal }))
  }

  /** Starts the import; the dialog closes, the job goes on in the bar at the bottom. */
  async start(): Promise<void> {
    const source = this.#source()
    if (!this.canStart || source === null) return
    this.#starting = true
    this.#failure = null
    try {
      const choices = {
        storage: this.storage,
        ...this.#described(),
        ...(this.#drawnDpi === DRAWN_DPI ? {} : { drawnDpi: this.#drawnDpi }),
      }
      const { api } = this.application
      await api.corpus.import({ ...source, ...choices })
      if (this.#watch && 'folder' in source) await api.files.watch({ ...source, ...choices })
      this.application.dismissPrompt()
      this.#forget()
    } catch (error) {
      this.#failure = describeFailure(error)
    } finally {
      this.#starting = false
    }
  }

  #source() {
    const folder = this.#folder.trim()
    if (folder === '' && this.#files.length === 0) return null
    const place = Object.entries(this.#place).filter(([, name]) => name.trim() !== '')
    return {
      ...(folder === '' ? { files: [...this.#files] } : { folder }),
      ...(this.#levels === null ? {} : { levels: [...this.#levels] }),
      ...(place.length === 0
        ? {}
        : { place: Object.fromEntries(place) as Partial<Record<PlaceName, string>> }),
    }
  }

  /** The list, with what its columns mean where their names alone do not say it. */
  #described() {
    const csv = this.#list.trim()
    if (csv === '') return {}
    const columns = this.columns.value?.columns ?? []
    if (columns.length === 0) return { csv }
    return { csv, columns: Object.fromEntries(columns.map(({ name }) => [name, this.meaningOf(name)])) }
  }

  #begin(): void {
    this.#levels = null
    this.#failure = null
    this.#note = null
  }

  #forget(): void {
    this.#folder = ''
    this.#files = []
    this.#storage = null
    this.#watch = false
    this.#place = NOWHERE
    this.preview.reset()
    this.setList('')
    this.#begin()
  }
}
