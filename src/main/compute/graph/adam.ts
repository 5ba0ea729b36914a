import { OPTIMIZER_SLOTS } from '../parameters'
import { boolean, type GraphBuilder, type Ran, type Tensor, typeOf, type Variable } from './graph-builder'

/** Kingma & Ba 2015, "Adam: a method for stochastic optimization"; epsilon as in Keras. */
export const ADAM = { firstDecay: 0.9, secondDecay: 0.999, epsilon: 1e-7 } as const

/** What Adam remembers of a parameter's gradients. */
export interface Moments {
  readonly first: Variable
  readonly second: Variable
}

/** Numbers that change with every step. */
export interface AdamSchedule {
  readonly learningRate: Tensor
  /** firstDecay to the power of the step, which starts at 1. */
  readonly firstPower: Tensor
  readonly secondPower: Tensor
}

export function addMoments(graph: GraphBuilder, parameter: Variable): Moments {
  return {
    first: graph.variable(`${parameter.name}/${OPTIMIZER_SLOTS.first}`, parameter.shape),
    second: graph.variable(`${parameter.name}/${OPTIMIZER_SLOTS.second}`, parameter.shape),
  }
}

/** One step of Adam on one parameter. */
export function applyAdam(
  graph: GraphBuilder,
  parameter: Variable,
  step: { readonly gradient: Tensor; readonly moments: Moments; readonly schedule: AdamSchedule },
): Ran {
  const { gradient, moments, schedule } = step
  const constants = [ADAM.firstDecay, ADAM.secondDecay, ADAM.epsilon].map((value) => graph.scalar(value))
  return graph.action({
    operation: 'ResourceApplyAdam',
    inputs: [
      parameter.handle,
      moments.first.handle,
      moments.second.handle,
      schedule.firstPower,
      schedule.secondPower,
      schedule.learningRate,
      ...constants,
      gradient,
    ],
    attributes: { T: typeOf('float32'), use_locking: boolean(false), use_nesterov: boolean(false) },
    name: `${parameter.name}/ResourceApplyAdam`,
  })
}
