/** A project: one folder ending in .scorescope. */
export interface ProjectSummary {
  /** Absolute path of the project folder; shown to the user, never used to address pictures. */
  readonly folder: string
  readonly name: string
  /** Made from the engraved demo corpus. */
  readonly synthetic: boolean
  readonly counts: CorpusCounts & { readonly sampleSets: number; readonly runs: number }
}

export interface CorpusCounts {
  readonly styles: number
  readonly composers: number
  readonly pieces: number
  readonly pages: number
}

export interface RecentProject {
  readonly folder: string
  readonly name: string
  readonly openedAt: string
  /** The folder is still there. */
  readonly exists: boolean
}
