import { resolve } from 'node:path'

/** The project named on a command line (`scorescope.app PROJECT`), as an absolute path, or null. */
export function projectArgument(args: readonly string[], workingFolder: string): string | null {
  const named = args.findLast((argument) => !argument.startsWith('-') && /\.scorescope[/\\]?$/.test(argument))
  return named === undefined ? null : resolve(workingFolder, named)
}
