/** Kernels beside activations: aligned by sign, quarter turns and shift, where their weights mean the same. */
import type { KernelWeights } from '@shared/compute-api'
import type { ClusterMember, KernelAlignment } from '@shared/domain/findings'
import type { RunPlan } from '@shared/domain/run'
import { describeArchitecture } from '@shared/domain/architecture'
import { alignKernels, type Kernel, kernelOf } from '../../numerics/kernel-alignment'
import type { Pause } from '../../numerics/correlation'

/** Kernels of one layer that are at least so alike are called the same. */
const SAME = 0.95

/** Reads one layer's kernels of a run, from the warm process. */
export type ReadKernels = (run: string, layer: string) => Promise<KernelWeights>

interface Filter {
  readonly run: string
  readonly layer: string
  readonly channel: number
  readonly address: string
}

/** The kernels of some runs, by layer. */
export class KernelShelf {
  private constructor(private readonly layers: ReadonlyMap<string, KernelWeights>) {}

  /** @param only one layer; null for all */
  static async read(plans: readonly RunPlan[], read: ReadKernels, only: string | null): Promise<KernelShelf> {
    const layers = new Map<string, KernelWeights>()
    for (const { run, architecture } of plans)
      for (const { name, kind } of describeArchitecture(architecture).layers)
        // The bottleneck is what the last encoder layer gives, pooled: it has no kernels.
        if (kind !== 'bottleneck' && (only === null || name === only))
          layers.set(`${run}/${name}`, await read(run, name))
    return new KernelShelf(layers)
  }

  kernel({ run, layer, channel }: Filter): Kernel | null {
    const weights = this.layers.get(`${run}/${layer}`)
    return weights === undefined ? null : kernelOf(weights, channel)
  }

  /** All pairs within each layer that are the same but for sign, turn and shift. */
  async duplicates(
    pause: Pause,
  ): Promise<readonly (KernelAlignment & { readonly one: string; readonly other: string })[]> {
    const found: (KernelAlignment & { readonly one: string; readonly other: string })[] = []
    for (const [place, weights] of this.layers) {
      const kernels = Array.from({ length: weights.filters }, (_, filter) => kernelOf(weights, filter))
      for (const [one, kernel] of kernels.entries()) {
        await pause()
        for (let other = one + 1; other < kernels.length; other += 1) {
          const alignment = alignKernels(kernel, kernels[other] ?? kernel)
          if (alignment.similarity >= SAME)
            found.push({ one: `${place}/${one}`, other: `${place}/${other}`, ...alignment })
        }
      }
    }
    return found.sort((a, b) => b.similarity - a.similarity)
  }
}

/**
 * Each member's kernel against that of the first member with which it can be compared. The inputs of deeper layers stand
 * in another order in every network: there, only kernels of one and the same layer can be compared.
 */
export function withKernels(
  members: readonly Omit<ClusterMember, 'kernel'>[],
  shelf: KernelShelf,
): readonly ClusterMember[] {
  return members.map((member, at) => {
    const kernel = shelf.kernel(member)
    const first = members.slice(0, at).find((earlier) => comparable(earlier, member, shelf))
    const reference = first === undefined ? null : shelf.kernel(first)
    if (kernel === null || first === undefined || reference === null) return { ...member, kernel: null }
    return { ...member, kernel: { ...alignKernels(reference, kernel), with: first.address } }
  })
}

function comparable(one: Filter, other: Filter, shelf: KernelShelf): boolean {
  const [a, b] = [shelf.kernel(one), shelf.kernel(other)]
  if (a === null || b === null || a.side !== b.side || a.depth !== b.depth) return false
  return a.depth === 1 || (one.run === other.run && one.layer === other.layer)
}
