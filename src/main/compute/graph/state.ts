/** Ways in and out of a graph for its variables: set all of them at once, read all of them at once. */
import type { GraphBuilder, Tensor, Variable } from './graph-builder'

export interface StateAccess {
  readonly variables: readonly Variable[]
  /** Feed for each variable's new value, by variable name. */
  readonly inputs: ReadonlyMap<string, Tensor>
  /** Fetch that sets every variable from its feed. */
  readonly assigned: Tensor
}

export function addStateAccess(graph: GraphBuilder, variables: readonly Variable[]): StateAccess {
  const inputs = new Map<string, Tensor>()
  const updates = variables.map((variable) => {
    const fed = graph.placeholder(`${variable.name}/new`, 'float32', variable.shape)
    inputs.set(variable.name, fed)
    // A fed tensor may share the memory of a JavaScript array, which must be let go on JavaScript's own thread:
    // a variable may not hold on to it.
    const copy = graph.float('DeepCopy', [fed], { shape: variable.shape })
    return graph.update('AssignVariableOp', variable, copy)
  })
  return { variables, inputs, assigned: graph.identity('assigned', graph.scalar(1), updates) }
}
