/** Health as the window asks for it: two copies and one blurred page, decided in memory. */
import type { LocalApi } from '@shared/api'
import { HEALTH_CHECKS, type HealthFinding, type HealthSummary } from '@shared/domain/health'
import type { FakeEngine } from './fake-engine'

export function healthApi(engine: FakeEngine): LocalApi['health'] {
  const fine = new Set<string>()
  const all = (): readonly HealthFinding[] => {
    const finding = (check: HealthFinding['check'], from: number, evidence: string): HealthFinding => ({
      check,
      pages: engine.pages.slice(from, check === 'near-copies' ? from + 2 : from + 1),
      value: 0.9,
      distance: null,
      evidence,
      settled: fine.has(check) ? 'fine' : null,
    })
    return [
      finding('near-copies', 0, 'Laid over one another, the print of the two agrees to 90 %.'),
      finding('blur', 4, 'Blurred: edges of strokes are 6.1 pixels wide, usually 2.3.'),
    ]
  }
  const summary = (): HealthSummary => ({
    pages: engine.pages.length,
    measured: engine.pages.length,
    uncompared: 0,
    checkedAt: '2026-03-01T10:00:00.000Z',
    checks: HEALTH_CHECKS.map((check) => {
      const found = all().filter((one) => one.check === check)
      return {
        check,
        found: found.length,
        undecided: found.filter(({ settled }) => settled === null).length,
      }
    }),
  })
  return {
    check: () => ({ job: engine.startJob('health', 'Measuring pages').job, kind: 'health' }),
    summary,
    findings({ check, decided }) {
      const items = all().filter((one) => one.check === check && (decided || one.settled === null))
      return { total: items.length, items }
    },
    decide({ check }) {
      fine.add(check)
      return summary()
    },
    undecide({ check }) {
      fine.delete(check)
      return summary()
    },
  }
}
