/** Which settings are worth a measurement, and which of the measured ones to take. */
import type { RuntimeSettings, TuningCandidate } from '@shared/domain/system'

/** Closer than this, times differ by chance: memory decides. */
const EQUAL_SHARE = 0.05
/** What fewer threads must gain: when other programs are busy for a moment, they look better than they are. */
const FEWER_THREADS_GAIN = 0.15
/** How much less memory counts as less. */
const LESS_MEMORY = 0.1
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

/**
 * The fastest, where fewer threads have to be clearly faster; of those as fast, one with clearly less memory. Null where
 * nothing could be measured.
 */
export function choose(candidates: readonly TuningCandidate[]): TuningCandidate | null {
  const measured = candidates.filter(({ problem }) => problem === null)
  const plain = leanOfFastest(measured.filter(({ settings }) => !settings.xla))
  const compiled = leanOfFastest(measured.filter(({ settings }) => settings.xla))
  if (plain === null || compiled === null) return plain ?? compiled
  return compiled.secondsPerStep < plain.secondsPerStep * (1 - XLA_GAIN) ? compiled : plain
}

function leanOfFastest(candidates: readonly TuningCandidate[]): TuningCandidate | null {
  const most = Math.max(...candidates.map(({ settings }) => settings.threads ?? Infinity))
  const judged = (one: TuningCandidate): number =>
    one.secondsPerStep / ((one.settings.threads ?? Infinity) < most ? 1 - FEWER_THREADS_GAIN : 1)
  const [fastest, ...others] = [...candidates].sort((one, other) => judged(one) - judged(other))
  if (fastest === undefined) return null
  const asFast = others.filter((one) => judged(one) <= judged(fastest) * (1 + EQUAL_SHARE))
  return asFast.reduce(
    (best, one) => (one.peakMemoryBytes < best.peakMemoryBytes * (1 - LESS_MEMORY) ? one : best),
    fastest,
  )
}

/** One sentence on why these. */
export function reasonFor(chosen: TuningCandidate, candidates: readonly TuningCandidate[]): string {
  const others = candidates.filter((one) => one !== chosen && one.problem === null)
  const what = `${describeSettings(chosen.settings)}: ${seconds(chosen.secondsPerStep)} per step`
  if (others.length === 0) return `${what}; nothing else could be measured.`
  const fastest = Math.min(...others.map(({ secondsPerStep }) => secondsPerStep))
  const slowest = Math.max(...others.map(({ secondsPerStep }) => secondsPerStep))
  if (chosen.secondsPerStep > fastest) return `${what}; ${whyNotFastest(chosen, others)}.`
  const gain = Math.round((1 - chosen.secondsPerStep / slowest) * 100)
  return `${what}, the fastest of ${others.length + 1} settings and ${gain} % below the slowest.`
}

/** Why one was taken although another came out faster. */
function whyNotFastest(chosen: TuningCandidate, others: readonly TuningCandidate[]): string {
  const faster = others.filter(({ secondsPerStep }) => secondsPerStep < chosen.secondsPerStep)
  const lean = faster.every(({ peakMemoryBytes }) => peakMemoryBytes > chosen.peakMemoryBytes)
  if (lean)
    return `what was faster was so by chance and took more memory (this: ${gigabytes(chosen.peakMemoryBytes)})`
  return 'what was faster was not clearly so'
}

function describeSettings({ threads, allocator, xla }: RuntimeSettings): string {
  const count =
    threads === null ? 'TensorFlow’s choice of threads' : `${threads} ${threads === 1 ? 'thread' : 'threads'}`
  const memory = allocator === 'bfc' ? 'TensorFlow’s own pool of memory' : 'the system’s allocator'
  return `${count} with ${memory}${xla ? ' and XLA' : ''}`
}

const seconds = (value: number): string => `${value.toPrecision(2)} s`
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
