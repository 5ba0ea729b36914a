/** The shape of every request, checked at the core's door; types follow from the schemas. One file per noun in contract/. */
import type { z } from 'zod'
import { projectRequests } from './contract/project'
import { corpusRequests } from './contract/corpus'
import { catalogueRequests } from './contract/catalogue'
import { filesRequests } from './contract/files'
import { samplingRequests } from './contract/sampling'
import { trainingRequests } from './contract/training'
import { symbolsRequests } from './contract/symbols'
import { seriesRequests } from './contract/series'
import { explorationRequests } from './contract/exploration'
import { latentRequests } from './contract/latent'
import { findingsRequests } from './contract/findings'
import { healthRequests } from './contract/health'
import { namingRequests } from './contract/naming'
import { sharingRequests } from './contract/sharing'
import { jobsRequests } from './contract/jobs'
import { picturesRequests } from './contract/pictures'
import { systemRequests } from './contract/system'

export const REQUESTS = {
  project: projectRequests,
  corpus: corpusRequests,
  catalogue: catalogueRequests,
  files: filesRequests,
  sampling: samplingRequests,
  training: trainingRequests,
  series: seriesRequests,
  symbols: symbolsRequests,
  exploration: explorationRequests,
  latent: latentRequests,
  findings: findingsRequests,
  health: healthRequests,
  naming: namingRequests,
  sharing: sharingRequests,
  jobs: jobsRequests,
  pictures: picturesRequests,
  system: systemRequests,
} as const

export type Requests = typeof REQUESTS

/** A request as callers write it (defaults may be left out). */
export type RequestInput<
  Noun extends keyof Requests,
  Verb extends keyof Requests[Noun],
> = Requests[Noun][Verb] extends z.ZodType ? z.input<Requests[Noun][Verb]> : never

/** A request as the core receives it (defaults filled in). */
export type RequestOutput<
  Noun extends keyof Requests,
  Verb extends keyof Requests[Noun],
> = Requests[Noun][Verb] extends z.ZodType ? z.output<Requests[Noun][Verb]> : never
