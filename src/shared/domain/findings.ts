/**
 * Findings: which channels tell styles or composers apart, and which recur from run to run. Definitions and their
 * sources: docs/decisions/0017-findings.md. A channel's value on a piece is the mean over the piece's samples.
 */
import type { Estimate } from './evaluation'

export const CONTRAST_FIELDS = ['style', 'composer'] as const
/** What pieces are told apart by. */
export type ContrastField = (typeof CONTRAST_FIELDS)[number]

/**
 * What a permutation moves: any piece to any class; pieces within their style only (what is common to a style explains
 * nothing then); or all pieces of a composer together (what is a composer's own is not taken for a style's).
 */
export const SHUFFLES = ['pieces', 'within-style', 'whole-composers'] as const
export type Shuffle = (typeof SHUFFLES)[number]

/** How dark a piece's samples are, and how far apart its staff lines: can be taken out like any field of pages. */
export const INK = 'ink'
export const STAFF_SPACE = 'staff space'

/** The class in which a channel departs most from the rest. */
export interface StandingOut {
  readonly className: string
  readonly pieces: number
  /** Cliff's delta of its pieces against all others, from −1 to 1; no bounds for a class of fewer than 3 pieces. */
  readonly delta: Estimate
}

/** One channel's contrast between the classes. */
export interface ChannelContrast {
  readonly address: string
  readonly layer: string
  readonly channel: number
  /** Epsilon squared of Kruskal–Wallis: the share of the differences in rank that classes explain. Null for a channel that never differs. */
  readonly effect: Estimate | null
  /** What that share is on average when labels mean nothing: far above 0 where classes are many and small. */
  readonly effectByChance: number | null
  /** Eta squared of the piece means themselves. */
  readonly etaSquared: number | null
  readonly standsOut: StandingOut | null
  /** Of the permutation test on `effect`, (b + 1)/(m + 1). */
  readonly p: number
  /** Benjamini–Hochberg over all channels of the table. */
  readonly q: number
}

/** The same table with labels that mean nothing: how often anything would be found. */
export interface ShuffledControl {
  readonly shuffles: number
  /** Shuffles in which at least one channel had a q below the level. */
  readonly withFindings: number
  /** Channels below the level in each shuffle. */
  readonly found: readonly number[]
}

export interface Contrasts {
  readonly run: string
  readonly field: ContrastField
  /** Null: all layers. */
  readonly layer: string | null
  readonly shuffle: Shuffle
  /** Taken out of the piece means before the test: ink, staff space, names of page fields. */
  readonly without: readonly string[]
  readonly permutations: number
  readonly seed: number
  /** A q below this counts as found. */
  readonly level: number
  readonly pieces: number
  readonly classes: readonly { readonly name: string; readonly pieces: number }[]
  /** Classes left out because they have a single piece. */
  readonly leftOut: readonly string[]
  /** How the bounds of effects and deltas were found. */
  readonly interval: { readonly name: string; readonly level: number; readonly resamples: number }
  /** Channels with a q below the level. */
  readonly found: number
  readonly control: ShuffledControl
  /** Smallest p first; of equals the largest effect over chance. */
  readonly channels: readonly ChannelContrast[]
  /** In plain words: what was found, beside the control. */
  readonly sentence: string
  /** What weakens the result, in plain sentences. */
  readonly remarks: readonly string[]
  readonly weightsSha256: string | null
  readonly seconds: number
  readonly finishedAt: string
}

/** One piece as a dot of a strip plot. */
export interface PieceMean {
  readonly style: string
  readonly composer: string
  readonly piece: string
  readonly samples: number
  readonly mean: number
  readonly maximum: number
}

export interface ClassMean {
  readonly name: string
  readonly pieces: number
  /** Mean of the piece means, with its interval over pieces; no bounds for fewer than 3 pieces. */
  readonly mean: Estimate
}

export interface ChannelProfile {
  readonly address: string
  readonly layer: string
  readonly channel: number
  readonly pieces: readonly PieceMean[]
  readonly byStyle: readonly ClassMean[]
  readonly byComposer: readonly ClassMean[]
  /** Its row of the contrasts that were computed last, by style and by composer; null where there are none yet. */
  readonly contrasts: Readonly<Record<ContrastField, ChannelContrast | null>>
}

/** Which numbers of a channel on each sample are compared. */
export const ACTIVATION_PATTERNS = ['mean', 'maximum'] as const
export type ActivationPattern = (typeof ACTIVATION_PATTERNS)[number]
export const CORRELATIONS = ['pearson', 'spearman'] as const
export type Correlation = (typeof CORRELATIONS)[number]

/** How a kernel was turned to match another: sign, quarter turns counter-clockwise, shift in weights. */
export interface KernelAlignment {
  /** Cosine of the aligned kernels, over the window of both: 1 for the same kernel. */
  readonly similarity: number
  readonly sign: 1 | -1
  readonly quarterTurns: 0 | 1 | 2 | 3
  readonly shiftRows: number
  readonly shiftColumns: number
}

export interface ClusterMember {
  readonly address: string
  readonly run: string
  readonly layer: string
  readonly channel: number
  /** Mean similarity of its activation pattern to the other members'. */
  readonly similarity: number
  /** Its kernel against the kernel of the first member that has a comparable one; null where none is comparable. */
  readonly kernel: (KernelAlignment & { readonly with: string }) | null
  /** Samples that excite it most, strongest first. */
  readonly examples: readonly number[]
}

/** Channels that answer alike. */
export interface FeatureCluster {
  readonly cluster: number
  readonly members: readonly ClusterMember[]
  /** Runs with a member in it. */
  readonly runs: number
  /** Share of all channels that are members. */
  readonly prevalence: number
  /** Over all pairs of members. */
  readonly meanSimilarity: number
  readonly inEncoder: boolean
  readonly inDecoder: boolean
  /** Samples that excite the cluster as a whole most, strongest first. */
  readonly examples: readonly number[]
}

/** How many channels of one run find a partner in another, beside networks that were never trained. */
export interface PairRecurrence {
  readonly run: string
  readonly other: string
  /** Channels of `run` that are not silent. */
  readonly channels: number
  readonly recurring: number
  readonly share: Estimate
  /** The same between the two networks before training, at the same threshold. */
  readonly untrained: Estimate
  /** Share of the trained run's channels that find a partner in the other network before training. */
  readonly foundUntrained: Estimate
  /** Share less `untrained`, on the same draws of pieces: above 0, training makes channels recur. */
  readonly beyondUntrained: Estimate
}

/** How often a channel is found again. */
export interface ChannelStability {
  readonly address: string
  readonly run: string
  readonly layer: string
  readonly channel: number
  /** Runs, its own included, in which it or a partner is found, of how many. */
  readonly foundIn: number
  readonly of: number
  /** Its best partner in any other run; null where it is silent. */
  readonly partner: string | null
  readonly similarity: number | null
  /** The same channel's best similarity to any channel of the other runs before training. */
  readonly untrainedSimilarity: number | null
  readonly cluster: number | null
}

export interface Recurrence {
  readonly recurrence: number
  readonly runs: readonly { readonly run: string; readonly name: string; readonly seed: number }[]
  readonly layer: string | null
  readonly pattern: ActivationPattern
  readonly correlation: Correlation
  /** What was taken out of every pattern before comparing. */
  readonly adjusted: string
  readonly samples: number
  readonly pieces: number
  readonly threshold: number
  /** In words: given, or chosen against the control. */
  readonly thresholdFrom: string
  readonly pairs: readonly PairRecurrence[]
  /** Over all ordered pairs of runs; null for a single run. */
  readonly overall: Omit<PairRecurrence, 'run' | 'other'> | null
  readonly interval: { readonly name: string; readonly level: number; readonly resamples: number }
  /** Most runs first, then most members. Channels that are alone are not listed, nor those alone with themselves pooled. */
  readonly clusters: readonly FeatureCluster[]
  readonly stability: readonly ChannelStability[]
  /** Pairs of kernels of one layer that are the same but for sign, quarter turns and shift. */
  readonly duplicateKernels: readonly (KernelAlignment & { readonly one: string; readonly other: string })[]
  /** Channels left out because they never differ. */
  readonly silent: readonly string[]
  readonly sentence: string
  readonly remarks: readonly string[]
  readonly seed: number
  readonly seconds: number
  readonly finishedAt: string
}

/** A recurrence in a list. */
export interface RecurrenceSummary extends Pick<
  Recurrence,
  'recurrence' | 'runs' | 'layer' | 'pattern' | 'threshold' | 'sentence' | 'finishedAt'
> {
  readonly clusters: number
}
