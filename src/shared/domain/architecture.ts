/**
 * The model as data, without a tensor: a specification such as `3x16@5,3x32@3,3x64@3` → layers, shapes, parameters,
 * receptive fields, capacity.
 */
import { AppError } from '../errors'
import { type ReceptiveField, receptiveField, type SpatialStep } from './receptive-field'

export { type PixelWindow, type ReceptiveField, receptiveFieldInCrop } from './receptive-field'

/** `convolutions` convolution layers of `filters` filters of `kernel`×`kernel`, then a 2×2 max pooling. */
export interface ConvolutionBlock {
  readonly convolutions: number
  readonly filters: number
  readonly kernel: number
  /**
   * On the last block only: filters of its last encoder convolution, and so channels of the bottleneck, where they are
   * fewer than `filters`. The decoder mirrors the block with its own filters.
   */
  readonly code?: number
}

/** A softmax classifier on the averaged bottleneck; weight 0 leaves the autoencoder untouched. */
export interface ClassificationHead {
  readonly field: 'style' | 'composer'
  readonly classes: readonly string[]
  readonly weight: number
}

export interface Architecture {
  readonly blocks: readonly ConvolutionBlock[]
  /** Side of the square grey input in pixels; the crop's size or a whole fraction of it. */
  readonly inputSize: number
  readonly dropout: number
  readonly head: ClassificationHead | null
}

/** Layer names: encoder-1-1 … encoder-3-3, bottleneck, decoder-3-1 … decoder-1-3, output. */
export interface Layer {
  readonly name: string
  readonly kind: 'convolution' | 'bottleneck' | 'output'
  readonly part: 'encoder' | 'bottleneck' | 'decoder'
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Kernel side; for the bottleneck, that of the convolution it pools. */
  readonly kernel: number
  readonly inputChannels: number
  /** Trainable numbers: kernel and batch-norm scale and offset (kernel and bias for the output). 0 for the bottleneck. */
  readonly parameters: number
  readonly receptiveField: ReceptiveField
}

export interface ArchitectureDescription {
  readonly layers: readonly Layer[]
  readonly parameters: number
  /** Multiply-accumulates of one forward pass of one sample. */
  readonly multiplyAccumulates: number
  readonly bottleneck: {
    readonly height: number
    readonly width: number
    readonly channels: number
    readonly numbers: number
  }
  /** Bottleneck numbers per input pixel: 1 means no compression. */
  readonly capacityRatio: number
}

/** What a specification may ask for; wide enough for anything that trains here, narrow enough to catch a slip of the pen. */
const LIMITS = { blocks: 6, convolutions: 12, filters: 512, kernel: 15 } as const

/**
 * Reads a model specification such as `3x16@5,3x32@3,3x64@3` (convolutions x filters @ kernel, one block per comma);
 * `>8` after the last block narrows the bottleneck to 8 channels.
 * @throws model/spec-unreadable
 */
export function parseArchitectureSpec(spec: string): readonly ConvolutionBlock[] {
  const blocks = spec.split(',').map((part) => parseBlock(part))
  const narrowedEarly = blocks.slice(0, -1).some((block) => block?.code !== undefined)
  if (blocks.length > LIMITS.blocks || narrowedEarly || !blocks.every((block) => block !== null)) {
    throw AppError.of('model/spec-unreadable', { spec })
  }
  return withCodeWidth(blocks, codeWidth(blocks))
}

function parseBlock(text: string): ConvolutionBlock | null {
  const match = /^\s*(\d+)\s*[x×]\s*(\d+)\s*@\s*(\d+)\s*(?:>\s*(\d+)\s*)?$/.exec(text)
  if (match === null) return null
  const [convolutions = 0, filters = 0, kernel = 0] = match.slice(1, 4).map(Number)
  const code = match[4] === undefined ? {} : { code: Number(match[4]) }
  const fits =
    within(convolutions, LIMITS.convolutions) &&
    within(filters, LIMITS.filters) &&
    within(kernel, LIMITS.kernel) &&
    within(code.code ?? 1, filters)
  return fits ? { convolutions, filters, kernel, ...code } : null
}

function within(value: number, limit: number): boolean {
  return value >= 1 && value <= limit
}

/** The specification that `parseArchitectureSpec` reads back. */
export function formatArchitectureSpec(blocks: readonly ConvolutionBlock[]): string {
  return blocks
    .map(({ convolutions, filters, kernel, code }) => {
      const narrowed = code === undefined ? '' : `>${code}`
      return `${convolutions}x${filters}@${kernel}${narrowed}`
    })
    .join(',')
}

/** Channels of the bottleneck. */
export function codeWidth(blocks: readonly ConvolutionBlock[]): number {
  const last = blocks.at(-1)
  return last?.code ?? last?.filters ?? 0
}

/**
 * The same blocks with a bottleneck of so many channels.
 * @throws series/not-narrower where the last block has fewer filters
 */
export function withCodeWidth(
  blocks: readonly ConvolutionBlock[],
  channels: number,
): readonly ConvolutionBlock[] {
  return blocks.map(({ convolutions, filters, kernel }, index) => {
    const block = { convolutions, filters, kernel }
    if (index < blocks.length - 1) return block
    if (!Number.isInteger(channels) || !within(channels, filters))
      throw AppError.of('series/not-narrower', { spec: formatArchitectureSpec(blocks), channels })
    return channels === filters ? block : { ...block, code: channels }
  })
}

/**
 * Refuses an input that cannot be halved once per block.
 * @throws model/size-indivisible
 */
export function checkInputSize(blocks: readonly ConvolutionBlock[], inputSize: number): void {
  const divisor = 2 ** blocks.length
  if (!Number.isInteger(inputSize) || inputSize < divisor || inputSize % divisor !== 0) {
    throw AppError.of('model/size-indivisible', { inputSize, divisor })
  }
}

/**
 * By which whole factor a crop is reduced to the model's input by area averaging; 1 leaves it.
 * @throws model/size-not-reducible
 */
export function reductionFactor(cropSize: number, inputSize: number): number {
  if (cropSize % inputSize !== 0) throw AppError.of('model/size-not-reducible', { inputSize, cropSize })
  return cropSize / inputSize
}

/** Collects layers from the input to the output, with the path that each one's units look back along. */
class LayerWalk {
  readonly layers: Layer[] = []
  private readonly path: SpatialStep[] = []

  constructor(
    private side: number,
    private channels: number,
    /** How often the unit grid repeats itself: no path has more poolings or upsamplings than there are blocks. */
    private readonly period: number,
  ) {}

  convolve(name: string, part: Layer['part'], block: { filters: number; kernel: number }): void {
    this.path.push({ kind: 'convolution', kernel: block.kernel })
    const weights = block.kernel ** 2 * this.channels * block.filters
    const output = name === 'output'
    this.add(name, part, {
      kind: output ? 'output' : 'convolution',
      channels: block.filters,
      kernel: block.kernel,
      // The output has a bias; every other convolution has batch norm's scale and offset instead of one.
      parameters: weights + (output ? 1 : 2) * block.filters,
    })
    this.channels = block.filters
  }

  pool(): void {
    this.path.push({ kind: 'pool' })
    this.side /= 2
  }

  upsample(): void {
    this.path.push({ kind: 'upsample' })
    this.side *= 2
  }

  bottleneck(kernel: number): void {
    this.add('bottleneck', 'bottleneck', {
      kind: 'bottleneck',
      channels: this.channels,
      kernel,
      parameters: 0,
    })
  }

  private add(
    name: string,
    part: Layer['part'],
    layer: Pick<Layer, 'kind' | 'channels' | 'kernel' | 'parameters'>,
  ): void {
    const shape = { height: this.side, width: this.side, inputChannels: this.channels }
    this.layers.push({
      name,
      part,
      ...layer,
      ...shape,
      receptiveField: receptiveField(this.path, this.period),
    })
  }
}

/** Layers, shapes, parameters, receptive fields and capacity of a model, computed without a tensor. */
export function describeArchitecture(architecture: Architecture): ArchitectureDescription {
  const { blocks, inputSize, head } = architecture
  checkInputSize(blocks, inputSize)
  const layers = walkLayers(blocks, inputSize)
  const bottleneck = layers.find((layer) => layer.kind === 'bottleneck')
  if (bottleneck === undefined) throw new RangeError('A model needs at least one block.')
  const numbers = bottleneck.height * bottleneck.width * bottleneck.channels
  const headParameters = head === null ? 0 : (bottleneck.channels + 1) * head.classes.length
  const macs = layers
    .filter((layer) => layer.kind !== 'bottleneck')
    .map((layer) => multiplyAccumulates(layer))
  return {
    layers,
    parameters: sum(layers.map((layer) => layer.parameters)) + headParameters,
    multiplyAccumulates: sum(macs) + (head === null ? 0 : bottleneck.channels * head.classes.length),
    bottleneck: {
      height: bottleneck.height,
      width: bottleneck.width,
      channels: bottleneck.channels,
      numbers,
    },
    capacityRatio: numbers / inputSize ** 2,
  }
}

function walkLayers(blocks: readonly ConvolutionBlock[], inputSize: number): readonly Layer[] {
  const walk = new LayerWalk(inputSize, 1, 2 ** blocks.length)
  for (const [index, block] of blocks.entries()) {
    const names = layerNames('encoder', index, block)
    for (const name of names) {
      const narrowed = name === names.at(-1) ? block.code : undefined
      walk.convolve(name, 'encoder', { ...block, filters: narrowed ?? block.filters })
    }
    walk.pool()
  }
  walk.bottleneck(blocks.at(-1)?.kernel ?? 1)
  for (const [index, block] of [...blocks.entries()].reverse()) {
    walk.upsample()
    for (const name of layerNames('decoder', index, block)) walk.convolve(name, 'decoder', block)
  }
  walk.convolve('output', 'decoder', OUTPUT_CONVOLUTION)
  return walk.layers
}

/** The last convolution: to one grey channel, with bias and sigmoid. */
export const OUTPUT_CONVOLUTION = { filters: 1, kernel: 3 } as const

/** Names of a block's convolutions in the order of the data, e.g. decoder-3-1, decoder-3-2, decoder-3-3. */
export function layerNames(
  part: 'encoder' | 'decoder',
  blockIndex: number,
  block: ConvolutionBlock,
): readonly string[] {
  return Array.from({ length: block.convolutions }, (_, index) => `${part}-${blockIndex + 1}-${index + 1}`)
}

function multiplyAccumulates(layer: Layer): number {
  return layer.height * layer.width * layer.kernel ** 2 * layer.inputChannels * layer.channels
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The capacity ratio in words, e.g. "56×56×64 numbers for 448×448 pixels: no compression". */
export function describeCapacity(architecture: Architecture): string {
  const { bottleneck, capacityRatio } = describeArchitecture(architecture)
  const size = architecture.inputSize
  const code = `${bottleneck.height}×${bottleneck.width}×${bottleneck.channels} numbers for ${size}×${size} pixels`
  if (capacityRatio === 1) return `${code}: no compression`
  const times = (ratio: number): string => Number(ratio.toFixed(2)).toString()
  return capacityRatio > 1
    ? `${code}: ${times(capacityRatio)} numbers per pixel, no compression`
    : `${code}: compressed ${times(1 / capacityRatio)} times`
}
