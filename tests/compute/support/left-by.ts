/** What a run leaves on disk, to be compared with another's. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TinyRun } from './tiny-run'

/** All that a run left but its times: curves, checkpoints' names, reconstructions' bytes. */
export function leftBy({ runFolder }: TinyRun): unknown {
  const lines = readFileSync(join(runFolder, 'metrics.jsonl'), 'utf8').trim().split('\n')
  const reconstructions = readdirSync(join(runFolder, 'reconstructions')).sort()
  return {
    metrics: lines.map((line) => ({ ...(JSON.parse(line) as object), elapsedMs: 0 })),
    checkpoints: readdirSync(join(runFolder, 'checkpoints')).sort(),
    reconstructions: reconstructions.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(runFolder, 'reconstructions', name)))
        .digest('hex'),
    ]),
  }
}
