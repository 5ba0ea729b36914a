/** Checkpoints: everything a training consists of, whole or absent, sealed, newest last. */
import { AppError } from '@shared/errors'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sweepPendingFiles } from '../storage/atomic-file'
import { ContainerProblem, readContainer, writeContainer } from '../storage/container'
import { asWriteRefusal } from '../storage/write-problem'
import { type Parameter, type ParameterValues, sizeOf, valueOf } from './parameters'
import { type Progress, START } from './progress'

export interface Checkpoint {
  readonly file: string
  readonly progress: Progress
  readonly values: ParameterValues
}

/** The newest that could be read, and what is to be said about those that could not. */
export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint | null
  readonly remarks: readonly string[]
}

/** Kept besides the best, unless said otherwise: with two, a damaged newest one costs an epoch and not the run. */
const KEPT = 2
const FILE_NAME = /^(\d{9})\.checkpoint$/

/** The checkpoints of one run. */
export class CheckpointFolder {
  private readonly folder: string

  /** @param kept how many of the newest stay when another is written, besides the best epoch's */
  constructor(
    runFolder: string,
    private readonly kept = KEPT,
  ) {
    this.folder = join(runFolder, 'checkpoints')
  }

  /**
   * Writes one, then, once it is on disk for good, drops those no longer needed. Returns its path.
   * @throws project/no-write
   */
  write(parameters: readonly Parameter[], values: ParameterValues, progress: Progress): string {
    const file = join(this.folder, fileName(progress.microBatches))
    const kept = parameters.filter(({ name }) => isNeeded(name, progress))
    try {
      mkdirSync(this.folder, { recursive: true })
      sweepPendingFiles(this.folder)
      writeContainer(file, { ...describe(kept, progress), shape: [totalSize(kept)] }, pack(kept, values))
    } catch (error) {
      throw asWriteRefusal(error, this.folder)
    }
    this.prune(progress)
    return file
  }

  /** Newest first; damaged ones are passed over with a remark. */
  newest(parameters: readonly Parameter[]): FoundCheckpoint {
    const remarks: string[] = []
    for (const name of this.names().reverse()) {
      const file = join(this.folder, name)
      try {
        return { checkpoint: { file, ...read(file, parameters) }, remarks }
      } catch (error) {
        if (!(error instanceof ContainerProblem)) throw error
        remarks.push(
          AppError.of('training/checkpoint-damaged', { file: name, problem: error.message }).message,
        )
      }
    }
    return { checkpoint: null, remarks }
  }

  /** The one of a certain micro-batch, such as the best epoch's; null where it is gone or damaged. */
  at(microBatches: number, parameters: readonly Parameter[]): Checkpoint | null {
    const file = join(this.folder, fileName(microBatches))
    if (!existsSync(file)) return null
    try {
      return { file, ...read(file, parameters) }
    } catch (error) {
      if (error instanceof ContainerProblem) return null
      throw error
    }
  }

  /** How many there are, damaged ones among them, and their bytes on disk. */
  usage(): { readonly checkpoints: number; readonly bytes: number } {
    const sizes = this.names().map((name) => statSync(join(this.folder, name)).size)
    return { checkpoints: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  }

  /** The file name of the newest, damaged or not: changes when a new one is written. */
  newestName(): string | null {
    return this.names().at(-1) ?? null
  }

  private names(): string[] {
    if (!existsSync(this.folder)) return []
    return readdirSync(this.folder)
      .filter((name) => FILE_NAME.test(name))
      .sort()
  }

  private prune({ best }: Progress): void {
    const needed = new Set(this.names().slice(-this.kept))
    if (best !== null) needed.add(fileName(best.microBatches))
    for (const name of this.names()) if (!needed.has(name)) rmSync(join(this.folder, name), { force: true })
  }
}

function fileName(microBatches: number): string {
  return `${String(microBatches).padStart(9, '0')}.checkpoint`
}

/** Gradient sums are all 0 between batches. */
function isNeeded(parameter: string, { batchTotals }: Progress): boolean {
  return batchTotals.samples > 0 || !parameter.endsWith('/gradient-sum')
}

interface CheckpointFacts {
  readonly progress: Progress
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[]
}

function describe(
  parameters: readonly Parameter[],
  progress: Progress,
): { readonly kind: 'checkpoint'; readonly elementType: 'float32'; readonly facts: Record<string, unknown> } {
  const facts: CheckpointFacts = {
    progress,
    parameters: parameters.map(({ name, shape }) => ({ name, shape })),
  }
  return { kind: 'checkpoint', elementType: 'float32', facts: { ...facts, seal: sealOf(facts) } }
}

/** The container's own digest covers the numbers; this one the facts about them. */
function sealOf({ progress, parameters }: CheckpointFacts): string {
  return createHash('sha256')
    .update(JSON.stringify([progress, parameters]))
    .digest('hex')
}

/** @throws ContainerProblem when the facts are not those that were sealed. */
function openSeal(facts: unknown): CheckpointFacts {
  const sealed = (facts ?? {}) as CheckpointFacts & { readonly seal: string }
  if (sealed.seal !== sealOf(sealed)) throw new ContainerProblem('its header is damaged')
  return sealed
}

function pack(parameters: readonly Parameter[], values: ParameterValues): Uint8Array {
  const packed = new Float32Array(totalSize(parameters))
  let offset = 0
  for (const { name, shape } of parameters) {
    packed.set(valueOf(values, name), offset)
    offset += sizeOf(shape)
  }
  return new Uint8Array(packed.buffer)
}

/** @throws ContainerProblem when it is not exactly what was written, or of another model. */
function read(file: string, parameters: readonly Parameter[]): Pick<Checkpoint, 'progress' | 'values'> {
  const { header, payload } = readContainer(file, 'checkpoint')
  const facts = openSeal(header.facts)
  const numbers = new Float32Array(payload.buffer, payload.byteOffset, payload.byteLength / 4)
  const values = new Map<string, Float32Array>()
  let offset = 0
  for (const { name, shape } of facts.parameters) {
    values.set(name, numbers.slice(offset, offset + sizeOf(shape)))
    offset += sizeOf(shape)
  }
  for (const { name, shape } of parameters) {
    if (!values.has(name) && !isNeeded(name, facts.progress))
      values.set(name, new Float32Array(sizeOf(shape)))
    if (values.get(name)?.length !== sizeOf(shape))
      throw new ContainerProblem(`it is of a model without this ${name}`)
  }
  return { progress: { ...START, ...facts.progress }, values }
}

function totalSize(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}
