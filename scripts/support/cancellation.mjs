const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Does work that can be broken off with Ctrl-C: the first signal aborts, so that the work can clean up behind itself;
 * a second one ends the process at once.
 * @template Result
 * @param {(signal: AbortSignal) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function cancellable(work) {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  try {
    return await work(controller.signal)
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal)
  }
}
