/** A project with a real corpus and real sampling in a temporary folder. */
import { join } from 'node:path'
import type { RequestOutput } from '@shared/requests'
import { REQUESTS } from '@shared/requests'
import { createCorpus, type Corpus, type ImportRequest } from '../../src/main/core/corpus'
import { createJobs } from '../../src/main/core/jobs'
import type {
  JobContext,
  JobProgressUpdate,
  Jobs,
  LaunchDecode,
  OpenProject,
} from '../../src/main/core/ports'
import { createSampling, type Sampling } from '../../src/main/core/sampling'
import { countingBytes, temporaryFolder, type TestProject, testProject } from './projects'

export interface CorpusProject extends TestProject {
  readonly corpus: Corpus
  readonly sampling: Sampling
  readonly jobs: Jobs
  /** Where pages are put to be imported; not inside the project. */
  readonly images: string
  readonly project: OpenProject
  importFrom(folder: string, choices?: Partial<ImportRequest>): ReturnType<Corpus['importFolder']>
  draw(
    choices: Partial<RequestOutput<'sampling', 'draw'>> & { seed: number },
  ): ReturnType<Sampling['drawSamples']>
}

/** Nothing is cancelled; progress is kept. */
export function jobContext(
  progress: JobProgressUpdate[] = [],
  signal: AbortSignal = new AbortController().signal,
): JobContext {
  return { job: 'test', signal, progress: (update) => void progress.push(update) }
}

/** Pages are decoded in this process unless a decoding process is given. */
export async function corpusProject(
  base = temporaryFolder(),
  decoding: { readonly launchDecode?: LaunchDecode } = {},
): Promise<CorpusProject> {
  const test = testProject(base)
  const { projects, clock, emit } = test
  const onBug = (error: unknown): void => {
    throw error
  }
  const { jobs } = createJobs({ projects: projects.access, clock, emit, randomBytes: countingBytes(), onBug })
  const corpus = createCorpus({ projects: projects.access, jobs, clock, ...decoding })
  const sampling = createSampling({ projects: projects.access, jobs, clock, corpus })
  await test.createAndOpen()
  return {
    ...test,
    corpus,
    sampling,
    jobs,
    images: join(base, 'images'),
    project: projects.access.required(),
    importFrom: (folder, choices = {}) =>
      corpus.importFolder({ storage: 'link', ...choices, folder }, jobContext()),
    draw: (choices) => sampling.drawSamples(REQUESTS.sampling.draw.parse(choices), jobContext()),
  }
}

/** Calls made without a border have nothing to cancel them. */
export const calling = { signal: new AbortController().signal }
