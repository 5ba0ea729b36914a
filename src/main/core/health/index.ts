/** Health of the corpus: pages are measured once, and what is unusual is found among the measures. */
import type { LocalApi } from '@shared/api'
import {
  HEALTH_CHECKS,
  type HealthCheck,
  type HealthFinding,
  type HealthSummary,
} from '@shared/domain/health'
import type { Page } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import { HEALTH_METHOD } from '../../numerics/page-health/measure'
import type { Clock, Jobs, PageLooks, ProjectAccess } from '../ports'
import { checkHealth } from './check'
import { COPIES_ALIKE, exactCopies, type Found, nearCopies, settledAs } from './copies'
import {
  contentOf,
  forgetDecision,
  lastMeasuredAt,
  listDecisions,
  listLikenesses,
  listPagesToJudge,
  type PageToJudge,
  storeDecision,
} from './health-records'
import { findUnusual } from './unusual'

export interface HealthDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly looks: PageLooks
  /** @throws AppError corpus/page-unknown */
  readonly page: (page: number) => Page
}

export function createHealth(dependencies: HealthDependencies): { readonly api: LocalApi['health'] } {
  const { jobs } = dependencies
  const desk = new HealthDesk(dependencies)
  return {
    api: {
      check: () =>
        jobs.start('health', { label: 'Measuring pages', subject: null }, (context) => desk.check(context)),
      summary: () => desk.summary(),
      findings({ check, decided, offset, limit }) {
        const found = desk.found(check).filter(({ settled }) => decided || settled === null)
        return { total: found.length, items: found.slice(offset, offset + limit).map(desk.described) }
      },
      decide: ({ check, pages }) => desk.decide(check, pages, true),
      undecide: ({ check, pages }) => desk.decide(check, pages, false),
    },
  }
}

type Judged = Found & Pick<HealthFinding, 'check' | 'settled'>

class HealthDesk {
  constructor(private readonly dependencies: HealthDependencies) {}

  check(context: Parameters<typeof checkHealth>[1]): ReturnType<typeof checkHealth> {
    const { projects, clock, looks } = this.dependencies
    return checkHealth({ project: projects.required(), clock, looks }, context)
  }

  summary(): HealthSummary {
    const pages = this.pages()
    const measured = pages.filter(({ measures }) => measures !== null)
    return {
      pages: pages.length,
      measured: measured.length,
      uncompared: measured.filter(({ measures }) => measures?.compared === false).length,
      checkedAt: lastMeasuredAt(this.database()),
      checks: HEALTH_CHECKS.map((check) => {
        const found = this.found(check, pages)
        return {
          check,
          found: found.length,
          undecided: found.filter(({ settled }) => settled === null).length,
        }
      }),
    }
  }

  /** The most unusual first. */
  found(check: HealthCheck, pages = this.pages()): readonly Judged[] {
    const fine = listDecisions(this.database(), check)
    return this.lookFor(check, pages).map((found) => ({
      ...found,
      check,
      settled: settledAs(check, found.pages, fine),
    }))
  }

  readonly described = (found: Judged): HealthFinding => ({
    ...found,
    pages: found.pages.map(({ id }) => this.dependencies.page(id)),
  })

  /** @throws AppError corpus/page-unknown */
  decide(check: HealthCheck, ids: readonly number[], fine: boolean): HealthSummary {
    const byId = new Map(this.pages().map((page) => [page.id, page]))
    const pages = ids.map((page) => {
      const known = byId.get(page)
      if (known === undefined) throw AppError.of('corpus/page-unknown', { page })
      return known
    })
    const content = contentOf(pages)
    const decidedAt = this.dependencies.clock.now().toISOString()
    if (fine) storeDecision(this.database(), { check, content, decidedAt })
    else forgetDecision(this.database(), check, content)
    return this.summary()
  }

  private lookFor(check: HealthCheck, pages: readonly PageToJudge[]): readonly Found[] {
    if (check === 'exact-copies') return exactCopies(pages)
    if (check === 'near-copies')
      return nearCopies(pages, listLikenesses(this.database(), HEALTH_METHOD, COPIES_ALIKE))
    return findUnusual(check, pages)
  }

  private pages(): readonly PageToJudge[] {
    return listPagesToJudge(this.database(), HEALTH_METHOD)
  }

  private database() {
    return this.dependencies.projects.required().database
  }
}
