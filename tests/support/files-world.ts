/** A project with small pages whose files are moved, changed, copied and watched. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { LocalApi } from '@shared/api'
import type { AmissFile } from '@shared/domain/files'
import type { JobReference, JobResults } from '@shared/domain/job'
import type { Page } from '@shared/domain/page'
import { createFiles } from '../../src/main/core/corpus/files'
import { createWatching } from '../../src/main/core/corpus/watching'
import { calling, type CorpusProject, corpusProject } from './corpus-projects'

type JobVerb = 'check' | 'find' | 'renew' | 'consolidate'
type JobOf = { check: 'check-files'; find: 'find-files'; renew: 'renew-files'; consolidate: 'consolidate' }

export interface FilesWorld extends CorpusProject {
  readonly files: LocalApi['files']
  readonly database: Database.Database
  /** Starts a job and waits for what it gives. */
  done<Verb extends JobVerb>(
    verb: Verb,
    request: Parameters<LocalApi['files'][Verb]>[0],
  ): Promise<JobResults[JobOf[Verb]]>
  amiss(): Promise<readonly AmissFile[]>
  pages(query?: string): Promise<readonly Page[]>
}

/** @param watching looks and watches by itself, from the next time that the project is opened */
export async function filesWorld(base?: string, watching = false): Promise<FilesWorld> {
  const test = await corpusProject(base)
  const { projects, jobs, clock, corpus } = test
  const log = (line: string): void => {
    throw new Error(line)
  }
  const given = { projects: projects.access, jobs, clock, log }
  const files = {
    ...createFiles({ ...given, decoder: corpus.decoder, lookWhenOpened: watching }).api,
    ...createWatching({
      ...given,
      importFolder: (request, context) => corpus.importFolder(request, context),
      enabled: watching,
      times: { settleMs: 40, scanMs: 100 },
    }).api,
  }
  return {
    ...test,
    files,
    database: test.project.database,
    async done(verb, request) {
      const call = files[verb] as (request: unknown, context: object) => JobReference
      return (await jobs.wait(call(request, calling))) as never
    },
    amiss: async () => (await files.overview(undefined, calling)).amiss,
    pages: async (query) =>
      (await corpus.api.pages({ offset: 0, limit: 1000, ...(query === undefined ? {} : { query }) }, calling))
        .items,
  }
}

/** SHA-256 of every file below a folder, by path. */
export function bytesBelow(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  return new Map(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}
