/** The checkpoints of a run on disk: how many there are, and which can go. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ContainerProblem, ContainerReader } from '../../storage/container'
import { refusingFailedWrites } from '../../storage/write-problem'

const FILE_NAME = /^\d{9}\.checkpoint$/

export interface CheckpointUse {
  readonly checkpoints: number
  readonly checkpointBytes: number
}

/** @param runFolder absolute path of runs/<id>/ */
export function checkpointUse(runFolder: string): CheckpointUse {
  const folder = join(runFolder, 'checkpoints')
  const names = namesIn(folder)
  const sizes = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
  return { checkpoints: names.length, checkpointBytes: sizes.reduce((sum, size) => sum + size, 0) }
}

/** Deletes all but the newest `keep` and the one of the best epoch. @throws AppError project/no-write */
export function pruneCheckpoints(runFolder: string, keep: number): void {
  const folder = join(runFolder, 'checkpoints')
  const names = namesIn(folder).filter((name) => FILE_NAME.test(name))
  const best = bestOf(folder, names)
  const needed = new Set([...names.slice(-keep), ...(best === null ? [] : [best])])
  refusingFailedWrites(folder, () => {
    for (const name of names) if (!needed.has(name)) rmSync(join(folder, name), { force: true })
  })
}

/** In order of age. Names with a dot are still being written. */
function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
}

/** As the newest that can be read has it: file names count micro-batches. */
function bestOf(folder: string, names: readonly string[]): string | null {
  for (const name of [...names].reverse()) {
    const facts = factsOf(join(folder, name))
    if (facts === null) continue
    const { best } = facts.progress
    return best === null ? null : `${String(best.microBatches).padStart(9, '0')}.checkpoint`
  }
  return null
}

/** What pruning needs to know of what the compute process writes in a checkpoint's header. */
interface CheckpointFacts {
  readonly progress: { readonly best: { readonly microBatches: number } | null }
}

function factsOf(file: string): CheckpointFacts | null {
  try {
    const reader = ContainerReader.open(file, 'checkpoint')
    reader.close()
    return reader.header.facts as unknown as CheckpointFacts
  } catch (error) {
    if (error instanceof ContainerProblem) return null
    throw error
  }
}
