/** Kernels of a run's layers, as they arrive. */
import type { KernelWeights } from '@shared/compute-api'
import type { Application } from './application.svelte'

export class LayerKernels {
  #kernels = $state.raw<ReadonlyMap<string, KernelWeights>>(new Map())
  #run: string | null = null
  /** Layers that were asked for in this run. */
  #asked = new Set<string>()

  constructor(private readonly application: Application) {}

  get all(): readonly KernelWeights[] {
    return [...this.#kernels.values()]
  }

  /** Null until they are here. */
  of(layer: string): KernelWeights | null {
    return this.#kernels.get(layer) ?? null
  }

  open(run: string): void {
    this.#run = run
    this.#kernels = new Map()
    this.#asked = new Set()
  }

  /** Asks for those that were not asked for yet, one layer after the other: they come from one process. */
  async load(layers: readonly string[]): Promise<void> {
    const run = this.#run
    const asked = this.#asked
    if (run === null) return
    const wanted = [...new Set(layers)].filter((layer) => !asked.has(layer))
    for (const layer of wanted) asked.add(layer)
    for (const layer of wanted) {
      try {
        const kernels = await this.application.api.exploration.kernels({ run, layer })
        if (this.#run !== run) return
        this.#kernels = new Map(this.#kernels).set(layer, kernels)
      } catch (error) {
        asked.delete(layer)
        this.application.toasts.fail(error)
      }
    }
  }
}
