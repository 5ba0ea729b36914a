/** A run's baselines, measured once on its own held-out crops. */
import type { Baselines, RunPlan } from '@shared/domain/run'
import { openSampleStore } from '../../storage/sample-store'

/** Scores trivial predictors on the held-out crops; from statistics, given by core/parts.ts. */
export type MeasureBaselines = (
  request: {
    readonly read: (indices: readonly number[]) => Uint8Array
    readonly cropSize: number
    readonly inputSize: number
    readonly train: readonly number[]
    readonly validation: readonly number[]
  },
  signal: AbortSignal,
) => Promise<Baselines>

/** @throws Cancelled, AppError sampling/store-damaged */
export async function baselinesOf(
  plan: RunPlan,
  sampleFile: string,
  { measure, signal }: { readonly measure: MeasureBaselines; readonly signal: AbortSignal },
): Promise<Baselines> {
  const store = openSampleStore(sampleFile)
  try {
    const { train, validation } = plan.split
    const { inputSize } = plan.architecture
    const read = (indices: readonly number[]): Uint8Array => store.read(indices)
    return await measure({ read, cropSize: plan.sampleSet.size, inputSize, train, validation }, signal)
  } finally {
    store.close()
  }
}
