/** Every number of a model, by name and in one fixed order: what is initialised, checkpointed, hashed and exported. */
import { type Architecture, describeArchitecture, type Layer } from './architecture'

export interface Parameter {
  readonly name: string
  readonly shape: readonly number[]
  /** Trained by gradient descent, a running statistic of batch norm, or what the optimizer remembers. */
  readonly role: 'trained' | 'statistic' | 'optimizer'
  readonly start: 'glorot' | 'zeros' | 'ones'
}

/** All parameters of a model, layer by layer from the input to the output, then the head's. */
export function modelParameters(architecture: Architecture): readonly Parameter[] {
  const { layers, bottleneck } = describeArchitecture(architecture)
  const parameters = layers.flatMap((layer) => layerParameters(layer))
  const classes = architecture.head?.classes.length
  if (classes === undefined) return parameters
  return [
    ...parameters,
    { name: 'head/kernel', shape: [bottleneck.channels, classes], role: 'trained', start: 'glorot' },
    { name: 'head/bias', shape: [classes], role: 'trained', start: 'zeros' },
  ]
}

function layerParameters(layer: Layer): readonly Parameter[] {
  if (layer.kind === 'bottleneck') return []
  const perChannel = (name: string, role: Parameter['role'], start: Parameter['start']): Parameter => {
    return { name: `${layer.name}/${name}`, shape: [layer.channels], role, start }
  }
  const shape = [layer.kernel, layer.kernel, layer.inputChannels, layer.channels]
  const kernel: Parameter = { name: `${layer.name}/kernel`, shape, role: 'trained', start: 'glorot' }
  if (layer.kind === 'output') return [kernel, perChannel('bias', 'trained', 'zeros')]
  // No bias: batch norm takes it away again, its gradient is zero, and Adam would turn the noise into a random walk.
  return [
    kernel,
    perChannel('scale', 'trained', 'ones'),
    perChannel('offset', 'trained', 'zeros'),
    perChannel('mean', 'statistic', 'zeros'),
    perChannel('variance', 'statistic', 'ones'),
  ]
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
