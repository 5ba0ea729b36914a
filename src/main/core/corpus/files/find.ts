/** Looks in a folder for files that are missing or changed: by their bytes first, else by their names. */
import { basename, relative, sep } from 'node:path'
import type { FindReport } from '@shared/domain/files'
import { Cancelled, throwIfCancelled } from '@shared/errors'
import type { Clock, JobContext, OpenProject } from '../../ports'
import { append } from '../append'
import { filesBelow } from '../files-below'
import { fileState, hashFile, pathOf } from '../page-files'
import { type NewProposal, type PagesFile, readFiles, replaceProposals } from './file-records'

const LABEL = 'Looking for moved files'
const AT_ONCE = 16
/** More files of one name help nobody to choose. */
const MOST_PROPOSALS = 20

/** Only files of a size that is looked for are read. @throws AppError corpus/folder-missing */
export async function findFiles(
  project: OpenProject,
  folder: string,
  { context, clock }: { readonly context: JobContext; readonly clock: Clock },
): Promise<FindReport> {
  const startMs = clock.elapsedMs()
  const wanted = readFiles(project.database, 'amiss')
  const search = new Search(project, wanted, context)
  // A lost copy may still have its original.
  for (const { storage, origin } of wanted) if (storage === 'copied') await search.look(origin)
  if (wanted.length > 0) await lookBelow(folder, search, context.signal)
  const found = new Map(wanted.map((file) => [file.page, search.proposalsFor(file)]))
  replaceProposals(project.database, found)
  const best = [...found.values()].map(([first]) => first)
  const sameBytes = best.filter((first) => first !== undefined && first.sha256 !== null).length
  const notFound = best.filter((first) => first === undefined).length
  return {
    folder,
    looked: search.looked,
    hashed: search.hashed,
    sameBytes,
    sameName: wanted.length - sameBytes - notFound,
    notFound,
    seconds: (clock.elapsedMs() - startMs) / 1000,
  }
}

/** Several files at once: most time goes by waiting for the disk. */
async function lookBelow(folder: string, search: Search, signal: AbortSignal): Promise<void> {
  let waiting: Promise<void>[] = []
  for await (const entry of filesBelow(folder, signal)) {
    if (entry.kind === 'file') waiting.push(search.look(entry.path))
    if (waiting.length < AT_ONCE) continue
    await Promise.all(waiting)
    waiting = []
  }
  await Promise.all(waiting)
}

class Search {
  looked = 0
  hashed = 0
  private readonly sizes: ReadonlySet<number>
  private readonly hashes: ReadonlySet<string>
  private readonly names: ReadonlySet<string>
  /** Where files of the catalogue are: they are no one else's. */
  private readonly taken: ReadonlySet<string>
  private readonly byHash = new Map<string, NewProposal[]>()
  private readonly byName = new Map<string, NewProposal[]>()
  private readonly seen = new Set<string>()

  constructor(
    private readonly project: OpenProject,
    wanted: readonly PagesFile[],
    private readonly context: JobContext,
  ) {
    this.sizes = new Set(wanted.map(({ sizeBytes }) => sizeBytes))
    this.hashes = new Set(wanted.map(({ fileSha256 }) => fileSha256))
    this.names = new Set(wanted.filter(({ missing }) => missing).map(nameOf))
    this.taken = new Set(readFiles(project.database, 'all').map(({ location }) => pathOf(project, location)))
  }

  async look(path: string): Promise<void> {
    throwIfCancelled(this.context.signal)
    if (this.seen.has(path)) return
    this.seen.add(path)
    this.looked += 1
    this.context.progress({ label: LABEL, done: this.looked, total: 0, secondsLeft: null })
    try {
      const state = await fileState(path)
      const sha256 = this.sizes.has(state.sizeBytes) ? await this.hash(path) : null
      if (sha256 !== null && this.hashes.has(sha256)) append(this.byHash, sha256, { path, ...state, sha256 })
      else if (this.names.has(plainName(path)) && !this.taken.has(path))
        append(this.byName, plainName(path), { path, ...state, sha256: null })
    } catch (error) {
      // A file that cannot be read is none that was found.
      if (error instanceof Cancelled) throw error
    }
  }

  proposalsFor(file: PagesFile): readonly NewProposal[] {
    const here = pathOf(this.project, file.location)
    const ranked = (proposals: readonly NewProposal[]): readonly NewProposal[] =>
      proposals
        .filter(({ path }) => path !== here || !file.changed)
        .map((proposal) => ({ proposal, alike: sharedEnd(proposal.path, here) }))
        .sort((one, other) => other.alike - one.alike || this.nearness(one.proposal, other.proposal))
        .map(({ proposal }) => proposal)
        .slice(0, MOST_PROPOSALS)
    const same = ranked(this.byHash.get(file.fileSha256) ?? [])
    if (same.length > 0) return same
    // Pages of every piece are called page-1: only those whose folders are most alike are meant.
    const named = ranked(file.missing ? (this.byName.get(nameOf(file)) ?? []) : [])
    const most = named[0] === undefined ? 0 : sharedEnd(named[0].path, here)
    return named.filter(({ path }) => sharedEnd(path, here) === most)
  }

  private async hash(path: string): Promise<string> {
    this.hashed += 1
    return await hashFile(path, this.context.signal)
  }

  /** What is near the project goes first: it may have moved with it. */
  private nearness(one: NewProposal, other: NewProposal): number {
    const steps = ({ path }: NewProposal): number => relative(this.project.folder, path).split(sep).length
    return steps(one) - steps(other) || (one.path < other.path ? -1 : 1)
  }
}

const plainName = (path: string): string => basename(path).normalize('NFC').toLowerCase()

/** As it was called where it was imported: a copy is called by its hash. */
const nameOf = ({ storage, file, location }: PagesFile): string =>
  plainName(storage === 'copied' ? file : location)

/** How many names at the end of two paths are the same. */
function sharedEnd(one: string, other: string): number {
  const [names, others] = [one, other].map((path) => path.split(/[\\/]/).reverse())
  let shared = 0
  while (names?.[shared] !== undefined && names[shared] === others?.[shared]) shared += 1
  return shared
}
