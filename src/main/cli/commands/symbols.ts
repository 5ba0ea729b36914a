import type { ChannelLiking } from '@shared/domain/symbols'
import { askAfter } from '../computed-first'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface SymbolsOptions {
  readonly run: string
  readonly layer?: string
  readonly json?: boolean
}

export const addSymbols: AddCommand = (program, run) => {
  program
    .command('symbols')
    .description('what each channel answers to most on a sheet of engraved single symbols')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .option('--layer <layer>', 'only this layer, e.g. encoder-1-1 or bottleneck')
    .option(...JSON_OPTION)
    .action((project: string, { run: trained, layer, ...options }: SymbolsOptions) =>
      run(async (session) => {
        await openProject(session, project)
        const request = layer === undefined ? { run: trained } : { run: trained, layer }
        const { symbols } = session.api
        const missing = {
          code: 'symbols/not-measured',
          compute: () => symbols.measure({ run: trained }),
        } as const
        const likings = await askAfter(session, missing, () => symbols.likings(request))
        await session.console.result(likings, (all) => all.map(describe))
      }, options),
    )
}

function describe({ layer, channel, symbol, selectivity }: ChannelLiking): string {
  const liked =
    symbol === null
      ? 'no symbol'
      : `${symbol.name} (${Math.round(selectivity * 100)} % of its answers go to: ${symbol.group})`
  return `${layer}/${String(channel)}\t${liked}`
}
