import { toWire } from '@shared/errors'
import type { Outcome } from '@shared/wire'

/** How work ended, as data. A bug is told to `onBug` with its stack; the other two kinds are the asker's business. */
export async function outcomeOf(
  work: () => unknown,
  onBug: (error: unknown) => void = () => undefined,
): Promise<Outcome> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    const wire = toWire(error)
    if (wire.kind === 'bug') onBug(error)
    return { ok: false, error: wire }
  }
}
