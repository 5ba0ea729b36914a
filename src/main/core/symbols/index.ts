/** The probe sheet: engraved single symbols, and what the channels of a run answer to them. */
import { describeArchitecture } from '@shared/domain/architecture'
import { requireLayer } from '@shared/domain/layers'
import type { EncodedPicture, LocalApi } from '@shared/api'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleSet, StaffSpaceSummary } from '@shared/domain/sample-set'
import type { SymbolReport, SymbolSheet } from '@shared/domain/symbols'
import { AppError } from '@shared/errors'
import { refusingFailedWrites } from '../../storage/write-problem'
import type { Clock, JobContext, Jobs, LaunchCompute, ProjectAccess } from '../ports'
import { channelResponses, likingOf, type MeasuredSheet, type PlacedChannel } from './responses'
import { readResponses, writeResponses } from './response-file'
import { drawSheet, measureInk, planSheet, sheetFile, SHEET_VERSION } from './sheet'

export interface SymbolsDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly launchCompute: LaunchCompute
  readonly runs: {
    readonly summary: (run: string) => RunSummary
    readonly plan: (run: string) => RunPlan
    readonly folder: (run: string) => string
    readonly requireWeights: (run: string) => void
  }
  readonly samples: {
    set(sampleSet: number): SampleSet
    staffSpaces(sampleSet: number, signal: AbortSignal): Promise<StaffSpaceSummary>
  }
  /** One picture of a sample store. */
  readonly readPicture: (path: string, index: number) => Promise<EncodedPicture>
}

export interface Symbols {
  readonly api: LocalApi['symbols']
  /** @throws AppError sampling/set-unknown, sampling/index-unknown */
  readPicture(
    picture: { readonly sampleSet: number; readonly index: number },
    signal: AbortSignal,
  ): Promise<EncodedPicture>
}

const LABEL = 'Showing the probe sheet'

export function createSymbols(dependencies: SymbolsDependencies): Symbols {
  const desk = new SymbolsDesk(dependencies)
  return {
    api: {
      sheet: async ({ sampleSet }, { signal }) => (await desk.sheet(sampleSet, signal)).sheet,
      measure({ run }) {
        dependencies.runs.requireWeights(dependencies.runs.plan(run).run)
        return dependencies.jobs.start('symbols', { label: LABEL, subject: run }, (context) =>
          desk.measure(run, context),
        )
      },
      async responses({ run, layer, channel }, { signal }) {
        const placed = desk.channel(run, layer, channel)
        return channelResponses(run, placed, await desk.measured(run, signal))
      },
      async likings({ run, layer }, { signal }) {
        const measured = await desk.measured(run, signal)
        const placed = desk.channels(run, layer)
        return placed.map((one) => likingOf(channelResponses(run, one, measured)))
      },
    },
    readPicture: async ({ sampleSet, index }, signal) =>
      dependencies.readPicture((await desk.sheet(sampleSet, signal)).path, index),
  }
}

class SymbolsDesk {
  constructor(private readonly dependencies: SymbolsDependencies) {}

  async sheet(sampleSet: number, signal: AbortSignal): Promise<{ sheet: SymbolSheet; path: string }> {
    const { projects, samples } = this.dependencies
    const project = projects.required()
    const sheet = planSheet(samples.set(sampleSet), await samples.staffSpaces(sampleSet, signal))
    const path = project.path('symbols', sheetFile(sheet))
    await refusingFailedWrites(project.folder, () => drawSheet(path, sheet, signal))
    return { sheet, path }
  }

  async measure(run: string, context: JobContext): Promise<SymbolReport> {
    const { clock, launchCompute, runs } = this.dependencies
    const started = clock.elapsedMs()
    const plan = runs.plan(run)
    const { sheet, path } = await this.sheet(plan.sampleSet.id, context.signal)
    const total = sheet.pictures.length + 1
    context.progress({ label: LABEL, done: 0, total })
    const process = await launchCompute({ threads: plan.threads, doing: `showing symbols to run ${run}` })
    const unsubscribe = process.on('compute/features-progress', ({ done }) => {
      context.progress({ label: LABEL, done, total })
    })
    try {
      const tables = await process.api.model.respond(
        {
          plan,
          runFolder: runs.folder(run),
          sampleFile: path,
          indices: Array.from({ length: total }, (_, index) => index),
        },
        { signal: context.signal },
      )
      const measured = { ...tables, ink: measureInk(path) }
      writeResponses(runs.folder(run), measured, this.identity(run, sheet))
      return {
        run,
        pictures: total,
        channels: tables.channels,
        seconds: (clock.elapsedMs() - started) / 1000,
      }
    } finally {
      unsubscribe()
      await process.stop()
    }
  }

  /** @throws AppError symbols/not-measured */
  async measured(run: string, signal: AbortSignal): Promise<MeasuredSheet> {
    const { runs, samples } = this.dependencies
    const { id } = runs.plan(run).sampleSet
    const sheet = planSheet(samples.set(id), await samples.staffSpaces(id, signal))
    const tables = readResponses(runs.folder(run), this.identity(run, sheet))
    if (tables === null) throw AppError.of('symbols/not-measured', { run })
    return { sheet, tables }
  }

  /**
   * Channels in the order of the tables' columns: all, or those of one layer.
   * @throws AppError exploration/layer-unknown
   */
  channels(run: string, only?: string): readonly PlacedChannel[] {
    const { layers } = describeArchitecture(this.dependencies.runs.plan(run).architecture)
    const placed = layers
      .flatMap((layer) => Array.from({ length: layer.channels }, (_, channel) => ({ layer, channel })))
      .map((one, column) => ({ ...one, column }))
    if (only === undefined) return placed
    const { name } = requireLayer(layers, only)
    return placed.filter(({ layer }) => layer.name === name)
  }

  /** @throws AppError exploration/layer-unknown, exploration/channel-unknown */
  channel(run: string, layer: string, channel: number): PlacedChannel {
    const placed = this.channels(run, layer)
    const found = placed[channel]
    if (found !== undefined) return found
    throw AppError.of('exploration/channel-unknown', { layer, channel, channels: placed.length })
  }

  /** Responses are those of these weights to this sheet, or none. */
  private identity(run: string, sheet: SymbolSheet): Readonly<Record<string, unknown>> {
    const { weightsSha256 } = this.dependencies.runs.summary(run)
    return { version: SHEET_VERSION, sheet: sheetFile(sheet), weightsSha256 }
  }
}
