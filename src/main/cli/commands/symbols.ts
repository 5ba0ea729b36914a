import type { ChannelLiking } from '@shared/domain/symbols'
import { AppError } from '@shared/errors'
import { follow, openProject, type Session } from '../session'
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
        await session.console.result(await read(session, request), (all) => all.map(describe))
      }, options),
    )
}

/** Shows the sheet to the model first where that was not done yet. */
async function read(
  session: Session,
  request: { readonly run: string; readonly layer?: string },
): Promise<readonly ChannelLiking[]> {
  const { symbols } = session.api
  try {
    return await symbols.likings(request)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'symbols/not-measured') throw error
    await follow(session, await symbols.measure({ run: request.run }))
    return symbols.likings(request)
  }
}

function describe({ layer, channel, symbol, selectivity }: ChannelLiking): string {
  const liked =
    symbol === null
      ? 'no symbol'
      : `${symbol.name} (${Math.round(selectivity * 100)} % of its answers go to: ${symbol.group})`
  return `${layer}/${String(channel)}\t${liked}`
}
