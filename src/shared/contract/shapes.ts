/** Pieces that requests and replies of several nouns are made of. */
import { z } from 'zod'
import { LARGEST_SEED } from '../domain/run'

// The window's Content-Security-Policy forbids code made from strings; set before the first schema is made.
z.config({ jitless: true })

export const id = z.int().positive()
export const seed = z.int().min(0).max(LARGEST_SEED)
const identifier = () =>
  z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9_-]+$/)

export const runId = identifier()
export const seriesId = identifier()
export const folder = z.string().min(1).max(4096)
export const layer = z.string().min(1).max(64)
export const selection = {
  style: id.optional(),
  composer: id.optional(),
  piece: id.optional(),
  query: z.string().max(500).optional(),
}

export const splitUnit = z.enum(['piece', 'page', 'crop'])
export const heldOutShare = z.number().gt(0).lt(1).default(0.2)
/** Hold out this share within each style or composer. */
export const stratum = z.enum(['style', 'composer']).optional()

export const nothing = z.undefined().or(
  z
    .object({})
    .strict()
    .transform(() => undefined),
)

/** A word or two; compared without regard to case. */
export const tag = z.string().trim().min(1).max(60)

/** A page of a long list, with how many there are in all. */
export interface Listing<Item> {
  readonly total: number
  readonly items: readonly Item[]
}
