/** Which settings are worth a measurement, and which of the measured ones to take. */
import type { RuntimeSettings, TuningCandidate } from '@shared/domain/system'

/** Closer than this, times differ by chance: memory decides. */
const EQUAL_SHARE = 0.05
/** What XLA must gain: it makes first steps long, doubles memory and changes results in their last digits. */
const XLA_GAIN = 0.1

/** One, half and all of the cores, each with TensorFlow's pool. */
export function threadCandidates(cores: number): readonly RuntimeSettings[] {
  const counts = [...new Set([cores, Math.ceil(cores / 2), 1])]
  return counts.map((threads) => ({ threads, allocator: 'bfc', xla: false }))
}

/** What is tried on top of the best number of threads. */
export function variants(best: RuntimeSettings, thorough: boolean): readonly RuntimeSettings[] {
  const system: RuntimeSettings = { ...best, allocator: 'system' }
  return thorough ? [system, { ...best, xla: true }] : [system]
}

/** The fastest; of those as fast, the one with the least memory. Null where nothing could be measured. */
export function choose(candidates: readonly TuningCandidate[]): TuningCandidate | null {
  const measured = candidates.filter(({ problem }) => problem === null)
  const plain = leastOfFastest(measured.filter(({ settings }) => !settings.xla))
  const compiled = leastOfFastest(measured.filter(({ settings }) => settings.xla))
  if (plain === null || compiled === null) return plain ?? compiled
  return compiled.secondsPerStep < plain.secondsPerStep * (1 - XLA_GAIN) ? compiled : plain
}

function leastOfFastest(candidates: readonly TuningCandidate[]): TuningCandidate | null {
  const fastest = Math.min(...candidates.map(({ secondsPerStep }) => secondsPerStep))
  const asFast = candidates.filter(({ secondsPerStep }) => secondsPerStep <= fastest * (1 + EQUAL_SHARE))
  const [first, ...others] = asFast
  if (first === undefined) return null
  return others.reduce((best, one) => (one.peakMemoryBytes < best.peakMemoryBytes ? one : best), first)
}

/** One sentence on why these. */
export function reasonFor(chosen: TuningCandidate, candidates: readonly TuningCandidate[]): string {
  const others = candidates.filter((one) => one !== chosen && one.problem === null)
  const what = `${describeSettings(chosen.settings)}: ${seconds(chosen.secondsPerStep)} per step`
  if (others.length === 0) return `${what}; nothing else could be measured.`
  const fastest = Math.min(...others.map(({ secondsPerStep }) => secondsPerStep))
  const slowest = Math.max(...others.map(({ secondsPerStep }) => secondsPerStep))
  if (chosen.secondsPerStep > fastest)
    return `${what}, as fast as any to within ${EQUAL_SHARE * 100} %, with the least memory (${gigabytes(chosen.peakMemoryBytes)}).`
  const gain = Math.round((1 - chosen.secondsPerStep / slowest) * 100)
  return `${what}, the fastest of ${others.length + 1} settings and ${gain} % below the slowest.`
}

function describeSettings({ threads, allocator, xla }: RuntimeSettings): string {
  const count =
    threads === null ? 'TensorFlow’s choice of threads' : `${threads} ${threads === 1 ? 'thread' : 'threads'}`
  const memory = allocator === 'bfc' ? 'TensorFlow’s own pool of memory' : 'the system’s allocator'
  return `${count} with ${memory}${xla ? ' and XLA' : ''}`
}

const seconds = (value: number): string => `${value.toPrecision(2)} s`
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
