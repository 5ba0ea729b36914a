/**
 * Reverse-mode differentiation (Baydin et al. 2018, "Automatic differentiation in machine learning: a survey", §3.2):
 * operations note how to go back, and the way back is then built as more graph.
 */
import type { GraphBuilder, Tensor } from './graph-builder'

/** What an operation leaves behind: its output, what that depends on, and the gradients that follow from the output's. */
export interface TapeEntry {
  readonly output: Tensor
  readonly inputs: readonly Tensor[]
  /**
   * Gradient of the loss by the output → gradients by each input, in the order of `inputs`. Those that nobody asks
   * for cost nothing: TensorFlow runs only what a fetch needs.
   */
  readonly backward: (gradient: Tensor) => readonly Tensor[]
}

export class Tape {
  private readonly entries: TapeEntry[] = []

  constructor(readonly graph: GraphBuilder) {}

  record(entry: TapeEntry): Tensor {
    this.entries.push(entry)
    return entry.output
  }

  /**
   * Gradients by each of `sources`, given those by some outputs of the graph.
   * @param seeds where to start: outputs with their gradients, e.g. the loss with 1
   */
  gradients(seeds: readonly Seed[], sources: readonly Tensor[]): readonly Tensor[] {
    const reaching = new Map<string, Tensor[]>()
    const add = (tensor: Tensor, gradient: Tensor): void => {
      reaching.set(tensor.name, [...(reaching.get(tensor.name) ?? []), gradient])
    }
    for (const { output, gradient } of seeds) add(output, gradient)
    const dependent = this.dependentOn(sources)
    for (const entry of [...this.entries].reverse()) {
      const arrived = reaching.get(entry.output.name)
      if (arrived === undefined || !dependent.has(entry.output.name)) continue
      const gradients = entry.backward(this.sum(arrived))
      for (const [index, input] of entry.inputs.entries()) {
        const gradient = gradients[index]
        if (gradient !== undefined && dependent.has(input.name)) add(input, gradient)
      }
    }
    return sources.map((source) => this.sum(reaching.get(source.name) ?? [], source))
  }

  /** Names of the tensors that change when one of the sources does. */
  private dependentOn(sources: readonly Tensor[]): ReadonlySet<string> {
    const names = new Set(sources.map((source) => source.name))
    for (const { inputs, output } of this.entries) {
      if (inputs.some((input) => names.has(input.name))) names.add(output.name)
    }
    return names
  }

  private sum(gradients: readonly Tensor[], source?: Tensor): Tensor {
    const [first, ...others] = gradients
    if (first === undefined) throw new Error(`The loss does not depend on ${source?.name ?? 'this tensor'}.`)
    if (others.length === 0) return first
    const attributes = { N: { kind: 'integer', value: gradients.length } } as const
    return this.graph.float('AddN', gradients, { shape: first.shape, attributes })
  }
}

export interface Seed {
  readonly output: Tensor
  readonly gradient: Tensor
}
