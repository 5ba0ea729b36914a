/** Frozen sets of crops. */
import type { RefusalCounts, SamplingRules } from './sampling-rules'

/** A frozen, hashed set of crops. Whiteness is the mean pixel in [0,1]. */
export interface SampleSet extends SamplingRules {
  readonly id: number
  readonly name: string
  /** SHA-256 over rules, page hashes and pixels, in hex: the same pages, rules and seed give the same hash. */
  readonly hash: string
  readonly samples: number
  readonly pages: number
  /** Pages that were left out by hand when it was drawn. */
  readonly excludedPages: number
  readonly refusedDraws: number
  readonly refusals: RefusalCounts
  readonly createdAt: string
}

export interface Sample {
  readonly index: number
  /** Page id. */
  readonly page: number
  readonly x: number
  readonly y: number
  readonly size: number
  /** Which draw on its page was accepted, from 1. */
  readonly draw: number
  readonly whiteness: number
}

/** A crop with where it is from, as lists show it. */
export interface SampleWithPage extends Sample {
  readonly file: string
  readonly style: string
  readonly composer: string
  readonly piece: string
  /** Position of the page within its piece, from 1. */
  readonly pageNumber: number
}

/** How far apart staff lines are on a set's pages, measured in its crops. */
export interface StaffSpaceSummary {
  /** Pages whose crops show a staff that can be measured, and pages in all. */
  readonly measured: number
  readonly pages: number
  /** In page pixels, over pages; null where none could be measured. */
  readonly median: number | null
  /** A tenth of the pages lie below, a tenth above. */
  readonly low: number | null
  readonly high: number | null
}

export interface Shortage {
  readonly page: number
  readonly file: string
  readonly accepted: number
  readonly reason: string
}

export interface SampleReport {
  readonly sampleSet: number
  readonly name: string
  readonly hash: string
  readonly samples: number
  readonly pages: number
  readonly refusedDraws: number
  readonly refusals: RefusalCounts
  readonly excludedPages: number
  readonly shortages: readonly Shortage[]
  readonly seconds: number
}
