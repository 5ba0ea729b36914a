/** The shape of every request, checked at the core's door; types follow from the schemas. */
import { z } from 'zod'
import { MODEL_FORMATS, MODEL_PARTS } from './domain/exchange'

// The window's Content-Security-Policy forbids code made from strings; set before the first schema is made.
z.config({ jitless: true })

const id = z.int().positive()
const seed = z.int().min(0).max(4_294_967_295)
const runId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/)
const folder = z.string().min(1).max(4096)
const layer = z.string().min(1).max(64)
const selection = {
  style: id.optional(),
  composer: id.optional(),
  piece: id.optional(),
  query: z.string().max(500).optional(),
}

const splitUnit = z.enum(['piece', 'page', 'crop'])
const heldOutShare = z.number().gt(0).lt(1).default(0.2)
/** Hold out this share within each style or composer. */
const stratum = z.enum(['style', 'composer']).optional()

const nothing = z.undefined().or(
  z
    .object({})
    .strict()
    .transform(() => undefined),
)

const trainingChoices = {
  seed,
  sampleSet: id.optional(),
  name: z.string().min(1).max(200).optional(),
  preset: z.enum(['study', 'quick']).default('quick'),
  spec: z.string().max(200).optional(),
  inputSize: z.int().min(8).max(2048).optional(),
  epochs: z.int().min(1).max(100_000).optional(),
  batch: z.int().min(1).max(1024).optional(),
  microBatch: z.int().min(1).max(1024).optional(),
  dropout: z.number().min(0).max(0.95).optional(),
  learningRate: z.number().gt(0).max(10).optional(),
  split: splitUnit.default('piece'),
  validation: heldOutShare,
  stratify: stratum,
  head: z.enum(['style', 'composer']).optional(),
  headWeight: z.number().min(0).max(1000).default(0),
  /** Use only N samples of the set, drawn by a seeded shuffle. */
  limit: z.int().min(2).optional(),
  threads: z.int().min(1).max(1024).optional(),
}

export const REQUESTS = {
  project: {
    create: z.object({ folder }),
    open: z.object({ folder }),
    close: nothing,
    current: nothing,
    recent: nothing,
    forget: z.object({ folder }),
    /** Engraves the demo corpus into a new project and runs the whole path on it. */
    demo: z.object({ folder, seed: seed.default(1), epochs: z.int().min(1).max(1000).optional() }),
  },
  corpus: {
    import: z.object({
      folder,
      storage: z.enum(['link', 'copy']).default('link'),
      csv: z.string().max(4096).optional(),
    }),
    tree: nothing,
    counts: nothing,
    pages: z.object({
      ...selection,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(100_000).default(100_000),
    }),
    page: z.object({ page: id }),
    lastImport: nothing,
  },
  sampling: {
    draw: z.object({
      seed,
      name: z.string().min(1).max(200).optional(),
      perPage: z.int().min(1).max(100).default(5),
      size: z.int().min(16).max(2048).default(448),
      whiteness: z.number().gt(0).max(1).default(0.9),
      triesPerPage: z.int().min(1).max(10_000).default(500),
    }),
    sets: nothing,
    report: z.object({ sampleSet: id }),
    samples: z.object({
      sampleSet: id,
      page: id.optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(100_000).default(100_000),
    }),
    crop: z.object({ sampleSet: id, index: z.int().min(0) }),
    /** The split that a training with the same choices would make, and what it leaks. */
    leaks: z.object({
      sampleSet: id,
      by: splitUnit,
      seed,
      validation: heldOutShare,
      stratify: stratum,
    }),
  },
  training: {
    start: z.object(trainingChoices),
    forecast: z.object(trainingChoices),
    resume: z.object({ run: runId }),
    pause: z.object({ run: runId }),
    unpause: z.object({ run: runId }),
    /** Ends after the current step and keeps the weights. */
    stop: z.object({ run: runId }),
    /** Ends and marks the run as cancelled. */
    cancel: z.object({ run: runId }),
    runs: nothing,
    run: z.object({ run: runId }),
    plan: z.object({ run: runId }),
    metrics: z.object({ run: runId }),
    epochReconstructions: z.object({ run: runId, epoch: z.int().min(1) }),
    /** Scores the run on its held-out crops beside its baselines; weights that were scored before are not scored again. */
    evaluate: z.object({ run: runId }),
    evaluation: z.object({ run: runId }),
  },
  exploration: {
    layers: z.object({ run: runId }),
    /** Starts the feature pass; it also starts by itself after training. */
    computeFeatures: z.object({ run: runId }),
    features: z.object({ run: runId, layer: layer.optional() }),
    channel: z.object({ run: runId, layer, channel: z.int().min(0) }),
    kernels: z.object({ run: runId, layer }),
    activations: z.object({ run: runId, layer, index: z.int().min(0) }),
    reconstruct: z.object({
      run: runId,
      index: z.int().min(0),
      channels: z
        .array(z.object({ channel: z.int().min(0), scale: z.number().min(-10).max(10) }))
        .default([]),
    }),
  },
  sharing: {
    /** Writes a trained model to a file whose name ends in the format's name; a file that is there is replaced. */
    exportModel: z.object({
      run: runId,
      format: z.enum(MODEL_FORMATS),
      part: z.enum(MODEL_PARTS).default('whole'),
      file: z.string().min(1).max(4096),
    }),
    /** Makes a run of a safetensors file. What the model is may be left out where the file says it. */
    importModel: z.object({
      file: z.string().min(1).max(4096),
      spec: z.string().max(200).optional(),
      inputSize: z.int().min(8).max(2048).optional(),
      /** The samples that it is looked at with; the newest set unless said otherwise. */
      sampleSet: id.optional(),
      name: z.string().min(1).max(200).optional(),
    }),
  },
  jobs: {
    list: nothing,
    get: z.object({ job: z.string().min(1).max(64) }),
    /** Answers when the job has ended: with its result, or fails as it failed. */
    wait: z.object({ job: z.string().min(1).max(64) }),
    cancel: z.object({ job: z.string().min(1).max(64) }),
  },
  pictures: {
    /** `address` as made by formatPicture. */
    read: z.object({ address: z.string().min(1).max(300) }),
  },
  system: {
    doctor: nothing,
    ping: z.object({ echo: z.unknown() }),
  },
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
