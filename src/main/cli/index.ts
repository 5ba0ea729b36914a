/** The command line: `scorescope <command>`. Everything here asks the core; nothing is known here. */
import { Command, CommanderError } from 'commander'
import type { AssembledCore } from '../assemble'
import { addAblate } from './commands/ablate'
import { addCatalogue } from './commands/catalogue'
import { addConsolidate } from './commands/consolidate'
import { addContrasts } from './commands/contrasts'
import { addCrop } from './commands/crop'
import type { Run } from './commands/command'
import { addDemo } from './commands/demo'
import { addDoctor } from './commands/doctor'
import { addExport } from './commands/export'
import { addEvaluate, addLeaks } from './commands/evaluate'
import { addFeatures } from './commands/features'
import { addFiles } from './commands/files'
import { addForecast } from './commands/forecast'
import { addHealth } from './commands/health'
import { addImport } from './commands/import'
import { addImportModel } from './commands/import-model'
import { addMap } from './commands/map'
import { addNames } from './commands/names'
import { addPages } from './commands/pages'
import { addProbe } from './commands/probe'
import { addRecur } from './commands/recur'
import { addReconstruct } from './commands/reconstruct'
import { addBackup, addRepair } from './commands/repair'
import { addDescribeRun, addPrune, addRuns } from './commands/runs'
import { addCompareSamples, addSample } from './commands/sample'
import { addSeries } from './commands/series'
import { addServe } from './commands/serve'
import { addSymbols } from './commands/symbols'
import { addTrain } from './commands/train'
import { addTune } from './commands/tune'
import { Console, type Streams } from './console'
import { failureOf } from './failure'

export interface CommandLine {
  /** Without Node and the script. */
  readonly arguments: readonly string[]
  readonly version: string
  readonly streams: Streams
  /** Starts the core; only commands that need it do. */
  readonly assemble: () => AssembledCore
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
}

const COMMANDS = [
  addDoctor,
  addDemo,
  addImport,
  addPages,
  addCatalogue,
  addFiles,
  addConsolidate,
  addHealth,
  addSample,
  addForecast,
  addCompareSamples,
  addCrop,
  addTrain,
  addSeries,
  addRuns,
  addDescribeRun,
  addPrune,
  addEvaluate,
  addLeaks,
  addReconstruct,
  addFeatures,
  addContrasts,
  addRecur,
  addNames,
  addAblate,
  addSymbols,
  addMap,
  addProbe,
  addExport,
  addImportModel,
  addTune,
  addBackup,
  addRepair,
  addServe,
]

/** Runs one command to its end. Returns the exit code: 0 done, 1 refused with a reason, 2 usage, 3 a bug. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const wantsJson = line.arguments.includes('--json')
  let exitCode = 0
  const fail = async (error: unknown, console: Console): Promise<void> => {
    const { exitCode: code, stack, ...said } = failureOf(error)
    exitCode = code
    console.say(stack ?? said.message)
    if (wantsJson) await console.result({ error: { code: said.code, message: said.message } }, () => [])
  }
  const program = createProgram(line, async (work, { json }) => {
    const console = new Console(json === true, line.streams)
    const assembled = line.assemble()
    try {
      await work({ api: assembled.core.api, console, assembled, signal: line.signal })
    } catch (error) {
      await fail(error, console)
    } finally {
      console.endProgress()
      await assembled.core.close()
    }
  })
  try {
    await program.parseAsync(line.arguments, { from: 'user' })
  } catch (error) {
    // Help and version end parsing as if it had failed.
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // Without a command the help was shown.
    if (error instanceof CommanderError && error.code === 'commander.help') return 2
    await fail(error, new Console(wantsJson, line.streams))
  }
  return exitCode
}

function createProgram({ version, streams }: CommandLine, run: Run): Command {
  const program = new Command('scorescope')
    .description('A desktop microscope for sheet music, from the command line.')
    .version(version)
    .helpOption('--help', 'show help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.output.write(text),
      writeErr: (text) => streams.errors.write(text),
      // Said once, with the exit code, by whoever catches it.
      outputError: () => undefined,
    })
    .showHelpAfterError(false)
  for (const add of COMMANDS) add(program, run)
  for (const command of program.commands) command.helpOption('--help', 'show help')
  return program
}
