/** A trained model as ONNX: the network's operations as nodes, its parameters as constants. */
import { describeArchitecture } from '@shared/domain/architecture'
import type { ModelPart } from '@shared/domain/exchange'
import { createNetwork, type NetworkOperations, NORMALIZATION_EPSILON } from '@shared/domain/network'
import { factsAsText, type ModelContent, type NamedTensor } from './model-content'
import { type OnnxAttribute, OnnxGraph, type OnnxPort, type OnnxValue } from './onnx-graph'

const integers = (...value: readonly number[]): OnnxAttribute => ({ kind: 'integers', value })
const text = (value: string): OnnxAttribute => ({ kind: 'text', value })

/**
 * Pixels are float32 in [0, 1] [batch, size, size, 1], the bottleneck [batch, side, side, channels]: channels last, as
 * everywhere in Scorescope; inside, ONNX computes with channels first.
 */
export function encodeOnnx(content: ModelContent, part: ModelPart): Uint8Array {
  const graph = new OnnxGraph()
  const values = new Map(content.tensors.map((tensor) => [tensor.name, tensor]))
  const network = createNetwork(content.architecture, onnxOperations(graph, values), () => undefined)
  const ports = portsOf(content, part)
  const input = transpose(graph, ports.input.name, [0, 3, 1, 2])
  const bottleneck = part === 'decoder' ? input : network.encode(input)
  if (part === 'classifier') classify(graph, values, { input: bottleneck, output: ports.output.name })
  else {
    const result = part === 'encoder' ? bottleneck : network.decode(bottleneck)
    transpose(graph, result, [0, 2, 3, 1], ports.output.name)
  }
  return graph.encode({
    ...ports,
    name: part,
    producerVersion: content.facts.versions['scorescope'] ?? '',
    metadata: factsAsText(content.facts),
  })
}

function portsOf(
  { architecture }: ModelContent,
  part: ModelPart,
): { readonly input: OnnxPort; readonly output: OnnxPort } {
  const { height, width, channels } = describeArchitecture(architecture).bottleneck
  const size = architecture.inputSize
  const bottleneck = { name: 'bottleneck', shape: [1, height, width, channels] }
  const outputs: Readonly<Record<ModelPart, OnnxPort>> = {
    whole: { name: 'reconstruction', shape: [1, size, size, 1] },
    decoder: { name: 'reconstruction', shape: [1, size, size, 1] },
    encoder: bottleneck,
    classifier: { name: 'probabilities', shape: [1, architecture.head?.classes.length ?? 0] },
  }
  const input = part === 'decoder' ? bottleneck : { name: 'pixels', shape: [1, size, size, 1] }
  return { input, output: outputs[part] }
}

function onnxOperations(
  graph: OnnxGraph,
  values: ReadonlyMap<string, NamedTensor>,
): NetworkOperations<OnnxValue> {
  const constant = (name: string): OnnxValue => constantOf(graph, valueOf(values, name))
  return {
    convolve: (layer, input) => convolve(graph, valueOf(values, `${layer}/kernel`), input),
    normalize: (layer, input) =>
      graph.node({
        operation: 'BatchNormalization',
        inputs: [
          input,
          ...['scale', 'offset', 'mean', 'variance'].map((name) => constant(`${layer}/${name}`)),
        ],
        attributes: { epsilon: { kind: 'float', value: NORMALIZATION_EPSILON } },
      }),
    rectify: (input) => graph.node({ operation: 'Relu', inputs: [input] }),
    pool: (input) =>
      graph.node({
        operation: 'MaxPool',
        inputs: [input],
        attributes: { kernel_shape: integers(2, 2), strides: integers(2, 2) },
      }),
    upsample: (input) => upsample(graph, input),
    drop: (_, input) => input,
    offset: (layer, input) => {
      const bias = valueOf(values, `${layer}/bias`)
      const spread = constantOf(graph, { ...bias, shape: [1, ...bias.shape, 1, 1] })
      return graph.node({ operation: 'Add', inputs: [input, spread] })
    },
    sigmoid: (input) => graph.node({ operation: 'Sigmoid', inputs: [input] }),
  }
}

/** Padded to the same size as TensorFlow pads: an even kernel has one more row and column after than before. */
function convolve(graph: OnnxGraph, kernel: NamedTensor, input: OnnxValue): OnnxValue {
  const [side = 1, , inputChannels = 1, filters = 1] = kernel.shape
  const before = Math.floor((side - 1) / 2)
  const after = side - 1 - before
  const shape = [filters, inputChannels, side, side]
  return graph.node({
    operation: 'Conv',
    inputs: [input, graph.constant(kernel.name, shape, filtersFirst(kernel))],
    attributes: { kernel_shape: integers(side, side), pads: integers(before, before, after, after) },
  })
}

/** [side, side, channels, filters] → [filters, channels, side, side] */
function filtersFirst({ shape, values }: NamedTensor): Float32Array {
  const [, , channels = 1, filters = 1] = shape
  const turned = new Float32Array(values.length)
  const window = values.length / (channels * filters)
  for (const [index, value] of values.entries()) {
    const filter = index % filters
    const channel = Math.floor(index / filters) % channels
    const place = Math.floor(index / (filters * channels))
    turned[(filter * channels + channel) * window + place] = value
  }
  return turned
}

function upsample(graph: OnnxGraph, input: OnnxValue): OnnxValue {
  const scales = graph.constant(`${input}/scales`, [4], Float32Array.of(1, 1, 2, 2))
  return graph.node({
    operation: 'Resize',
    inputs: [input, '', scales],
    attributes: {
      mode: text('nearest'),
      coordinate_transformation_mode: text('asymmetric'),
      nearest_mode: text('floor'),
    },
  })
}

function classify(
  graph: OnnxGraph,
  values: ReadonlyMap<string, NamedTensor>,
  { input, output }: { readonly input: OnnxValue; readonly output: string },
): void {
  const constant = (name: string): OnnxValue => constantOf(graph, valueOf(values, name))
  const average = graph.node({ operation: 'GlobalAveragePool', inputs: [input] })
  const flat = graph.node({ operation: 'Flatten', inputs: [average] })
  const logits = graph.node({
    operation: 'Gemm',
    inputs: [flat, constant('head/kernel'), constant('head/bias')],
  })
  graph.node({ operation: 'Softmax', inputs: [logits], output })
}

function transpose(graph: OnnxGraph, input: OnnxValue, order: readonly number[], output?: string): OnnxValue {
  const attributes = { perm: integers(...order) }
  return graph.node({
    operation: 'Transpose',
    inputs: [input],
    attributes,
    ...(output === undefined ? {} : { output }),
  })
}

function constantOf(graph: OnnxGraph, { name, shape, values }: NamedTensor): OnnxValue {
  return graph.constant(name, shape, values)
}

function valueOf(values: ReadonlyMap<string, NamedTensor>, name: string): NamedTensor {
  const found = values.get(name)
  if (found === undefined) throw new Error(`There is no value for ${name}.`)
  return found
}
