/** Everything a script tells the person goes to standard error: standard output belongs to results. */
export const say = (line) => process.stderr.write(`${line}\n`)

/** A failure with one sentence for the person: what, which, and what to do. Never a stack trace. */
export class PlainFailure extends Error {}

export const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`

/**
 * One line that is redrawn on a terminal, and at most one line per `everyMs` elsewhere (a log, CI).
 * @returns {{show: (text: string) => void, end: () => void}}
 */
export function progressLine(everyMs = 5_000) {
  const terminal = process.stderr.isTTY === true
  let lastShownMs = Date.now()
  return {
    show(text) {
      if (terminal) process.stderr.write(`\r\u001b[K${text}`)
      else if (Date.now() - lastShownMs >= everyMs) {
        lastShownMs = Date.now()
        say(text)
      }
    },
    end() {
      if (terminal) process.stderr.write('\r\u001b[K')
    },
  }
}

/** Runs a script's main function: a PlainFailure becomes its sentence and exit code 1, a bug its stack and 3. */
export async function runMain(main) {
  try {
    const code = await main()
    process.exitCode = code ?? 0
  } catch (error) {
    say(error instanceof PlainFailure ? error.message : (error?.stack ?? String(error)))
    process.exitCode = error instanceof PlainFailure ? 1 : 3
  }
}
