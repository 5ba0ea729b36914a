import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs'
import { type Architecture, describeArchitecture, type Layer } from '@shared/domain/architecture'
import { createNetwork, type NetworkOperations } from '@shared/domain/network'
import { gridCells } from '@shared/domain/code-grid'
import { latticeOf } from '../lattice'
import { modelParameters, type ParameterValues, valueOf } from '../parameters'
import { resumedOperations } from '../resumed-operations'
import type { LayerSummary, SampleSummary, TrainedModel } from '../trained-model'
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
    return tidied(this.tf, () => floats(outputNamed(this.run(pixels), name)))
  }

  resume(from: string, values: Float32Array, to: string): Float32Array {
    if (from === to) return values
    return tidied(this.tf, () => {
      const { height, width, channels } = this.layerNamed(from)
      const samples = values.length / (height * width * channels)
      const given = this.tf.tensor4d(values, [samples, height, width, channels])
      const outputs = new Map<string, Tensor4D>()
      const network = createNetwork(
        this.architecture,
        resumedOperations(this.operations(), { from, given, blocks: this.architecture.blocks.length }),
        (name, output) => {
          if (output !== null) outputs.set(name, output)
        },
      )
      network.decode(network.encode(null))
      return floats(outputNamed(outputs, to))
    })
  }

  summarize(pixels: Uint8Array): SampleSummary {
    return tidied(this.tf, () => {
      const outputs = this.run(pixels)
      return {
        layers: new Map([...outputs].map(([name, output]) => [name, summarize(output)])),
        codes: pooledCodes(this.tf, outputNamed(outputs, 'bottleneck')),
      }
    })
  }

  close(): void {
    for (const tensor of this.parameters.values()) tensor.dispose()
  }

  private run(pixels: Uint8Array): ReadonlyMap<string, Tensor4D> {
    const outputs = new Map<string, Tensor4D>()
    const network = createNetwork(
      this.architecture,
      this.operations(),
      (name, output) => void outputs.set(name, output),
    )
    network.decode(network.encode(pixelTensor(this.tf, this.architecture, pixels)))
    return outputs
  }

  private operations(): NetworkOperations<Tensor4D> {
    const parameter = (name: string): Tensor => tensorOf(this.parameters, name)
    const options = { architecture: this.architecture, parameter, mode: { kind: 'evaluation' } } as const
    return scriptOperations(this.tf, options)
  }

  private layerNamed(name: string): Layer {
    const layer = this.layers.find((known) => known.name === name)
    if (layer === undefined) throw new Error(`The model has no layer ${name}.`)
    return layer
  }
}

function outputNamed(outputs: ReadonlyMap<string, Tensor4D>, name: string): Tensor4D {
  const output = outputs.get(name)
  if (output === undefined) throw new Error(`The model has no layer ${name}.`)
  return output
}

function summarize(output: Tensor4D): LayerSummary {
  const [samples, height, width, channels] = output.shape
  const flat = output.reshape([samples, height * width, channels])
  const { first, stride } = latticeOf({ height })
  const lattice = output
    .stridedSlice([0, first, first, 0], [samples, height, width, channels], [1, stride, stride, 1])
    .reshape<Tensor2D>([-1, channels])
  return {
    channels,
    sum: floats(flat.sum(1)),
    positive: floats(flat.greater(0).cast('float32').sum(1)),
    maximum: floats(flat.max(1)),
    position: Int32Array.from(flat.argMax(1).dataSync()),
    lattice: floats(lattice),
    products: floats(lattice.matMul(lattice, true, false)),
  }
}

function pooledCodes(tf: TensorflowScript, bottleneck: Tensor4D): Float32Array {
  const [samples, height, , channels] = bottleneck.shape
  const cells = gridCells(height)
  const averages = cells.flatMap((rows) =>
    cells.map((columns) =>
      bottleneck
        .slice(
          [0, rows.from, columns.from, 0],
          [samples, rows.to - rows.from, columns.to - columns.from, channels],
        )
        .mean<Tensor2D>([1, 2]),
    ),
  )
  return floats(tf.concat(averages, 1))
}
