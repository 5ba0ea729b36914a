/** A process that imports a folder and says what was acknowledged, to be killed in the middle of it. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createCorpus } from '../../src/main/core/corpus'
import type { Jobs } from '../../src/main/core/ports'
import { createProjects } from '../../src/main/core/project'

const [, , settingsFolder = '', folder = '', images = ''] = process.argv

/** Importing here is no job: nothing asks for one. */
const noJobs: Jobs = {
  start: () => {
    throw new Error('No job is started in this process.')
  },
  wait: () => Promise.reject(new Error('No job is started in this process.')),
  cancel: () => undefined,
  requireFree: () => undefined,
}

async function importAll(): Promise<void> {
  mkdirSync(settingsFolder, { recursive: true })
  const clock = { now: () => new Date(), elapsedMs: () => performance.now() }
  const signal = new AbortController().signal
  const projects = createProjects({
    settingsFolder,
    clock,
    version: '0.0.0',
    // Rows are in the catalogue before the change is announced.
    emit: (name, value) => {
      if (name === 'project/changed' && value !== null && 'counts' in value)
        process.stdout.write(`${String(value.counts.pages)}\n`)
    },
  })
  const corpus = createCorpus({ projects: projects.access, jobs: noJobs, clock })
  const open = existsSync(join(folder, 'project.sqlite')) ? projects.api.open : projects.api.create
  await open({ folder }, { signal })
  await corpus.importFolder(
    { folder: images, storage: 'copy' },
    { job: 'test', signal, progress: () => undefined },
  )
  await projects.close()
}

void importAll()
