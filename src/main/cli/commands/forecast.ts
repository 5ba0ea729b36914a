import type { Forecast, ForecastGroup, SurveyReport } from '@shared/domain/sampling-rules'
import { describeRefusals } from '@shared/domain/refusal-words'
import { follow, openProject, type Session } from '../session'
import { type AddCommand, JSON_OPTION } from './command'
import { addRuleOptions, type RuleOptions, rulesFrom } from './sampling-rules'

interface ForecastOptions extends RuleOptions {
  readonly by?: string
  readonly json?: boolean
}

type ForecastResult = Forecast & Pick<SurveyReport, 'unreadable'>

export const addForecast: AddCommand = (program, run) => {
  addRuleOptions(
    program
      .command('forecast')
      .description('what sampling by such rules would give, without writing it; measures the pages first')
      .argument('<project>'),
  )
    .option('--by <field>', 'style, composer, piece, or a field of pages (composer)')
    .option(...JSON_OPTION)
    .action((project: string, options: ForecastOptions) =>
      run(async (session) => {
        await openProject(session, project)
        const { json: _, by, ...given } = options
        const rules = rulesFrom(given)
        const { unreadable } = await surveyed(session, rules)
        const forecast = await session.api.sampling.forecast({
          ...rules,
          ...(by === undefined ? {} : { by }),
        })
        await session.console.result({ ...forecast, unreadable }, describeForecast)
      }, options),
    )
}

/** Measures the pages where that has not been done with such rules. */
async function surveyed(session: Session, rules: ReturnType<typeof rulesFrom>): Promise<SurveyReport> {
  const { seed, size, triesPerPage, background } = rules
  const key = { seed, size, triesPerPage, background }
  const state = await session.api.sampling.surveyState(key)
  if (state.surveyed === state.pages) return state
  return follow(session, await session.api.sampling.survey(key))
}

function describeForecast({
  pages,
  surveyed: known,
  excludedPages,
  total,
  groups,
  unreadable,
}: ForecastResult) {
  return [
    ...groups.map((group) => `${group.name === '' ? '(none)' : group.name}: ${describeGroup(group)}`),
    `All: ${describeGroup(total)}`,
    ...(known < pages ? [`${pages - known} of ${pages} pages could not be measured`] : []),
    ...(excludedPages === 0 ? [] : [`${excludedPages} pages are left out by hand`]),
    ...unreadable.map(({ file, reason }) => `${file}: ${reason}`),
  ]
}

function describeGroup({ pages, draws, refused, crops, shortPages }: ForecastGroup): string {
  const reasons = describeRefusals(refused)
  return `${crops} samples of ${pages} pages in ${draws} draws, ${shortPages} pages short${reasons === '' ? '' : ` (${reasons})`}`
}
