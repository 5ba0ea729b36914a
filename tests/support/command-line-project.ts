/** The built command line with a project of its own: a tiny corpus, imported and sampled before the tests. */
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type Ended, runCommand } from './command-line'
import { makeTinyCorpus } from './tiny-corpus'
import { buildEntries, newFolder } from './whole-core'

export interface CommandLineProject {
  /** Holds everything else. */
  readonly folder: string
  readonly settings: string
  readonly corpus: string
  readonly project: string
  readonly cli: (...args: readonly string[]) => Promise<Ended>
  /** Runs with --json and reads the one value. */
  readonly json: (
    ...args: readonly string[]
  ) => Promise<{ readonly code: number | null; readonly value: unknown }>
}

export function commandLineProject(): CommandLineProject {
  const place = newFolder()
  const settings = join(place.folder, 'settings')
  const corpus = join(place.folder, 'corpus')
  const project = join(place.folder, 'cli.scorescope')
  const cli = (...args: readonly string[]): Promise<Ended> => runCommand(settings, ...args)
  beforeAll(async () => {
    await buildEntries()
    await makeTinyCorpus(corpus)
    await cli('import', project, corpus)
    await cli('sample', project, '--seed', '7', '--size', '32', '--per-page', '3')
  })
  afterAll(() => {
    place.remove()
  })
  return {
    folder: place.folder,
    settings,
    corpus,
    project,
    cli,
    json: async (...args) => {
      const { code, output } = await cli(...args, '--json')
      return { code, value: JSON.parse(output) as unknown }
    },
  }
}
