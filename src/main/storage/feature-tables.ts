/**
 * runs/<id>/features/: what a feature pass measured, in sealed containers of float32. `tables.f32` is the whole pass;
 * `part-<from>.f32` are the samples that a pass has done so far, and are gone when it is complete.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ContainerProblem, ContainerReader, ContainerWriter } from './container'

/** What the numbers mean and how they are laid out; a pass of another version is computed again. */
export const FEATURE_VERSION = 2

/** Everything that the numbers depend on: files of anything else are not looked at. */
export interface FeatureIdentity {
  readonly version: number
  readonly weightsSha256: string
  /** Hash of the sample set. */
  readonly sampleSet: string
  readonly channels: number
  readonly codeNumbers: number
}

/** Named blocks of numbers, in a fixed order. */
export type FeatureBlocks = Readonly<Record<string, Float32Array>>

/** Per sample and channel [samples, channels], and the pooled codes [samples, codeNumbers]. */
export interface SampleTables {
  readonly means: Float32Array
  readonly maxima: Float32Array
  /** Where the maximum is on its layer's map: row · width + column. Whole numbers below 2²⁴, so exact. */
  readonly positions: Float32Array
  /** Share of a map's positions above 0. */
  readonly densities: Float32Array
  readonly codes: Float32Array
}

export const featureFolder = (runFolder: string): string => join(runFolder, 'features')
const tablesFile = (runFolder: string): string => join(featureFolder(runFolder), 'tables.f32')
const PART = /^part-\d+\.f32$/
const partFile = (runFolder: string, from: number): string =>
  join(featureFolder(runFolder), `part-${String(from)}.f32`)

export function writeFeatureTables(runFolder: string, identity: FeatureIdentity, tables: SampleTables): void {
  writeBlocks(tablesFile(runFolder), identity, { ...tables })
}

/** All tables of a pass, or null where there are none, or none of this identity, or they are damaged. */
export function readFeatureTables(runFolder: string, identity: FeatureIdentity): SampleTables | null {
  const found = readBlocks(tablesFile(runFolder), identity)
  if (found === null) return null
  const block = (name: keyof SampleTables): Float32Array => found[name] ?? new Float32Array()
  return {
    means: block('means'),
    maxima: block('maxima'),
    positions: block('positions'),
    densities: block('densities'),
    codes: block('codes'),
  }
}

/** Keeps what was measured of the samples from `from` on. */
export function writeFeaturePart(
  runFolder: string,
  part: { readonly identity: FeatureIdentity; readonly from: number; readonly blocks: FeatureBlocks },
): void {
  writeBlocks(partFile(runFolder, part.from), part.identity, part.blocks)
}

export function readFeaturePart(
  runFolder: string,
  identity: FeatureIdentity,
  from: number,
): FeatureBlocks | null {
  return readBlocks(partFile(runFolder, from), identity)
}

/** Whether a pass was ended before it was complete. */
export function hasFeatureParts(runFolder: string): boolean {
  const folder = featureFolder(runFolder)
  return existsSync(folder) && readdirSync(folder).some((name) => PART.test(name))
}

/** Removes what a pass kept on its way. */
export function removeFeatureParts(runFolder: string): void {
  const folder = featureFolder(runFolder)
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) if (PART.test(name)) rmSync(join(folder, name), { force: true })
}

function writeBlocks(path: string, identity: FeatureIdentity, blocks: FeatureBlocks): void {
  const lengths = Object.entries(blocks).map(([name, { length }]) => [name, length] as const)
  const facts = { identity, blocks: lengths }
  const writer = new ContainerWriter(path, { kind: 'features', elementType: 'float32', facts })
  try {
    for (const { buffer, byteOffset, byteLength } of Object.values(blocks))
      writer.write(new Uint8Array(buffer, byteOffset, byteLength))
    writer.commit([lengths.reduce((sum, [, length]) => sum + length, 0)])
  } finally {
    writer.discard()
  }
}

/** What cannot be read is as good as absent: it is derived, and is measured again. */
function readBlocks(path: string, identity: FeatureIdentity): FeatureBlocks | null {
  if (!existsSync(path)) return null
  let reader: ContainerReader | null = null
  try {
    reader = ContainerReader.open(path, 'features')
    const facts = reader.header.facts as {
      readonly identity?: unknown
      readonly blocks?: readonly (readonly [string, number])[]
    }
    if (JSON.stringify(facts.identity) !== JSON.stringify(identity)) return null
    reader.verify()
    const blocks: Record<string, Float32Array> = {}
    let offset = 0
    for (const [name, length] of facts.blocks ?? []) {
      const values = new Float32Array(length)
      reader.readInto(new Uint8Array(values.buffer), offset)
      offset += values.byteLength
      blocks[name] = values
    }
    return blocks
  } catch (error) {
    if (error instanceof ContainerProblem) return null
    throw error
  } finally {
    reader?.close()
  }
}
