/** What a training writes down as it goes: metrics line by line, and how fixed held-out crops look after each epoch. */
import type { EpochMetrics, RunPlan, StepMetrics } from '@shared/domain/run'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomically } from '../storage/atomic-file'
import { writeContainer } from '../storage/container'

/** One line of metrics.jsonl. */
export type MetricsLine =
  ({ readonly kind: 'step' } & StepMetrics) | ({ readonly kind: 'epoch' } & EpochMetrics)

/** How many held-out crops are reconstructed after each epoch. */
const SHOWN_CROPS = 8

/** metrics.jsonl: appended while training; lines of work that an interruption undid are taken out on resuming. */
export class MetricsLog {
  private readonly file: string

  constructor(runFolder: string) {
    mkdirSync(runFolder, { recursive: true })
    this.file = join(runFolder, 'metrics.jsonl')
  }

  append(line: MetricsLine): void {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`)
  }

  /** Keeps what happened up to a step and an epoch. */
  keepUpTo(reached: { readonly step: number; readonly epoch: number }): void {
    if (!existsSync(this.file)) return
    const kept = readFileSync(this.file, 'utf8')
      .split('\n')
      .filter((text) => isUpTo(text, reached))
    writeFileAtomically(this.file, kept.map((text) => `${text}\n`).join(''))
  }
}

function isUpTo(text: string, reached: { readonly step: number; readonly epoch: number }): boolean {
  try {
    const line = JSON.parse(text) as MetricsLine
    return line.kind === 'epoch' ? line.epoch <= reached.epoch : line.step <= reached.step
  } catch {
    // Empty, or half a line: the process was killed while it wrote.
    return false
  }
}

/** The held-out crops that are followed through a run: spread evenly, so that they are of different pages. */
export function shownCrops({ split }: Pick<RunPlan, 'split'>): readonly number[] {
  const { validation } = split
  const count = Math.min(SHOWN_CROPS, validation.length)
  return Array.from(
    { length: count },
    (_, slot) => validation[Math.floor((slot * validation.length) / count)] ?? 0,
  )
}

/**
 * Writes runs/<id>/reconstructions/epoch-NNNN.u8: grey bytes [2, crops, size, size], originals first.
 * Returns its path.
 */
export function writeReconstructions(
  runFolder: string,
  pictures: {
    readonly epoch: number
    readonly size: number
    readonly indices: readonly number[]
    readonly originals: Uint8Array
    readonly reconstructions: Uint8Array
  },
): string {
  const { epoch, size, indices, originals, reconstructions } = pictures
  const folder = join(runFolder, 'reconstructions')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `epoch-${String(epoch).padStart(4, '0')}.u8`)
  const payload = new Uint8Array(originals.length * 2)
  payload.set(originals)
  payload.set(reconstructions, originals.length)
  const description = {
    kind: 'reconstructions',
    elementType: 'uint8',
    facts: { epoch, size, indices },
    shape: [2, indices.length, size, size],
  } as const
  writeContainer(file, description, payload)
  return file
}
