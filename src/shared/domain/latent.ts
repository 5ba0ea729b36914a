/** The latent space: what a model's pooled codes say of crops, and how crops lie in it. */
import type { Estimate, IntervalMethod } from './evaluation'
import type { SampleWithPage } from './sample-set'

export const MAP_METHODS = ['pca', 'umap'] as const
export type MapMethod = (typeof MAP_METHODS)[number]

/** Everything that determines a map besides the run's codes. */
export interface MapSettings {
  readonly method: MapMethod
  /** Of UMAP's sampling; PCA needs none. */
  readonly seed: number
  /** Neighbours per crop that UMAP holds together. */
  readonly neighbours: number
  /** How close UMAP lets crops come, in units of the map. */
  readonly minimumDistance: number
}

/** Crops as points. */
export interface LatentMap {
  readonly run: string
  readonly sampleSet: number
  readonly settings: MapSettings
  /** Sample index of each point, ascending. */
  readonly samples: Int32Array
  /** [samples, 2]: x and y of each point in turn, centred; without unit. */
  readonly coordinates: Float32Array
  /** PCA: share of the codes' variance along the first ten axes at most, largest first; the first two are x and y. */
  readonly explained: readonly number[] | null
  readonly seconds: number
  /** How to read it, in a sentence or two. */
  readonly remark: string
}

export interface MapReport {
  readonly run: string
  readonly settings: MapSettings
  readonly samples: number
  readonly seconds: number
}

/**
 * What a field is about: the music, the way the page was printed, scanned and kept (a possible confound of the music),
 * how much of a crop is paper or ink, or the model.
 */
export type FieldRole = 'music' | 'source' | 'picture' | 'model' | 'other'

/** One value per crop out of a few. */
export interface CategoricalField {
  readonly name: string
  readonly label: string
  readonly role: FieldRole
  readonly values: readonly string[]
  /** Place in `values` of each crop, in the order of `LatentFields.samples`; −1 where it is not known. */
  readonly codes: Int32Array
}

/** One number per crop. */
export interface NumericField {
  readonly name: string
  readonly label: string
  readonly role: FieldRole
  /** E.g. "dpi"; empty for shares. */
  readonly unit: string
  /** In the order of `LatentFields.samples`; NaN where it is not known. */
  readonly values: Float32Array
}

/** What is known of each crop, column by column. */
export interface LatentFields {
  readonly run: string
  readonly sampleSet: number
  readonly samples: Int32Array
  /** Page id of each crop. */
  readonly pages: Int32Array
  readonly categorical: readonly CategoricalField[]
  readonly numeric: readonly NumericField[]
}

/** A crop near another in the latent space. */
export interface LatentNeighbour {
  readonly sample: SampleWithPage
  /** Euclidean distance of the pooled codes. */
  readonly distance: number
}

export interface LatentOutlier {
  readonly sample: SampleWithPage
  /** Local outlier factor (Breunig et al. 2000): 1 for a crop among its like, larger the more it stands alone. */
  readonly score: number
  /** The score in words. */
  readonly explanation: string
}

export interface LatentOutliers {
  readonly neighbours: number
  readonly outliers: readonly LatentOutlier[]
  readonly remark: string
}

export interface DecodedPicture {
  readonly caption: string
  /** size × size grey bytes. */
  readonly grey: Uint8Array
}

export interface DecodedCodes {
  readonly size: number
  readonly pictures: readonly DecodedPicture[]
  /** What such pictures can and cannot show, and how many crops went into them. */
  readonly remark: string
}

/** Crops that were picked out, under a name. */
export interface LatentSelection {
  readonly id: number
  readonly sampleSet: number
  readonly name: string
  readonly note: string
  /** Ascending. */
  readonly indices: readonly number[]
  readonly createdAt: string
}

/** What a linear probe makes of shuffled labels: what it would find where there is nothing to find. */
export interface ShuffledControl {
  readonly shuffles: number
  readonly mean: number
  /** What 95 of 100 shuffles stay below. */
  readonly high: number
  /** (b + 1) / (m + 1), where b of m shuffles did at least as well. */
  readonly p: number
}

interface ProbedField {
  readonly field: string
  readonly label: string
  readonly role: FieldRole
  readonly crops: number
  readonly pieces: number
  /** Fields that were regressed out of the codes within the training folds. */
  readonly without: readonly string[]
  /** Fields of which only one value at a time was looked at. */
  readonly within: readonly string[]
  /** In a sentence or two, with the numbers. */
  readonly sentence: string
}

/** How well the value of a field can be read off the code of crops of pieces that the probe has not seen. */
export interface CategoricalProbe extends ProbedField {
  readonly kind: 'categorical'
  readonly classes: readonly { readonly value: string; readonly pieces: number; readonly recall: number }[]
  /** Values that were left out, having fewer pieces than are needed. */
  readonly leftOut: readonly { readonly value: string; readonly pieces: number }[]
  readonly accuracy: Estimate
  /** Mean of the share that is right of each class: rare ones count as much as frequent ones. */
  readonly balancedAccuracy: Estimate
  /** 1 / classes: the balanced accuracy of guessing. */
  readonly chance: number
  /** Accuracy of always naming the value that most crops have. */
  readonly majority: number
  /** Balanced accuracy with labels shuffled among pieces. */
  readonly shuffled: ShuffledControl
  readonly interval: IntervalMethod
}

export interface NumericProbe extends ProbedField {
  readonly kind: 'numeric'
  /** Share of the variance that is predicted for unseen pieces; below 0 where the mean would do better. */
  readonly r2: Estimate
  readonly shuffled: ShuffledControl
  readonly interval: IntervalMethod
}

/** A field that cannot be probed, and why. */
export interface UnprobedField extends ProbedField {
  readonly kind: 'none'
}

export type FieldProbe = CategoricalProbe | NumericProbe | UnprobedField

export interface ProbeReport {
  readonly run: string
  readonly fields: readonly FieldProbe[]
  /** How it was done, in plain sentences. */
  readonly method: readonly string[]
  readonly seconds: number
}

/** One field of the music as it is read off the code, and what is left of that without the confounds. */
export interface Remainder {
  readonly field: string
  readonly label: string
  readonly plain: FieldProbe
  /** After all confounds were regressed out of the codes; none where there is no confound. */
  readonly regressed: FieldProbe | null
  /** Among crops that share one value of a confound, one confound at a time. */
  readonly held: readonly FieldProbe[]
}

export interface ConfoundReport {
  readonly run: string
  /** Scan source, font, dpi, paper tone …: whatever the catalogue knows of how pages came to be. */
  readonly confounds: readonly FieldProbe[]
  readonly remainders: readonly Remainder[]
  /** The findings in plain sentences, most important first. */
  readonly sentences: readonly string[]
  readonly method: readonly string[]
  readonly seconds: number
}

/** What was found of a run's present weights and kept. */
export interface LatentReports {
  readonly probe: ProbeReport | null
  readonly confounds: ConfoundReport | null
}
