/** runs/<id>/symbols.f32: what every channel did on the pictures of a sheet. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PictureResponses } from '@shared/compute-api'
import { ContainerProblem, readContainer, writeContainer } from '../../storage/container'

type Identity = Readonly<Record<string, unknown>>

export interface SheetResponses extends PictureResponses {
  /** Ink of each picture, in black pixels. */
  readonly ink: readonly number[]
}

const fileOf = (runFolder: string): string => join(runFolder, 'symbols.f32')

/** [2, pictures, channels]: means, then maxima. */
export function writeResponses(runFolder: string, tables: SheetResponses, identity: Identity): void {
  const { channels, means, maxima, ink } = tables
  const payload = new Float32Array(means.length + maxima.length)
  payload.set(means)
  payload.set(maxima, means.length)
  const description = {
    kind: 'responses',
    elementType: 'float32',
    facts: { identity, ink },
    shape: [2, means.length / channels, channels],
  } as const
  writeContainer(fileOf(runFolder), description, new Uint8Array(payload.buffer))
}

/** Null where there are none, or they are of other weights, of another sheet, or damaged: they are measured again. */
export function readResponses(runFolder: string, identity: Identity): SheetResponses | null {
  const file = fileOf(runFolder)
  if (!existsSync(file)) return null
  try {
    const { header, payload } = readContainer(file, 'responses')
    if (JSON.stringify(header.facts['identity']) !== JSON.stringify(identity)) return null
    const [, pictures = 0, channels = 0] = header.shape
    const values = new Float32Array(payload.slice().buffer)
    const half = pictures * channels
    const ink = header.facts['ink'] as readonly number[]
    return { channels, means: values.subarray(0, half), maxima: values.subarray(half), ink }
  } catch (error) {
    if (error instanceof ContainerProblem) return null
    throw error
  }
}
