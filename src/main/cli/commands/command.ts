/** One command of the command line. */
import type { Command } from 'commander'
import type { Session } from '../session'

/** Runs a command's work with a session and turns its end into output and an exit code. */
export type Run = (
  work: (session: Session) => Promise<void>,
  options: { readonly json?: boolean },
) => Promise<void>

/** Adds a command to the program. */
export type AddCommand = (program: Command, run: Run) => void

/** The option that every command has. */
export const JSON_OPTION = ['--json', 'one JSON value on standard output at the end'] as const
