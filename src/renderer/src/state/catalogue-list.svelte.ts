/** The catalogue as a CSV: out to a file, and in from one after its changes were looked at. */
import type { CsvPreview } from '@shared/domain/catalogue'
import type { Application } from './application.svelte'
import type { CatalogueState } from './catalogue.svelte'
import type { CorpusState } from './corpus.svelte'
import { countOf } from './format'
import { Loadable } from './loadable.svelte'

export class CatalogueList {
  readonly preview = new Loadable<CsvPreview>()
  #name = $state('')
  #csv = ''

  constructor(
    private readonly application: Application,
    private readonly corpus: CorpusState,
    private readonly catalogue: CatalogueState,
  ) {}

  /** The file that is looked at. */
  get name(): string {
    return this.#name
  }

  /** An edit is being done. */
  get underWay(): boolean {
    return this.catalogue.underWay
  }

  /** The pages that are listed now, or all of them. */
  async export(which: 'listed' | 'all'): Promise<void> {
    const { api, connection, toasts } = this.application
    const { style, composer, piece, query } = this.corpus.place
    const selection =
      which === 'all' ? {} : { style, composer, piece, query: query === '' ? undefined : query }
    try {
      const { csv, pages } = await api.catalogue.exportCsv(selection)
      const bytes = new TextEncoder().encode(csv)
      const place = await connection.host.saveFile({ name: 'catalogue.csv', kind: 'csv', bytes })
      if (place !== null) toasts.say(`${countOf(pages, 'page')} written to ${place}.`, 'good')
    } catch (error) {
      toasts.fail(error)
    }
  }

  /** Says what a file would change. */
  async look(file: Pick<File, 'name' | 'text'>): Promise<void> {
    this.#name = file.name
    this.#csv = await file.text()
    const csv = this.#csv
    await this.preview.load((signal) => this.application.api.catalogue.previewCsv({ csv }, { signal }))
  }

  async apply(): Promise<void> {
    const csv = this.#csv
    if (await this.catalogue.edit(() => this.application.api.catalogue.importCsv({ csv }))) this.close()
  }

  close(): void {
    this.preview.reset()
    this.#name = ''
    this.#csv = ''
    this.catalogue.open(null)
  }
}
