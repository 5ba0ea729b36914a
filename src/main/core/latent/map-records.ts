/** Maps that took long: found again for the same settings, weights and codes. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { MapSettings } from '@shared/domain/latent'
import { ContainerProblem, readContainer, writeContainer } from '../../storage/container'
import { refusingFailedWrites } from '../../storage/write-problem'
import type { RunCodes } from './codes'

export interface KeptMap {
  readonly coordinates: Float32Array
  readonly seconds: number
}

const FOLDER = 'maps'

/** @throws AppError project/no-write */
export function storeMap(
  database: Database.Database,
  place: { readonly codes: RunCodes; readonly settings: MapSettings; readonly runFolder: string },
  map: KeptMap & { readonly finishedAt: string },
): void {
  const { codes, settings, runFolder } = place
  const { method, seed, neighbours, minimumDistance } = settings
  const file = join(FOLDER, `${method}-${seed}-${neighbours}-${minimumDistance}.f32`)
  const { coordinates } = map
  refusingFailedWrites(runFolder, () => {
    writeContainer(
      join(runFolder, file),
      { kind: 'map', elementType: 'float32', facts: { settings }, shape: [coordinates.length / 2, 2] },
      new Uint8Array(coordinates.buffer, coordinates.byteOffset, coordinates.byteLength),
    )
  })
  database
    .prepare(
      `INSERT OR REPLACE INTO latent_maps (run, method, seed, neighbours, minimum_distance, weights_sha256, code_numbers,
         samples, seconds, finished_at, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      codes.run,
      method,
      seed,
      neighbours,
      minimumDistance,
      codes.weightsSha256,
      codes.matrix.columns,
      codes.matrix.rows,
      map.seconds,
      map.finishedAt,
      file,
    )
}

/** Null where there is none for these codes, or its file is gone or damaged: it is then computed again. */
export function findMap(
  database: Database.Database,
  place: { readonly codes: RunCodes; readonly settings: MapSettings; readonly runFolder: string },
): KeptMap | null {
  const { codes, settings, runFolder } = place
  const row = database
    .prepare<[object], { file: string; seconds: number; samples: number }>(
      `SELECT file, seconds, samples FROM latent_maps
       WHERE run = :run AND method = :method AND seed = :seed AND neighbours = :neighbours
         AND minimum_distance = :minimumDistance AND weights_sha256 = :weights AND code_numbers = :codeNumbers
         AND samples = :samples`,
    )
    .get({
      ...settings,
      run: codes.run,
      weights: codes.weightsSha256,
      codeNumbers: codes.matrix.columns,
      samples: codes.matrix.rows,
    })
  if (row === undefined) return null
  const file = join(runFolder, row.file)
  if (!existsSync(file)) return null
  try {
    const { payload } = readContainer(file, 'map')
    return { coordinates: new Float32Array(payload.buffer, 0, row.samples * 2), seconds: row.seconds }
  } catch (error) {
    if (error instanceof ContainerProblem) return null
    throw error
  }
}
