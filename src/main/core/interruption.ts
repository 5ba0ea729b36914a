/** Why long work is asked to end: because someone cancelled it, or because the project is being closed. */

/** The reason of a job's signal when its project closes: keep what can be gone on from. */
export class ProjectClosing extends Error {
  override readonly name = 'AbortError'

  constructor() {
    super('The project is being closed.')
  }
}

/** True when work ends because its project closes, not because someone wanted it gone. */
export function isClosing(signal: AbortSignal): boolean {
  return signal.reason instanceof ProjectClosing
}
