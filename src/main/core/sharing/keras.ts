/**
 * A trained model as Keras 3 saves one: a .keras archive, which `keras.saving.load_model` reads without any code of ours.
 * The layers are those of scripts/keras/autoencoder.py, in a row.
 */
import { type Architecture, describeArchitecture } from '@shared/domain/architecture'
import type { ModelPart } from '@shared/domain/exchange'
import { createNetwork, type NetworkOperations, NORMALIZATION_EPSILON } from '@shared/domain/network'
import { encodeHdf5, type Hdf5Group } from './hdf5'
import type { ModelContent, NamedTensor } from './model-content'
import { encodeZip } from './zip'

interface KerasLayer {
  readonly kind: KerasKind
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of its parameters, in the order in which Keras numbers them. */
  readonly parameters: readonly string[]
}

/** Keras's class names, with the name under which the weights of such layers are found in the archive. */
const KINDS = {
  Conv2D: 'conv2d',
  BatchNormalization: 'batch_normalization',
  ReLU: 're_lu',
  MaxPooling2D: 'max_pooling2d',
  UpSampling2D: 'up_sampling2d',
  Dropout: 'dropout',
  GlobalAveragePooling2D: 'global_average_pooling2d',
  Dense: 'dense',
} as const
type KerasKind = keyof typeof KINDS

/** Keras asks for a version and a date; a fixed date makes equal models equal files. */
const METADATA = { keras_version: '3.0.0', date_saved: '1980-01-01@00:00:00' }

/** Input and output as in onnx.ts. */
export function encodeKeras(content: ModelContent, part: ModelPart): Uint8Array {
  const layers = layersOf(content.architecture, part)
  const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8')
  return encodeZip([
    { name: 'metadata.json', bytes: json(METADATA) },
    { name: 'config.json', bytes: json(modelConfig(layers, content.architecture, part)) },
    { name: 'model.weights.h5', bytes: encodeHdf5(weightsOf(layers, content.tensors)) },
    { name: 'scorescope.json', bytes: json(content.facts) },
  ])
}

function layersOf(architecture: Architecture, part: ModelPart): readonly KerasLayer[] {
  const collector = new LayerCollector(architecture)
  const network = createNetwork<null>(architecture, collector.operations, () => undefined)
  if (part !== 'decoder') network.encode(null)
  if (part === 'whole' || part === 'decoder') network.decode(null)
  if (part === 'classifier') collector.classify()
  return collector.layers
}

/** The network's operations, noted down one after another: what flows between them is always the last one's output. */
class LayerCollector {
  readonly layers: KerasLayer[] = []

  constructor(private readonly architecture: Architecture) {}

  readonly operations: NetworkOperations<null> = {
    convolve: (layer) => {
      const parameters = [`${layer}/kernel`]
      const output = layer === 'output'
      return this.add('Conv2D', {
        name: output ? layer : `${layer}-convolution`,
        settings: this.convolution(layer),
        parameters: output ? [...parameters, `${layer}/bias`] : parameters,
      })
    },
    normalize: (layer) =>
      this.add('BatchNormalization', {
        name: `${layer}-normalization`,
        settings: { axis: -1, momentum: 0.99, epsilon: NORMALIZATION_EPSILON, center: true, scale: true },
        parameters: ['scale', 'offset', 'mean', 'variance'].map((name) => `${layer}/${name}`),
      }),
    rectify: () => this.add('ReLU', { name: `rectify-${this.layers.length}` }),
    pool: () =>
      this.add('MaxPooling2D', { name: `pool-${this.layers.length}`, settings: { pool_size: [2, 2] } }),
    upsample: () =>
      this.add('UpSampling2D', {
        name: `upsample-${this.layers.length}`,
        settings: { size: [2, 2], interpolation: 'nearest' },
      }),
    drop: (ordinal) => {
      const { dropout: rate } = this.architecture
      return rate === 0 ? null : this.add('Dropout', { name: `dropout-${ordinal}`, settings: { rate } })
    },
    // Both belong to the output's convolution, as Keras has it.
    offset: () => null,
    sigmoid: () => null,
  }

  /** Probabilities of the classes from the averaged bottleneck. */
  classify(): void {
    const units = this.architecture.head?.classes.length ?? 0
    this.add('GlobalAveragePooling2D', { name: 'average' })
    this.add('Dense', {
      name: 'head',
      settings: { units, activation: 'softmax', use_bias: true },
      parameters: ['head/kernel', 'head/bias'],
    })
  }

  private convolution(layer: string): Readonly<Record<string, unknown>> {
    const { layers } = describeArchitecture(this.architecture)
    const found = layers.find(({ name }) => name === layer)
    if (found === undefined) throw new Error(`The model has no layer ${layer}.`)
    const output = layer === 'output'
    return {
      filters: found.channels,
      kernel_size: [found.kernel, found.kernel],
      padding: 'same',
      activation: output ? 'sigmoid' : 'linear',
      use_bias: output,
    }
  }

  private add(
    kind: KerasKind,
    { name, settings = {}, parameters = [] }: Partial<KerasLayer> & { readonly name: string },
  ): null {
    this.layers.push({ kind, name, settings, parameters })
    return null
  }
}

function modelConfig(layers: readonly KerasLayer[], architecture: Architecture, part: ModelPart): unknown {
  const { inputSize } = architecture
  const { height, width, channels } = describeArchitecture(architecture).bottleneck
  const shape = part === 'decoder' ? [null, height, width, channels] : [null, inputSize, inputSize, 1]
  const input = {
    module: 'keras.layers',
    class_name: 'InputLayer',
    config: { batch_shape: shape, dtype: 'float32', name: part === 'decoder' ? 'code' : 'pixels' },
    registered_name: null,
  }
  const described = layers.map(({ kind, name, settings }) => ({
    module: 'keras.layers',
    class_name: kind,
    config: { name, dtype: 'float32', trainable: true, ...settings },
    registered_name: null,
  }))
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: { name: `scorescope-${part}`, layers: [input, ...described] },
    registered_name: null,
    build_config: { input_shape: shape },
  }
}

/** layers/<kind>[_<n>]/vars/<i>, numbered per kind in the order of the layers, as Keras 3 looks for them. */
function weightsOf(layers: readonly KerasLayer[], tensors: readonly NamedTensor[]): Hdf5Group {
  const values = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const counts = new Map<KerasKind, number>()
  const groups = new Map<string, Hdf5Group>()
  for (const { kind, parameters } of layers) {
    const ordinal = counts.get(kind) ?? 0
    counts.set(kind, ordinal + 1)
    if (parameters.length === 0) continue
    const variables = parameters.map((name, index) => {
      const tensor = values.get(name)
      if (tensor === undefined) throw new Error(`There is no value for ${name}.`)
      return [String(index), tensor] as const
    })
    groups.set(
      ordinal === 0 ? KINDS[kind] : `${KINDS[kind]}_${ordinal}`,
      group('vars', { children: new Map(variables) }),
    )
  }
  return group('layers', { children: groups })
}

function group(name: string, child: Hdf5Group): Hdf5Group {
  return { children: new Map([[name, child]]) }
}
