/** Copies of a catalogue and a repair, made up. */
import type { CatalogueCopies, CatalogueCopy, RepairReport } from '@shared/domain/repair'

const COUNTS = { pages: 373, pieces: 121, sampleSets: 2, runs: 3, edits: 48 }

export function fakeCopy(day: number): CatalogueCopy {
  const stamp = `2025-11-${String(day).padStart(2, '0')}`
  return {
    name: `project-schema13-${stamp}T090000-000Z.sqlite`,
    madeAt: `${stamp}T09:00:00.000Z`,
    sizeBytes: 1_400_000,
    schema: 13,
    problem: null,
    counts: { ...COUNTS, edits: day },
  }
}

export function fakeCopies(): CatalogueCopies {
  return { folder: '', problem: null, recoverable: true, backups: [fakeCopy(2), fakeCopy(1)] }
}

export function fakeRepair(folder: string, backup: string | null): RepairReport {
  return {
    folder,
    backup,
    aside: 'set-aside-2025-11-23T120000-000Z',
    counts: COUNTS,
    tables:
      backup === null
        ? [
            { table: 'pages', saved: 373, lost: 0 },
            { table: 'page_fields', saved: 1490, lost: 12 },
            { table: 'edit_changes', saved: 400, lost: null },
          ]
        : [],
    unknown: ['samples/3.u8'],
    remarks: [],
  }
}
