/** Copies of a project's catalogue, and what became of a catalogue that was repaired. */

export interface CatalogueCopies {
  /** Absolute path of the project folder. */
  readonly folder: string
  /** What can be seen to be wrong with the catalogue's file without reading all of it; null: nothing. */
  readonly problem: string | null
  /** The catalogue's file can be opened at least, so that something of it may be read. */
  readonly recoverable: boolean
  /** Newest first. */
  readonly backups: readonly CatalogueCopy[]
}

export interface CatalogueCopy {
  /** Its file's name in the project's folder of copies. */
  readonly name: string
  readonly madeAt: string
  readonly sizeBytes: number
  readonly schema: number
  /** Why it cannot be restored; null when it was checked and is whole. */
  readonly problem: string | null
  /** null where it cannot be read. */
  readonly counts: CopyCounts | null
}

/** What a catalogue holds. */
export interface CopyCounts {
  readonly pages: number
  readonly pieces: number
  readonly sampleSets: number
  readonly runs: number
  readonly edits: number
}

export interface RepairReport {
  /** Absolute path of the project folder. */
  readonly folder: string
  /** The copy that was restored; null: what could be read of the catalogue itself was. */
  readonly backup: string | null
  /** Where the catalogue's files of before are now, relative to the project folder; null where there were none. */
  readonly aside: string | null
  readonly counts: CopyCounts
  /** Of a recovery: tables in the order of their names, those that were empty left out. */
  readonly tables: readonly RecoveredTable[]
  /** Things on disk that the catalogue does not know: kept, not deleted; relative to the project folder. */
  readonly unknown: readonly string[]
  /** What else changed, in whole sentences. */
  readonly remarks: readonly string[]
}

export interface RecoveredTable {
  readonly table: string
  /** Rows. */
  readonly saved: number
  /** Rows; null where nothing says how many there were. */
  readonly lost: number | null
}
