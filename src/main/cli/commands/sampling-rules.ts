/** The options that say which crops are drawn, for drawing and for forecasting alike. */
import type { Command } from 'commander'
import type { RequestInput } from '@shared/requests'
import { decimalNumber, wholeNumber } from '../numbers'

type Rules = Omit<RequestInput<'sampling', 'draw'>, 'name'>

/** As they come from the command line. */
export type RuleOptions = Omit<Rules, 'triesPerPage'> & { readonly tries?: number }

export function addRuleOptions(command: Command): Command {
  return command
    .requiredOption('--seed <n>', 'the same pages, settings and seed give the same samples', wholeNumber)
    .option('--per-page <n>', 'samples per page (5)', wholeNumber)
    .option('--size <pixels>', 'side of the square samples (448)', wholeNumber)
    .option('--whiteness <limit>', 'refuse samples whose mean pixel in [0,1] is above (0.9)', decimalNumber)
    .option('--tries <n>', 'draws per page before giving up (500)', wholeNumber)
    .option('--minimum-ink <share>', 'refuse samples of which less is ink, in [0,1) (0)', decimalNumber)
    .option('--margin <share>', 'keep free along the edges, of the shorter side of a page (0)', decimalNumber)
    .option('--background <how>', 'as-is, or paper: make the paper white before anything is judged (as-is)')
    .option('--balance <by>', 'as many samples of each style or composer: none, style or composer (none)')
    .option('--where <query>', 'only pages that this search finds')
}

export function rulesFrom({ tries, ...options }: RuleOptions): Rules {
  return tries === undefined ? options : { ...options, triesPerPage: tries }
}
