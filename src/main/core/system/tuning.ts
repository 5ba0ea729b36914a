/** Finds by short measurement, and remembers, how TensorFlow is best set up on this machine. */
import type { ComputeApi } from '@shared/compute-api'
import type { RuntimeSettings, TuningCandidate, TuningReport } from '@shared/domain/system'
import { AppError, throwIfCancelled } from '@shared/errors'
import type { Remote } from '@shared/remote'
import type { Clock, ComputeProcess, JobContext, LaunchCompute } from '../ports'
import { type Hardware, hardwareKey, machineKey } from './machine'
import { choose, reasonFor, threadCandidates, variants } from './tuning-choice'
import type { TuningRecords } from './tuning-records'
import {
  createYardstick,
  QUICK_YARDSTICK,
  STUDY_YARDSTICK,
  type Yardstick,
  type YardstickModel,
} from './yardstick'

export interface TuningDependencies {
  readonly launchCompute: LaunchCompute
  readonly records: TuningRecords
  readonly clock: Clock
  readonly hardware: Hardware
  /** What is trained to measure; the presets' models unless tests say otherwise. */
  readonly models?: { readonly quick: YardstickModel; readonly thorough: YardstickModel }
}

/** Shorter runs would be over before a measurement has paid. */
const STEPS_WORTH_MEASURING = 300
/** After this, no further setting is tried by the short measurement. */
const QUICK_BUDGET_MS = 20_000

export class Tuning {
  /** TensorFlow's version, once a process has told it. */
  private tensorflow: string | null = null

  constructor(private readonly dependencies: TuningDependencies) {}

  /** What was measured here, if it was and still holds. */
  current(): TuningReport | null {
    const { records, hardware } = this.dependencies
    const { tensorflow } = this
    if (tensorflow !== null) {
      const wanted = machineKey(hardware, tensorflow)
      return records.find((machine) => machine === wanted)
    }
    const ours = `${hardwareKey(hardware)}, `
    return records.find((machine) => machine.startsWith(ours))
  }

  /** Says which TensorFlow is used, so that what was measured with another is not. */
  learn(tensorflow: string | null): void {
    if (tensorflow !== null) this.tensorflow = tensorflow
  }

  /** The same launcher, with what was measured wherever a launch leaves it open. */
  readonly launch: LaunchCompute = (launch) => {
    const chosen = this.current()?.chosen
    if (chosen === undefined) return this.dependencies.launchCompute(launch)
    const { threads, allocator } = chosen
    return this.dependencies.launchCompute({ allocator, ...launch, threads: launch.threads ?? threads })
  }

  /**
   * Measures before a long run on a machine that was not measured yet.
   * @param process of that run, which tells the TensorFlow that is used
   * @returns whether it was measured just now, so that the process should be started anew
   * @throws Cancelled, AppError system/nothing-to-tune
   */
  async measureFirst(
    { steps, process }: { readonly steps: number; readonly process: ComputeProcess },
    context: JobContext,
  ): Promise<boolean> {
    const { backend, tensorflow } = await process.api.device.describe()
    this.learn(tensorflow)
    if (backend === 'js' || steps < STEPS_WORTH_MEASURING || this.current() !== null) return false
    await this.measure({ thorough: false, label: 'Measuring this machine, once' }, context)
    return true
  }

  /** @throws Cancelled, AppError system/nothing-to-tune */
  async measure(
    options: { readonly thorough: boolean; readonly label: string },
    context: JobContext,
  ): Promise<TuningReport> {
    const { clock, hardware, records, models } = this.dependencies
    const [quick, thorough] = [models?.quick ?? QUICK_YARDSTICK, models?.thorough ?? STUDY_YARDSTICK]
    const yardstick = createYardstick(options.thorough ? thorough : quick)
    try {
      const candidates = await this.measureAll(yardstick, options, context)
      const chosen = choose(candidates)
      if (chosen === null || this.tensorflow === null)
        throw AppError.of('system/nothing-to-tune', {
          reason: candidates[0]?.problem ?? 'nothing was measured',
        })
      const report: TuningReport = {
        machine: machineKey(hardware, this.tensorflow),
        measuredAt: clock.now().toISOString(),
        candidates,
        chosen: chosen.settings,
        reason: reasonFor(chosen, candidates),
      }
      records.keep(report)
      return report
    } finally {
      yardstick.remove()
    }
  }

  /** Threads first, then what can be had on top of the best number of them. */
  private async measureAll(
    yardstick: Yardstick,
    { thorough, label }: { readonly thorough: boolean; readonly label: string },
    context: JobContext,
  ): Promise<readonly TuningCandidate[]> {
    const { clock, hardware } = this.dependencies
    const startMs = clock.elapsedMs()
    const byThreads = threadCandidates(hardware.cores)
    const total = byThreads.length + (thorough ? 2 : 1)
    const measured: TuningCandidate[] = []
    const measureEach = async (settings: readonly RuntimeSettings[]): Promise<void> => {
      for (const one of settings) {
        const spent = clock.elapsedMs() - startMs
        if (!thorough && measured.length > 0 && spent > QUICK_BUDGET_MS) return
        context.progress({ label, done: measured.length, total })
        measured.push(await this.measureOne(one, yardstick, context.signal))
      }
    }
    await measureEach(byThreads)
    const best = choose(measured)
    if (best !== null) await measureEach(variants(best.settings, thorough))
    context.progress({ label, done: total, total })
    return measured
  }

  /** Each in a process of its own: TensorFlow reads these settings once. */
  private async measureOne(
    settings: RuntimeSettings,
    { plan, sampleFile, steps }: Yardstick,
    signal: AbortSignal,
  ): Promise<TuningCandidate> {
    throwIfCancelled(signal)
    const process = await this.dependencies.launchCompute({ ...settings, doing: 'measuring this machine' })
    try {
      await this.requireTensorflow(process.api)
      const timed = { ...plan, threads: settings.threads }
      const measured = await process.api.training.measure({ plan: timed, sampleFile, steps }, { signal })
      const { secondsPerStep, firstStepSeconds, peakMemoryBytes } = measured
      return { settings, secondsPerStep, firstStepSeconds, peakMemoryBytes, problem: null }
    } catch (error) {
      // Such as too little memory, or a crash of the compiler: that setting is out, others may do.
      if (!(error instanceof AppError) || error.code === 'system/nothing-to-tune') throw error
      return { settings, secondsPerStep: 0, firstStepSeconds: 0, peakMemoryBytes: 0, problem: error.message }
    } finally {
      await process.stop()
    }
  }

  private async requireTensorflow(api: Remote<ComputeApi>): Promise<void> {
    const { backend, tensorflow, origin } = await api.device.describe()
    if (backend === 'js') throw AppError.of('system/nothing-to-tune', { reason: origin.replace(/\.$/, '') })
    this.learn(tensorflow)
  }
}
