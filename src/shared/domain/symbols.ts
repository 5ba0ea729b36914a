/** The probe sheet: engraved single symbols, and what each channel of a model answers to them. */

export interface SheetSymbol {
  /** e.g. notehead-black */
  readonly id: string
  readonly name: string
  /** e.g. notehead, stem, beam, text: what a researcher may name a channel after. */
  readonly group: string
}

/** One picture of the sheet: a symbol alone on white. */
export interface SheetPicture {
  /** From 1; picture 0 is blank. */
  readonly index: number
  /** Place in `symbols`. */
  readonly symbol: number
  /** Place in `spaces`. */
  readonly space: number
  /** By how many crop pixels it was moved from the middle, so that no answer hangs on one place of the pooling grid. */
  readonly shiftX: number
  readonly shiftY: number
}

export interface SymbolSheet {
  readonly sampleSet: number
  /** Side of the pictures, that of the set's crops. */
  readonly size: number
  /** Staff spaces in crop pixels at which every symbol is drawn: as small, usual and large as on the set's pages. */
  readonly spaces: readonly number[]
  /** False where no staff could be measured, so that the usual tenth of an inch was taken. */
  readonly spacesMeasured: boolean
  readonly symbols: readonly SheetSymbol[]
  readonly pictures: readonly SheetPicture[]
}

/** What one channel answers to one symbol, beyond what it does on blank paper. */
export interface SymbolResponse {
  readonly symbol: SheetSymbol
  /**
   * Activation that the symbol adds, summed over the map, for each black pixel of it: mean over sizes and shifts. Per
   * ink, as otherwise every channel would like what is largest and blackest. May be negative.
   */
  readonly response: number
  /** The same without dividing by ink. */
  readonly total: number
  /** `response` over the channel's largest absolute response, in [−1,1]; 0 for a channel that answers to nothing. */
  readonly relative: number
  /** In the order of the sheet's spaces. */
  readonly bySpace: readonly number[]
  /** Standard deviation over shifts, averaged over sizes: how much the answer hangs on the exact place. */
  readonly shiftDeviation: number
  /** The picture that is answered most. */
  readonly picture: number
}

export interface ChannelResponses {
  readonly run: string
  readonly layer: string
  readonly channel: number
  /** Mean activation over the map of blank paper. */
  readonly blank: number
  /** Strongest first. */
  readonly responses: readonly SymbolResponse[]
  /** What it likes, in one sentence. */
  readonly sentence: string
}

/** The symbol that a channel answers to most. */
export interface ChannelLiking {
  readonly layer: string
  readonly channel: number
  /** Null for a channel that answers to no symbol with more activation. */
  readonly symbol: SheetSymbol | null
  /** Share of all added activation that goes to symbols of that one's group, in [0,1]: 1 answers to nothing else. */
  readonly selectivity: number
}

export interface SymbolReport {
  readonly run: string
  readonly pictures: number
  readonly channels: number
  readonly seconds: number
}
