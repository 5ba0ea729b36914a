import { readFileSync } from 'node:fs'

/** The most memory that this process has held resident so far. */
export function peakMemoryBytes(): number {
  // resourceUsage() would do, but on Linux it starts with what the parent held when it forked.
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : ''
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS
  return Number(kilobytes) * 1024
}
