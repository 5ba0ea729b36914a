/** The latent space: maps of crops, their fields, neighbours and outliers, decoded mixtures, probes. */
import { z } from 'zod'
import type { JobReference } from '../domain/job'
import {
  type DecodedCodes,
  type LatentFields,
  type LatentMap,
  type LatentNeighbour,
  type LatentOutliers,
  type LatentReports,
  type LatentSelection,
  MAP_METHODS,
} from '../domain/latent'
import { id, runId, seed } from './shapes'

const index = z.int().min(0)
const crops = z.array(index).min(1).max(1_000_000)
const fieldName = z.string().min(1).max(200)

export const latentRequests = {
  /** PCA is answered at once; UMAP once its job has ended, from then on from what was kept. */
  map: z.object({
    run: runId,
    method: z.enum(MAP_METHODS).default('pca'),
    seed: seed.default(1),
    neighbours: z.int().min(2).max(200).default(15),
    minimumDistance: z.number().min(0).max(1).default(0.1),
  }),
  fields: z.object({ run: runId }),
  /** Nearest first; crops of the same page and piece only where that is asked for. */
  neighbours: z.object({
    run: runId,
    index,
    count: z.int().min(1).max(1000).default(12),
    samePage: z.boolean().default(false),
    samePiece: z.boolean().default(false),
  }),
  /** Those that stand most alone, first. */
  outliers: z.object({ run: runId, count: z.int().min(1).max(1000).default(24) }),
  decode: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('average'), run: runId, indices: crops }),
    /** From one crop to another, ends included. */
    z.object({
      kind: z.literal('path'),
      run: runId,
      from: index,
      to: index,
      steps: z.int().min(2).max(25).default(7),
    }),
    /** What tells `group` from `other`, added to the mean of both in these strengths. */
    z.object({
      kind: z.literal('difference'),
      run: runId,
      group: crops,
      other: crops,
      strengths: z.array(z.number().min(-20).max(20)).min(1).max(15).default([-2, -1, 0, 1, 2]),
    }),
  ]),
  /** Those of the run's sample set, newest first. */
  selections: z.object({ run: runId }),
  /** A name that is there already is replaced. */
  saveSelection: z.object({
    run: runId,
    name: z.string().trim().min(1).max(200),
    note: z.string().max(20_000).default(''),
    indices: crops,
  }),
  removeSelection: z.object({ id }),
  /** How well each field can be read off the code of unseen pieces; all fields unless some are named. */
  probe: z.object({
    run: runId,
    fields: z.array(fieldName).min(1).max(100).optional(),
    /** Fields to be regressed out of the codes first. */
    controls: z.array(fieldName).max(100).default([]),
  }),
  /** The same of everything that could be mistaken for the music, and what is left of the music without it. */
  confounds: z.object({ run: runId }),
  /** What the last probe and confound probe of the run's present weights found. */
  reports: z.object({ run: runId }),
} as const

export type MapReply =
  | { readonly state: 'ready'; readonly map: LatentMap }
  /** Ask again when the job has ended. */
  | { readonly state: 'computing'; readonly job: JobReference<'map'> }

export interface LatentReplies {
  map: MapReply
  fields: LatentFields
  neighbours: readonly LatentNeighbour[]
  outliers: LatentOutliers
  decode: DecodedCodes
  selections: readonly LatentSelection[]
  saveSelection: LatentSelection
  removeSelection: { readonly removed: number }
  probe: JobReference<'probe'>
  confounds: JobReference<'confounds'>
  reports: LatentReports
}
