/** The command line's entry: wiring only. */
import { assembleCore, versionOf } from './assemble'
import { runCommandLine } from './cli/index'
import { isChatter } from './cli/tensorflow-chatter'

/** As shells report a process that Ctrl-C ended. */
const INTERRUPTED_EXIT_CODE = 130

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The first one asks; the second one means it.
    if (interruption.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE)
    interruption.abort()
  })
}
// The reader of a pipe may leave early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

void runCommandLine({
  arguments: process.argv.slice(2),
  version: versionOf(__dirname),
  streams: { output: process.stdout, errors: process.stderr, elapsedMs: () => performance.now() },
  assemble: () =>
    assembleCore({
      entryFolder: __dirname,
      featuresAfterTraining: false,
      log: (line) => {
        if (!isChatter(line)) process.stderr.write(`${line}\n`)
      },
    }),
  signal: interruption.signal,
}).then((exitCode) => process.exit(exitCode))
