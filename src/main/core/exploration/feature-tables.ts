/** What a complete pass measured of each sample, from disk; the tables looked at last stay in memory. */
import { gridCells } from '@shared/domain/code-grid'
import type { Layer } from '@shared/domain/architecture'
import { AppError } from '@shared/errors'
import { FEATURE_VERSION, readFeatureTables } from '../../storage/feature-tables'
import type { FeatureAccess, FeatureTables } from '../ports'
import type { FeaturePassRecord } from './feature-records'
import type { ModelGeometry } from './model-geometry'

/** Tables of two runs, so that they can be compared: about 50 MB each for 6,500 samples and 1,000 channels. */
const KEPT = 2

export interface CompletePasses {
  readonly geometry: (run: string) => ModelGeometry
  /** @throws AppError exploration/features-missing */
  readonly required: (run: string) => FeaturePassRecord
  readonly folder: (run: string) => string
}

export class KeptTables implements FeatureAccess {
  private readonly kept = new Map<string, FeatureTables>()

  constructor(private readonly passes: CompletePasses) {}

  /** @throws AppError exploration/features-missing, training/run-unknown */
  tables(run: string): FeatureTables {
    const model = this.passes.geometry(run)
    const pass = this.passes.required(run)
    const folder = this.passes.folder(run)
    const key = [folder, pass.weightsSha256, model.plan.sampleSet.hash].join('\n')
    const tables = this.kept.get(key) ?? read(model, pass, folder)
    this.kept.delete(key)
    this.kept.set(key, tables)
    const [oldest] = this.kept.keys()
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest)
    return tables
  }

  forget(): void {
    this.kept.clear()
  }
}

function read(model: ModelGeometry, pass: FeaturePassRecord, folder: string): FeatureTables {
  const { description, bottleneck, plan } = model
  const cells = gridCells(bottleneck.height).length
  const codeNumbers = cells ** 2 * bottleneck.channels
  const layers = placed(description.layers)
  const channels = layers.reduce((sum, layer) => sum + layer.channels, 0)
  const found = readFeatureTables(folder, {
    version: FEATURE_VERSION,
    weightsSha256: pass.weightsSha256,
    sampleSet: plan.sampleSet.hash,
    channels,
    codeNumbers,
  })
  if (found === null) throw AppError.of('exploration/features-missing', { run: plan.run })
  return {
    samples: Int32Array.from({ length: plan.sampleSet.samples }, (_, index) => index),
    layers,
    channels,
    means: found.means,
    maxima: found.maxima,
    codes: found.codes,
    codeNumbers,
    grid: cells,
  }
}

function placed(layers: readonly Layer[]): FeatureTables['layers'] {
  let from = 0
  return layers.map(({ name, channels }) => {
    const place = { name, channels, from }
    from += channels
    return place
  })
}
