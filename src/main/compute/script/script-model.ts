import type { Tensor, Tensor4D } from '@tensorflow/tfjs'
import { type Architecture, describeArchitecture, type Layer } from '@shared/domain/architecture'
import { createNetwork, type Network } from '@shared/domain/network'
import { modelParameters, type ParameterValues, valueOf } from '../parameters'
import type { LayerSummary, TrainedModel } from '../trained-model'
import { tidied, type TensorflowScript } from './load-script'
import { scriptOperations } from './script-network'
import { floats, pixelTensor, tensorOf } from './script-trainer'

/** A trained model in plain JavaScript. */
export class ScriptModel implements TrainedModel {
  private readonly parameters: ReadonlyMap<string, Tensor>
  private readonly layers: readonly Layer[]

  constructor(
    private readonly tf: TensorflowScript,
    private readonly architecture: Architecture,
    values: ParameterValues,
  ) {
    const tensors = modelParameters(architecture).map(({ name, shape }) => {
      return [name, tf.tensor(valueOf(values, name).slice(), [...shape])] as const
    })
    this.parameters = new Map(tensors)
    this.layers = describeArchitecture(architecture).layers
  }

  layer(name: string, pixels: Uint8Array): Float32Array {
    return tidied(this.tf, () => floats(tensorOf(this.run(pixels), name)))
  }

  decode(bottleneck: Float32Array): Float32Array {
    const { tf } = this
    return tidied(tf, () => {
      const { height, width, channels } = this.layerNamed('bottleneck')
      const samples = bottleneck.length / (height * width * channels)
      const code = tf.tensor4d(bottleneck, [samples, height, width, channels])
      return floats(this.network(() => undefined).decode(code))
    })
  }

  summarize(pixels: Uint8Array): ReadonlyMap<string, LayerSummary> {
    return tidied(
      this.tf,
      () => new Map([...this.run(pixels)].map(([name, output]) => [name, summarize(output)])),
    )
  }

  close(): void {
    for (const tensor of this.parameters.values()) tensor.dispose()
  }

  private run(pixels: Uint8Array): ReadonlyMap<string, Tensor4D> {
    const outputs = new Map<string, Tensor4D>()
    const network = this.network((name, output) => void outputs.set(name, output))
    network.decode(network.encode(pixelTensor(this.tf, this.architecture, pixels)))
    return outputs
  }

  private network(onLayer: (name: string, output: Tensor4D) => void): Network<Tensor4D> {
    const parameter = (name: string): Tensor => tensorOf(this.parameters, name)
    const options = { architecture: this.architecture, parameter, mode: { kind: 'evaluation' } } as const
    return createNetwork(this.architecture, scriptOperations(this.tf, options), onLayer)
  }

  private layerNamed(name: string): Layer {
    const layer = this.layers.find((known) => known.name === name)
    if (layer === undefined) throw new Error(`The model has no layer ${name}.`)
    return layer
  }
}

function summarize(output: Tensor4D): LayerSummary {
  const [samples, height, width, channels] = output.shape
  const flat = output.reshape([samples, height * width, channels])
  return {
    channels,
    sum: floats(flat.sum(1)),
    positive: floats(flat.greater(0).cast('float32').sum(1)),
    maximum: floats(flat.max(1)),
    position: Int32Array.from(flat.argMax(1).dataSync()),
  }
}
