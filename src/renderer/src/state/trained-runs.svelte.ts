/** Runs that can be looked into: those with weights, newest first. */
import type { RunSummary } from '@shared/domain/run'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class TrainedRuns extends Loadable<readonly RunSummary[]> {
  constructor(private readonly application: Application) {
    super()
  }

  async refresh(): Promise<void> {
    await this.load(async (signal) => {
      const runs = await this.application.api.training.runs(undefined, { signal })
      const trained = runs.filter((run) => run.hasWeights)
      return trained.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
    })
  }

  /** The chosen one, else the newest whose features are computed, else the newest. */
  pick(chosen: string | undefined): RunSummary | null {
    const runs = this.value ?? []
    return runs.find((run) => run.run === chosen) ?? runs.find((run) => run.featuresReady) ?? runs[0] ?? null
  }

  computeFeatures(run: RunSummary | null): void {
    if (run === null) return
    const { api, toasts } = this.application
    toasts.watch(api.exploration.computeFeatures({ run: run.run }))
  }
}
