/** How much memory a training may take. */
import { freemem } from 'node:os'

/** What can be had without swapping: MemAvailable on Linux, and no more than a container or batch system allows. */
export function freeMemoryBytes(): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(freemem(), allowed) : freemem()
}
