/** Numbers, sizes and times as the window writes them. */

/** 12,345 */
export function formatCount(count: number): string {
  return count.toLocaleString('en-GB')
}

/** "1 page", "12 pages" */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

/** "120 of 373"; empty while the whole is unknown. */
export function formatAmount(done: number, total: number): string {
  return total > 0 ? `${formatCount(Math.floor(done))} of ${formatCount(total)}` : ''
}

/** "42 %"; empty while the whole is unknown. */
export function formatShare(done: number, total: number): string {
  return total > 0 ? `${Math.floor((100 * done) / total)} %` : ''
}

/** "71 %" of a share in [0,1]. */
export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** 3.4 MB, in powers of 1000 as file managers count. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`
}

/** "40 s", "3 min 20 s", "2 h 5 min" */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600)
    return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** "about 3 min left"; empty while unknown. Rounded, so that it does not flicker. */
export function formatTimeLeft(secondsLeft: number | null): string {
  if (secondsLeft === null) return ''
  if (secondsLeft < 5) return 'a few seconds left'
  if (secondsLeft < 60) return `about ${Math.ceil(secondsLeft / 5) * 5} s left`
  if (secondsLeft < 3600) return `about ${Math.ceil(secondsLeft / 60)} min left`
  return `about ${formatDuration(Math.ceil(secondsLeft / 600) * 600)} left`
}

/** 24 Nov 2025, 08:14 */
export function formatDate(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
}
