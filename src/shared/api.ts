/**
 * THE CONTRACT: what the engine promises to whoever asks: window, command line, serve, tests.
 * One entry per request gives its reply; both stand in contract/, one file per noun; near and far views are derived.
 */
import type { ProjectReplies } from './contract/project'
import type { CorpusReplies } from './contract/corpus'
import type { CatalogueReplies } from './contract/catalogue'
import type { FilesReplies } from './contract/files'
import type { SamplingReplies } from './contract/sampling'
import type { TrainingReplies } from './contract/training'
import type { SymbolsReplies } from './contract/symbols'
import type { SeriesReplies } from './contract/series'
import type { ExplorationReplies } from './contract/exploration'
import type { LatentReplies } from './contract/latent'
import type { FindingsReplies } from './contract/findings'
import type { HealthReplies } from './contract/health'
import type { NamingReplies } from './contract/naming'
import type { SharingReplies } from './contract/sharing'
import type { JobsReplies } from './contract/jobs'
import type { PicturesReplies } from './contract/pictures'
import type { SystemReplies } from './contract/system'
import type { CallContext, CallOptions } from './remote'
import { REQUESTS, type RequestInput, type RequestOutput, type Requests } from './requests'

export type { EncodedPicture } from './contract/pictures'
export type { Listing } from './contract/shapes'

/** What each request answers. */
export interface Replies {
  project: ProjectReplies
  corpus: CorpusReplies
  catalogue: CatalogueReplies
  files: FilesReplies
  sampling: SamplingReplies
  training: TrainingReplies
  series: SeriesReplies
  symbols: SymbolsReplies
  exploration: ExplorationReplies
  latent: LatentReplies
  findings: FindingsReplies
  health: HealthReplies
  naming: NamingReplies
  sharing: SharingReplies
  jobs: JobsReplies
  pictures: PicturesReplies
  system: SystemReplies
}

export type Noun = keyof Replies & keyof Requests
export type Verb<N extends Noun> = keyof Replies[N] & keyof Requests[N]

/** What callers hold, over any border: `api.corpus.pages({ query }, { signal })`. */
export type RemoteApi = {
  readonly [N in Noun]: {
    readonly [V in Verb<N>]: undefined extends RequestInput<N, V>
      ? (request?: undefined, options?: CallOptions) => Promise<Replies[N][V]>
      : (request: RequestInput<N, V>, options?: CallOptions) => Promise<Replies[N][V]>
  }
}

/** What the core implements, after its door has checked the request. */
export type LocalApi = {
  readonly [N in Noun]: {
    readonly [V in Verb<N>]: (
      request: RequestOutput<N, V>,
      context: CallContext,
    ) => Replies[N][V] | Promise<Replies[N][V]>
  }
}

const verbsOf = <N extends Noun>(noun: N): readonly Verb<N>[] => Object.keys(REQUESTS[noun]) as Verb<N>[]

type MissingReplies = {
  [N in keyof Requests]: Exclude<keyof Requests[N], keyof Replies[N & keyof Replies]>
}[keyof Requests]
type MissingRequests = {
  [N in keyof Replies]: Exclude<keyof Replies[N], keyof Requests[N & keyof Requests]>
}[keyof Replies]

/** `never`, so that nothing compiles, when a request has no reply or a reply no request. */
type Methods = [MissingReplies, MissingRequests] extends [never, never]
  ? { readonly [N in Noun]: readonly Verb<N>[] }
  : never

/** Nouns and verbs at run time. */
export const METHODS: Methods = {
  project: verbsOf('project'),
  corpus: verbsOf('corpus'),
  catalogue: verbsOf('catalogue'),
  files: verbsOf('files'),
  sampling: verbsOf('sampling'),
  training: verbsOf('training'),
  series: verbsOf('series'),
  symbols: verbsOf('symbols'),
  exploration: verbsOf('exploration'),
  latent: verbsOf('latent'),
  findings: verbsOf('findings'),
  health: verbsOf('health'),
  naming: verbsOf('naming'),
  sharing: verbsOf('sharing'),
  jobs: verbsOf('jobs'),
  pictures: verbsOf('pictures'),
  system: verbsOf('system'),
}
