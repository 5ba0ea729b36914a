/** What stands for a channel in lists of channels: its kernel and the patches that excite it most, run by run. */
import type { KernelWeights } from '@shared/compute-api'
import type { FeatureSummary } from '@shared/domain/feature'
import type { ChannelAddress } from '@shared/domain/naming'
import type { Application } from './application.svelte'

export function addressOf({ run, layer, channel }: ChannelAddress): string {
  return `${run}/${layer}/${channel}`
}

export interface RunPictures {
  readonly sampleSet: number
  /** Side of a crop in pixels. */
  readonly cropSize: number
  readonly features: ReadonlyMap<string, FeatureSummary>
  /** Layers from the first to the last. */
  readonly layers: readonly string[]
  readonly bottleneck: string | null
  readonly kernels: ReadonlyMap<string, KernelWeights>
}

export class ChannelPictures {
  #runs = $state.raw<ReadonlyMap<string, RunPictures>>(new Map())
  readonly #asked = new Set<string>()

  constructor(private readonly application: Application) {}

  of(run: string): RunPictures | null {
    return this.#runs.get(run) ?? null
  }

  featureOf(channel: ChannelAddress): FeatureSummary | null {
    return this.of(channel.run)?.features.get(addressOf(channel)) ?? null
  }

  /** Kernels of a layer once they are here. The bottleneck pools the layer before it and has that one's. */
  kernelsOf({ run, layer }: Pick<ChannelAddress, 'run' | 'layer'>): KernelWeights | null {
    const known = this.of(run)
    if (known === null) return null
    const own = known.kernels.get(layer)
    if (own !== undefined || layer !== known.bottleneck) return own ?? null
    return known.kernels.get(known.layers[known.layers.indexOf(layer) - 1] ?? '') ?? null
  }

  cropUrl(run: string, index: number): string {
    const sampleSet = this.of(run)?.sampleSet ?? 0
    return this.application.connection.pictureUrl({ kind: 'crop', sampleSet, index })
  }

  openAll(runs: readonly string[]): void {
    for (const run of runs) void this.open(run)
  }

  /** Asks for the features and kernels of a run, once. Kernels come layer by layer, out of one process. */
  async open(run: string): Promise<void> {
    if (this.#asked.has(run)) return
    this.#asked.add(run)
    const { exploration, training } = this.application.api
    try {
      const [plan, description, features] = await Promise.all([
        training.plan({ run }),
        exploration.layers({ run }),
        exploration.features({ run }),
      ])
      this.put(run, {
        sampleSet: plan.sampleSet.id,
        cropSize: plan.sampleSet.size,
        features: new Map(features.map((feature) => [feature.address, feature])),
        layers: description.layers.map((layer) => layer.name),
        bottleneck: description.layers.find((layer) => layer.kind === 'bottleneck')?.name ?? null,
        kernels: new Map(),
      })
      for (const layer of description.layers)
        if (layer.kind !== 'bottleneck') await this.loadKernels(run, layer.name)
    } catch (error) {
      this.#asked.delete(run)
      this.application.toasts.fail(error)
    }
  }

  private async loadKernels(run: string, layer: string): Promise<void> {
    const kernels = await this.application.api.exploration.kernels({ run, layer })
    const known = this.of(run)
    if (known !== null) this.put(run, { ...known, kernels: new Map(known.kernels).set(layer, kernels) })
  }

  private put(run: string, pictures: RunPictures): void {
    this.#runs = new Map(this.#runs).set(run, pictures)
  }
}
