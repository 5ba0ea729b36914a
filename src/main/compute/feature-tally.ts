/** What a feature pass adds up sample by sample: rows of its tables, histograms, products of channels. */
import type { Layer } from '@shared/domain/architecture'
import { HISTOGRAM_BINS, histogramBin } from '@shared/domain/histogram'
import type { FeatureBlocks, SampleTables } from '../storage/feature-tables'
import type { LayerSummary, SampleSummary } from './trained-model'

/** A layer with where its channels stand among those of all layers, and its products among all products. */
export interface PlacedLayer extends Layer {
  readonly from: number
  readonly productsFrom: number
}

export interface PassShape {
  readonly layers: readonly PlacedLayer[]
  readonly channels: number
  /** Products of two channels of one layer, over all layers. */
  readonly products: number
  readonly codeNumbers: number
}

export function shapeOfPass(layers: readonly Layer[], codeNumbers: number): PassShape {
  let [channels, products] = [0, 0]
  const placed = layers.map((layer) => {
    const place = { ...layer, from: channels, productsFrom: products }
    channels += layer.channels
    products += layer.channels ** 2
    return place
  })
  return { layers: placed, channels, products, codeNumbers }
}

/** Sums over all samples, of lattice positions only. */
export interface PassSums {
  /** How many activations of each channel fell into each bin [channels, HISTOGRAM_BINS]. */
  readonly histogram: Float64Array
  /** How many of each channel were not above 0 [channels]. */
  readonly silent: Float64Array
  /** [channels] */
  readonly sums: Float64Array
  /** By layer [channels, channels]. */
  readonly products: Float64Array
}

export class PassTally {
  readonly tables: SampleTables
  readonly sums: PassSums
  private done = 0

  constructor(
    readonly shape: PassShape,
    samples: number,
  ) {
    const { channels, products, codeNumbers } = shape
    const table = (): Float32Array => new Float32Array(samples * channels)
    this.tables = {
      means: table(),
      maxima: table(),
      positions: table(),
      densities: table(),
      codes: new Float32Array(samples * codeNumbers),
    }
    this.sums = {
      histogram: new Float64Array(channels * HISTOGRAM_BINS),
      silent: new Float64Array(channels),
      sums: new Float64Array(channels),
      products: new Float64Array(products),
    }
  }

  /** The next samples. */
  add(summary: SampleSummary, count: number): void {
    for (const layer of this.shape.layers) {
      const found = summary.layers.get(layer.name)
      if (found === undefined) throw new Error(`The summary lacks layer ${layer.name}.`)
      this.addRows(layer, found, count)
      this.addLattice(layer, found)
    }
    this.tables.codes.set(summary.codes, this.done * this.shape.codeNumbers)
    this.done += count
  }

  /** Everything so far, to be kept on disk. */
  blocks(): FeatureBlocks {
    const { histogram, silent, sums, products } = this.sums
    return {
      ...this.tables,
      histogram: Float32Array.from(histogram),
      silent: Float32Array.from(silent),
      sums: Float32Array.from(sums),
      products: Float32Array.from(products),
    }
  }

  /** The next samples, from what `blocks` gave. Returns false, and takes nothing, where that is of another shape. */
  merge(blocks: FeatureBlocks, count: number): boolean {
    const { channels, codeNumbers } = this.shape
    const lengths: Record<string, number> = {
      ...Object.fromEntries(
        Object.entries(this.sums).map(([name, values]) => [name, (values as Float64Array).length]),
      ),
      ...Object.fromEntries(
        Object.keys(this.tables).map((name) => [name, count * (name === 'codes' ? codeNumbers : channels)]),
      ),
    }
    if (Object.entries(lengths).some(([name, length]) => blocks[name]?.length !== length)) return false
    for (const [name, table] of Object.entries(this.tables) as [string, Float32Array][])
      table.set(blocks[name] ?? [], this.done * (name === 'codes' ? codeNumbers : channels))
    for (const [name, sums] of Object.entries(this.sums) as [string, Float64Array][])
      for (const [at, value] of (blocks[name] ?? new Float32Array()).entries())
        sums[at] = (sums[at] ?? 0) + value
    this.done += count
    return true
  }

  private addRows({ from, height, width }: PlacedLayer, found: LayerSummary, count: number): void {
    const { means, maxima, positions, densities } = this.tables
    const area = height * width
    for (let slot = 0; slot < count; slot += 1) {
      const row = (this.done + slot) * this.shape.channels + from
      for (let channel = 0; channel < found.channels; channel += 1) {
        const at = slot * found.channels + channel
        means[row + channel] = (found.sum[at] ?? 0) / area
        maxima[row + channel] = found.maximum[at] ?? 0
        positions[row + channel] = found.position[at] ?? 0
        densities[row + channel] = (found.positive[at] ?? 0) / area
      }
    }
  }

  private addLattice(
    { from, productsFrom }: PlacedLayer,
    { lattice, products, channels }: LayerSummary,
  ): void {
    const { histogram, silent, sums } = this.sums
    for (let at = 0, channel = from; at < lattice.length; at += 1) {
      const value = lattice[at] ?? 0
      if (value > 0) {
        const bin = channel * HISTOGRAM_BINS + histogramBin(value)
        histogram[bin] = (histogram[bin] ?? 0) + 1
        sums[channel] = (sums[channel] ?? 0) + value
      } else silent[channel] = (silent[channel] ?? 0) + 1
      channel += 1
      if (channel === from + channels) channel = from
    }
    for (const [at, value] of products.entries())
      this.sums.products[productsFrom + at] = (this.sums.products[productsFrom + at] ?? 0) + value
  }
}
