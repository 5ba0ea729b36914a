import {
  HEALTH_CHECKS,
  type HealthFinding,
  type HealthReport,
  type HealthSummary,
} from '@shared/domain/health'
import { follow, openProject, type Session } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface HealthOptions {
  readonly decided?: boolean
  readonly json?: boolean
}

/** Findings that are asked for at once, and those of one check that are said in words; JSON gives all. */
const ASKED = 500
const SAID = 20

export const addHealth: AddCommand = (program, run) => {
  program
    .command('health')
    .description('checks all pages: copies, pages without music, blurred, askew and other unusual ones')
    .argument('<project>')
    .option('--decided', 'list also findings that are decided')
    .option(...JSON_OPTION)
    .action((project: string, { decided = false, json }: HealthOptions) =>
      run(
        async (session) => {
          await openProject(session, project)
          const report = await follow(session, await session.api.health.check())
          const summary = await session.api.health.summary()
          const findings = await listFindings(session, decided)
          await session.console.result({ report, summary, findings }, describeHealth)
        },
        json === undefined ? {} : { json },
      ),
    )
}

async function listFindings({ api }: Session, decided: boolean): Promise<readonly HealthFinding[]> {
  const all: HealthFinding[] = []
  for (const check of HEALTH_CHECKS) {
    let [offset, total] = [0, 1]
    while (offset < total) {
      const listed = await api.health.findings({ check, decided, offset, limit: ASKED })
      all.push(...listed.items)
      total = listed.total
      offset += ASKED
    }
  }
  return all
}

interface Health {
  readonly report: HealthReport
  readonly summary: HealthSummary
  readonly findings: readonly HealthFinding[]
}

function describeHealth({ report, summary, findings }: Health): readonly string[] {
  const { measured, known, refused } = report
  return [
    `${String(measured + known)} of ${String(summary.pages)} pages measured, ${String(known)} of them earlier.`,
    ...refused.map(({ file, reason }) => `${file}\tnot measured: ${reason}`),
    ...summary.checks.flatMap(({ check, found, undecided }) => {
      const listed = findings.filter((finding) => finding.check === check)
      return [
        `${check}\t${String(found)} found, ${String(undecided)} undecided`,
        ...listed.slice(0, SAID).map(describeFinding),
        ...(listed.length > SAID ? [`  … and ${String(listed.length - SAID)} more: --json gives all.`] : []),
      ]
    }),
  ]
}

function describeFinding({ pages, evidence, settled }: HealthFinding): string {
  const decision = settled === null ? '' : `\t(${settled})`
  return `  ${pages.map(({ file }) => file).join(' = ')}\t${evidence}${decision}`
}
