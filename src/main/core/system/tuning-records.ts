/** What was measured, in one small file of the settings folder; several machines may share a home. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TuningReport } from '@shared/domain/system'
import { writeFileAtomically } from '../../storage/atomic-file'

const FILE = 'tuning.json'
const VERSION = 1
const KEPT = 10

export interface TuningRecords {
  /** The newest whose machine is accepted. */
  find(accepts: (machine: string) => boolean): TuningReport | null
  /** Takes the place of what was measured for the same machine. */
  keep(report: TuningReport): void
}

export function createTuningRecords(settingsFolder: string, log: (line: string) => void): TuningRecords {
  const path = join(settingsFolder, FILE)
  return {
    find: (accepts) => readReports(path, log).find(({ machine }) => accepts(machine)) ?? null,
    keep(report) {
      const others = readReports(path, log).filter(({ machine }) => machine !== report.machine)
      mkdirSync(settingsFolder, { recursive: true })
      const content = { version: VERSION, reports: [report, ...others].slice(0, KEPT) }
      writeFileAtomically(path, `${JSON.stringify(content, null, 2)}\n`)
    },
  }
}

/** Unreadable or unknown content is as good as none: it is measured anew and written over. */
function readReports(path: string, log: (line: string) => void): readonly TuningReport[] {
  if (!existsSync(path)) return []
  try {
    const { version, reports } = JSON.parse(readFileSync(path, 'utf8')) as {
      version?: unknown
      reports?: unknown
    }
    if (version === VERSION && Array.isArray(reports) && reports.every(isReport)) return reports
    log(`What was measured on this machine is not in a form that this Scorescope knows: ${path} is ignored.`)
  } catch (error) {
    log(`What was measured on this machine cannot be read (${String(error)}): ${path} is ignored.`)
  }
  return []
}

function isReport(value: unknown): value is TuningReport {
  if (typeof value !== 'object' || value === null) return false
  const { machine, chosen, candidates } = value as Partial<Record<keyof TuningReport, unknown>>
  return typeof machine === 'string' && isSettings(chosen) && Array.isArray(candidates)
}

function isSettings(value: unknown): value is TuningReport['chosen'] {
  if (typeof value !== 'object' || value === null) return false
  const { threads, allocator, xla } = value as Partial<Record<keyof TuningReport['chosen'], unknown>>
  const counted = threads === null || (Number.isInteger(threads) && Number(threads) > 0)
  return counted && (allocator === 'system' || allocator === 'bfc') && typeof xla === 'boolean'
}
