/** Models on their way out and in: which file, and what of the model. */
import type { ModelExport, ModelFormat, ModelPart } from '@shared/domain/exchange'
import type { RunSummary } from '@shared/domain/run'
import type { FilePurpose } from '@shared/bridge'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

/** The two dialogs: a run's model on its way out, a file's model on its way in. */
export class ModelExchange {
  #exporting = $state.raw<ModelExportForm | null>(null)
  #importing = $state.raw<ModelImportForm | null>(null)

  constructor(private readonly application: Application) {}

  /** Null while nothing is to be exported. */
  get exporting(): ModelExportForm | null {
    return this.#exporting
  }

  /** Null while nothing is to be imported. */
  get importing(): ModelImportForm | null {
    return this.#importing
  }

  export(run: RunSummary): void {
    this.#exporting = new ModelExportForm(this.application, run)
  }

  import(): void {
    this.#importing = new ModelImportForm(this.application)
  }

  /** Puts the dialogs away. */
  end(): void {
    this.#exporting = null
    this.#importing = null
  }

  /** @returns the run that the model has become, the dialog put away; null where it could not be read */
  async takeIn(): Promise<RunSummary | null> {
    const run = (await this.#importing?.import()) ?? null
    if (run !== null) this.end()
    return run
  }
}

/** A model being exported; made when its dialog opens. */
export class ModelExportForm {
  readonly exporting = new Loadable<ModelExport>()
  #format = $state<ModelFormat>('safetensors')
  #part = $state<ModelPart>('whole')
  #file = $state('')

  constructor(
    private readonly application: Application,
    readonly run: RunSummary,
  ) {}

  get format(): ModelFormat {
    return this.#format
  }

  get part(): ModelPart {
    return this.#part
  }

  /** Path on the machine that computes. */
  get file(): string {
    return this.#file
  }

  get suggestedName(): string {
    const name = this.run.name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '')
    const part = this.#part === 'whole' ? '' : `-${this.#part}`
    return `${name === '' ? this.run.run : name}${part}.${this.#format}`
  }

  get canChoose(): boolean {
    return this.application.connection.host.chooseFile !== null
  }

  get canExport(): boolean {
    return this.#file.trim() !== '' && this.exporting.status !== 'loading'
  }

  chooseFormat(format: ModelFormat): void {
    this.#file = this.#file.replace(new RegExp(`\\.${this.#format}$`), `.${format}`)
    this.#format = format
    this.exporting.reset()
  }

  /** A file that is called as this part was is called as the other one, so that no part overwrites another. */
  choosePart(part: ModelPart): void {
    const before = this.suggestedName
    this.#part = part
    if (this.#file.endsWith(before)) this.#file = this.#file.slice(0, -before.length) + this.suggestedName
    this.exporting.reset()
  }

  type(file: string): void {
    this.#file = file
    this.exporting.reset()
  }

  async chooseFile(): Promise<void> {
    const file = await askFile(this.application, 'export-model', this.suggestedName)
    if (file !== null) this.type(file.endsWith(`.${this.#format}`) ? file : `${file}.${this.#format}`)
  }

  export(): void {
    if (!this.canExport) return
    const request = {
      run: this.run.run,
      format: this.#format,
      part: this.#part,
      file: this.#file.trim(),
    }
    void this.exporting.load((signal) => this.application.api.sharing.exportModel(request, { signal }))
  }
}

/** A model being imported; made when its dialog opens. */
export class ModelImportForm {
  readonly importing = new Loadable<RunSummary>()
  #file = $state('')
  #spec = $state('')
  /** Null: as the file says. */
  #inputSize = $state<number | null>(null)
  #name = $state('')
  #sampleSet = $state<number | null>(null)

  constructor(private readonly application: Application) {}

  get file(): string {
    return this.#file
  }

  get spec(): string {
    return this.#spec
  }

  get inputSize(): number | null {
    return this.#inputSize
  }

  get name(): string {
    return this.#name
  }

  get sampleSet(): number | null {
    return this.#sampleSet
  }

  get canChoose(): boolean {
    return this.application.connection.host.chooseFile !== null
  }

  get canImport(): boolean {
    return this.#file.trim() !== '' && this.importing.status !== 'loading'
  }

  change(change: {
    readonly file?: string
    readonly spec?: string
    readonly inputSize?: number | null
    readonly name?: string
    readonly sampleSet?: number
  }): void {
    this.#file = change.file ?? this.#file
    this.#spec = change.spec ?? this.#spec
    this.#inputSize = change.inputSize === undefined ? this.#inputSize : change.inputSize
    this.#name = change.name ?? this.#name
    this.#sampleSet = change.sampleSet ?? this.#sampleSet
    this.importing.reset()
  }

  async chooseFile(): Promise<void> {
    const file = await askFile(this.application, 'import-model', '')
    if (file !== null) this.change({ file })
  }

  /** @returns the run that it has become; null where it could not be read */
  async import(): Promise<RunSummary | null> {
    if (!this.canImport) return null
    const [spec, name] = [this.#spec.trim(), this.#name.trim()]
    const request = {
      file: this.#file.trim(),
      ...(spec === '' ? {} : { spec }),
      ...(this.#inputSize === null ? {} : { inputSize: this.#inputSize }),
      ...(name === '' ? {} : { name }),
      ...(this.#sampleSet === null ? {} : { sampleSet: this.#sampleSet }),
    }
    return this.importing.load((signal) => this.application.api.sharing.importModel(request, { signal }))
  }
}

/** With the system's dialog; null where it was cancelled or there is none. */
async function askFile(application: Application, purpose: FilePurpose, name: string): Promise<string | null> {
  return (await application.connection.host.chooseFile?.(purpose, name)) ?? null
}
