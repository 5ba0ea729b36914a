/** What is said about a run and what is kept of it: its name, tags and notes, its checkpoints. */
import type { RunSummary } from '@shared/domain/run'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class RunRecord {
  readonly saving = new Loadable<RunSummary>()
  readonly pruning = new Loadable<RunSummary>()
  #editing = $state(false)
  /** How many checkpoints would be kept; null while that is not asked. */
  #keep = $state<number | null>(null)

  /** @param put shows what a run has become */
  constructor(
    private readonly application: Application,
    private readonly put: (run: RunSummary) => void,
  ) {}

  /** The name is being edited. */
  get editing(): boolean {
    return this.#editing
  }

  get keep(): number | null {
    return this.#keep
  }

  edit(editing: boolean): void {
    this.#editing = editing
    this.saving.reset()
  }

  rename(run: RunSummary, name: string): void {
    const wanted = name.trim()
    if (wanted === '' || wanted === run.name) this.edit(false)
    else this.describe(run, { name: wanted })
  }

  addTag(run: RunSummary, tag: string): void {
    const wanted = tag.trim()
    if (wanted !== '' && !run.tags.includes(wanted)) this.describe(run, { tags: [...run.tags, wanted] })
  }

  removeTag(run: RunSummary, tag: string): void {
    this.describe(run, { tags: run.tags.filter((one) => one !== tag) })
  }

  note(run: RunSummary, notes: string): void {
    if (notes !== run.notes) this.describe(run, { notes })
  }

  /** Asks how many checkpoints to keep; null asks no longer. */
  askToPrune(keep: number | null): void {
    this.#keep = keep
    this.pruning.reset()
  }

  /** Deletes older checkpoints; what is left of them stays on screen. */
  async prune(run: RunSummary): Promise<void> {
    const keep = this.#keep
    if (keep === null || this.pruning.status === 'loading') return
    const pruned = await this.pruning.load((signal) =>
      this.application.api.training.prune({ run: run.run, keep }, { signal }),
    )
    if (pruned === null) return
    this.put(pruned)
    this.#keep = null
  }

  private describe(
    { run }: RunSummary,
    said: { readonly name?: string; readonly tags?: string[]; readonly notes?: string },
  ): void {
    void this.saving
      .load((signal) => this.application.api.training.describe({ run, ...said }, { signal }))
      .then((described) => {
        if (described === null) return
        this.put(described)
        this.#editing = false
      })
  }
}
