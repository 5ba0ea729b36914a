/** Everything that can be chosen about a training. */
import { z } from 'zod'
import { heldOutShare, id, seed, splitUnit, stratum, tag } from './shapes'

/** How the learning rate moves. Floors and factors are shares of the rate that training starts with. */
const schedule = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('constant') }),
    z.object({ kind: z.literal('cosine'), floor: z.number().min(0).max(1).default(0) }),
    z.object({
      kind: z.literal('plateau'),
      factor: z.number().gt(0).lt(1).default(0.5),
      /** Epochs without improvement of the held-out error before the rate is lowered. */
      patience: z.int().min(1).max(10_000).default(3),
      floor: z.number().min(0).max(1).default(0.01),
    }),
  ])
  .default({ kind: 'constant' })

export const trainingChoices = {
  seed,
  sampleSet: id.optional(),
  name: z.string().min(1).max(200).optional(),
  preset: z.enum(['study', 'quick']).default('quick'),
  spec: z.string().max(200).optional(),
  inputSize: z.int().min(8).max(2048).optional(),
  epochs: z.int().min(1).max(100_000).optional(),
  batch: z.int().min(1).max(1024).optional(),
  /** Absent: as many as free memory allows, at most the preset's. */
  microBatch: z.int().min(1).max(1024).optional(),
  dropout: z.number().min(0).max(0.95).optional(),
  learningRate: z.number().gt(0).max(10).optional(),
  split: splitUnit.default('piece'),
  /** Determines which samples are used and which are held out; the seed does unless said otherwise. */
  splitSeed: seed.optional(),
  validation: heldOutShare,
  stratify: stratum,
  head: z.enum(['style', 'composer']).optional(),
  headWeight: z.number().min(0).max(1000).default(0),
  /** Use only N samples of the set, drawn by a seeded shuffle. */
  limit: z.int().min(2).optional(),
  /** Null or absent: as measured on this machine, else as TensorFlow chooses. */
  threads: z.int().min(1).max(1024).optional(),
  schedule,
  /** Ends when the held-out error has not improved for `patience` epochs; the best epoch's weights are kept. */
  earlyStopping: z
    .object({
      patience: z.int().min(1).max(10_000),
      /** By how much, as a share of the best error so far, an epoch must be better to count. */
      minimumGain: z.number().min(0).max(1).default(0),
    })
    .optional(),
  /** Checkpoints on disk; the best and the newest are always among them. */
  keepCheckpoints: z.int().min(1).max(1000).default(3),
  /** `mixed`: convolutions in half precision, on GPUs only. */
  precision: z.enum(['float32', 'mixed']).default('float32'),
  /** The first GPU where there is one, unless said otherwise. */
  device: z
    .string()
    .regex(/^(auto|cpu|gpu:\d{1,2})$/)
    .default('auto'),
  tags: z.array(tag).max(50).optional(),
  notes: z.string().max(20_000).optional(),
}
