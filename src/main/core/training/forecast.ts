/** What a training will cost on this machine, from a few real steps. */
import type { StepMeasurement } from '@shared/compute-api'
import { describeArchitecture } from '@shared/domain/architecture'
import type { Forecast, RunPlan } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import { freeDiskBytes } from '../../storage/free-space'
import type { OpenProject } from '../ports'
import { validationSteps } from './pace'
import { type PlannedRun, stepsPerEpoch } from './plan'

/** Steps to time; the first, which warms up, is not counted. */
export const MEASURED_STEPS = 2

/** Weights and Adam's two moments, four bytes each. */
const CHECKPOINT_BYTES_PER_PARAMETER = 12
/** Fixed held-out crops whose reconstructions are kept after each epoch, at most. */
const RECONSTRUCTIONS = 8
const DAY_SECONDS = 24 * 60 * 60

/** A plan, and how many of its checkpoints are kept. */
export interface PlannedCosts {
  readonly plan: RunPlan
  readonly keepCheckpoints: number
}

/** Bytes that a run will add to the project folder, roughly. */
function diskBytesOf({ plan, keepCheckpoints }: PlannedCosts): number {
  const { parameters } = describeArchitecture(plan.architecture)
  // Those kept, perhaps an older best one, and the one being written.
  const checkpoints = Math.min(keepCheckpoints, plan.optimizer.epochs + 1) + 2
  const pictures = 2 * RECONSTRUCTIONS * plan.architecture.inputSize ** 2 * plan.optimizer.epochs
  return parameters * CHECKPOINT_BYTES_PER_PARAMETER * checkpoints + pictures
}

/** @throws AppError training/no-space */
export function requireDiskSpace(project: OpenProject, planned: readonly PlannedCosts[]): void {
  const needBytes = planned.map(diskBytesOf).reduce((sum, bytes) => sum + bytes, 0)
  const freeBytes = freeDiskBytes(project.folder)
  if (needBytes > freeBytes)
    throw AppError.of('training/no-space', { needBytes, freeBytes, folder: project.folder })
}

/** Projects measured steps to the whole run, and warns in words. */
export function makeForecast(
  planned: PlannedRun & PlannedCosts,
  measured: StepMeasurement,
  circumstances: {
    readonly project: OpenProject
    readonly freeMemoryBytes: number
    readonly otherRunTraining: boolean
  },
): Forecast {
  const { plan } = planned
  const steps = stepsPerEpoch(plan)
  const forecast = {
    secondsPerStep: measured.secondsPerStep,
    stepsPerEpoch: steps,
    totalSeconds: plan.optimizer.epochs * (steps + validationSteps(plan)) * measured.secondsPerStep,
    peakMemoryBytes: measured.peakMemoryBytes,
    freeMemoryBytes: circumstances.freeMemoryBytes,
    diskBytes: diskBytesOf(planned),
    freeDiskBytes: freeDiskBytes(circumstances.project.folder),
    backend: measured.backend,
  }
  const { otherRunTraining } = circumstances
  const warnings = warningsFor(forecast, { plan, otherRunTraining })
  return { ...forecast, warnings: [...planned.warnings, ...warnings] }
}

function warningsFor(
  forecast: Omit<Forecast, 'warnings'>,
  { plan, otherRunTraining }: { readonly plan: RunPlan; readonly otherRunTraining: boolean },
): readonly string[] {
  const remedy = plan.optimizer.microBatch > 1 ? 'smaller micro-batches' : 'fewer filters'
  const { peakMemoryBytes, freeMemoryBytes, diskBytes, freeDiskBytes, totalSeconds, backend } = forecast
  const warnings = [
    backend === 'js'
      ? 'TensorFlow’s native library is not available here, so training runs in JavaScript, many times slower: choose a smaller input and fewer filters, or run "scorescope doctor" to see what is missing.'
      : null,
    peakMemoryBytes > freeMemoryBytes
      ? `Training needs about ${gigabytes(peakMemoryBytes)} GB of memory and ${gigabytes(freeMemoryBytes)} GB are free: choose ${remedy} or a smaller input.`
      : null,
    diskBytes > freeDiskBytes
      ? `Training needs about ${gigabytes(diskBytes)} GB of disk space and ${gigabytes(freeDiskBytes)} GB are free: free some space first.`
      : null,
    totalSeconds > DAY_SECONDS
      ? `This will take about ${(totalSeconds / DAY_SECONDS).toFixed(1)} days on this machine: fewer epochs, fewer samples or the quick preset take less.`
      : null,
    otherRunTraining
      ? 'Another run is training now, so these steps were slower than they will be alone.'
      : null,
  ]
  return warnings.filter((warning) => warning !== null)
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}
