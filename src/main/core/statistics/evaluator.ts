/** Scores one run on its held-out crops, beside its baselines. */
import { setImmediate } from 'node:timers/promises'
import type { ModelReference } from '@shared/compute-api'
import { describeArchitecture } from '@shared/domain/architecture'
import {
  type ClassificationScores,
  type Evaluation,
  type LeakReport,
  optimismOf,
  type Predictor,
  PREDICTORS,
  type PredictorScores,
} from '@shared/domain/evaluation'
import { reduceByArea } from '@shared/domain/reduction'
import type { RunPlan } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError, throwIfCancelled } from '@shared/errors'
import { openSampleStore, type SampleStore } from '../../storage/sample-store'
import type { ComputeProcess, JobContext } from '../ports'
import { ClusterBootstrap } from '../../numerics/bootstrap'
import type { ByteMatrix } from '../../numerics/byte-products'
import { classificationScores } from './classification-scores'
import { blockPainter, constantPainter, type Painter, pcaCrops, pcaPainter } from './painters'
import { ScoreSheet, type ScoredCrop, scoredCrop } from './score-sheet'

export interface EvaluatorInputs extends ModelReference {
  /** All samples of the run's set, in order of their index. */
  readonly samples: readonly SampleWithPage[]
  readonly leaks: LeakReport
  readonly process: ComputeProcess
  readonly context: JobContext
}

/** Crops per call: as many pixels as two crops of 448 × 448, at most 32. */
const PIXELS_TOGETHER = 2 * 448 * 448
const CROPS_TOGETHER = 32
/** Below this many pieces a bootstrap knows too little to be relied on. */
const FEW_PIECES = 10

export class Evaluator {
  private readonly plan: RunPlan
  private readonly store: SampleStore
  private readonly side: number
  private readonly heldOut: readonly number[]
  private weightsSha256 = ''

  /** @throws AppError evaluation/nothing-held-out, sampling/store-damaged */
  constructor(private readonly inputs: EvaluatorInputs) {
    this.plan = inputs.plan
    this.heldOut = inputs.plan.split.validation
    if (this.heldOut.length === 0) throw AppError.of('evaluation/nothing-held-out', { run: inputs.plan.run })
    this.side = inputs.plan.architecture.inputSize
    this.store = openSampleStore(inputs.sampleFile)
  }

  /** @throws Cancelled, AppError training/no-checkpoint, process/exited, sampling/store-damaged */
  async evaluate(): Promise<Omit<Evaluation, 'seconds' | 'finishedAt'>> {
    const { plan, heldOut } = this
    const { by, fraction, stratify, trainOnly, train } = plan.split
    try {
      const painters = [this.modelPainter('model'), ...(await this.baselinePainters())]
      const sheets = await this.scoreAll(painters)
      const bootstrap = new ClusterBootstrap(
        heldOut.map((index) => this.pieceOf(index)),
        { seed: plan.seed },
      )
      return {
        format: 1,
        run: plan.run,
        weightsSha256: this.weightsSha256,
        inputSize: this.side,
        split: {
          by,
          fraction,
          ...(stratify === undefined ? {} : { stratify }),
          ...(trainOnly === undefined ? {} : { trainOnly }),
          train: train.length,
          validation: heldOut.length,
        },
        optimistic: optimismOf({ by, train: train.length }),
        leaks: this.inputs.leaks,
        interval: bootstrap.method,
        predictors: painters
          .map((painter) => describeScores(painter, sheets, bootstrap))
          .sort((a, b) => PREDICTORS.indexOf(a.predictor) - PREDICTORS.indexOf(b.predictor)),
        crops: sheetOf(sheets, 'model').perCrop(heldOut),
        classification: await this.classification(),
        remarks: this.remarks(bootstrap.method.units),
      }
    } finally {
      this.store.close()
    }
  }

  private async baselinePainters(): Promise<readonly Painter[]> {
    const blocks = ([2, 4, 8] as const).map((block) => blockPainter(block, this.side))
    const { train } = this.plan.split
    const untrained = this.modelPainter('untrained')
    if (train.length === 0) return [...blocks, untrained]
    let sum = 0
    for (const some of this.portions(train, 'Looking at training crops'))
      for (const byte of (await some).bytes) sum += byte
    const constant = constantPainter(sum / (train.length * this.side ** 2))
    // One crop has no direction in which it varies.
    if (train.length === 1) return [...blocks, constant, untrained]
    return [await this.pca(), ...blocks, constant, untrained]
  }

  private async pca(): Promise<Painter> {
    const { train } = this.plan.split
    const crops = pcaCrops(train.length, this.side ** 2)
    // Evenly spread, so that every page has its share.
    const chosen = Array.from(
      { length: crops },
      (_, at) => train[Math.floor((at * train.length) / crops)] ?? 0,
    )
    const { context } = this.inputs
    context.progress({ label: `Fitting PCA on ${crops} crops`, done: 0, total: 1 })
    const { numbers: codeNumbers } = describeArchitecture(this.plan.architecture).bottleneck
    return pcaPainter(this.read(chosen), { codeNumbers, available: train.length }, this.pause)
  }

  private modelPainter(predictor: 'model' | 'untrained'): Painter {
    const { process, context, plan, runFolder, sampleFile } = this.inputs
    const { numbers: codeNumbers } = describeArchitecture(plan.architecture).bottleneck
    let next = 0
    return {
      predictor,
      name: predictor === 'model' ? 'this model' : 'the untrained network',
      codeNumbers,
      remark:
        predictor === 'model'
          ? null
          : 'The same architecture with the weights that training of this seed starts from, its batch norm as it starts.',
      paint: async ({ rows }) => {
        // Portions come in the order of the held-out crops.
        const indices = this.heldOut.slice(next, next + rows)
        next += rows
        const reply = await process.api.model.reconstructMany(
          { plan, runFolder, sampleFile, indices, untrained: predictor === 'untrained' },
          { signal: context.signal },
        )
        if (predictor === 'model') this.weightsSha256 = reply.weightsSha256
        return reply.reconstructions
      },
    }
  }

  /** The untrained network has a pass of its own, so that the process loads each set of weights once. */
  private async scoreAll(painters: readonly Painter[]): Promise<ReadonlyMap<Predictor, ScoreSheet>> {
    const sheets = new Map(
      painters.map(({ predictor }) => [predictor, new ScoreSheet(this.heldOut.length, this.side)]),
    )
    const untrained = painters.filter(({ predictor }) => predictor === 'untrained')
    const others = painters.filter(({ predictor }) => predictor !== 'untrained')
    await this.scorePass(others, sheets, 'Scoring held-out crops')
    await this.scorePass(untrained, sheets, 'Scoring the untrained network')
    return sheets
  }

  private async scorePass(
    painters: readonly Painter[],
    sheets: ReadonlyMap<Predictor, ScoreSheet>,
    label: string,
  ): Promise<void> {
    let done = 0
    for (const portion of this.portions(this.heldOut, label)) {
      const crops = await portion
      const originals = Array.from({ length: crops.rows }, (_, row) =>
        scoredCrop(crops.bytes.subarray(row * crops.length, (row + 1) * crops.length), this.side),
      )
      for (const painter of painters) {
        const painted = await painter.paint(crops, this.pause)
        await this.enter(sheetOf(sheets, painter.predictor), originals, { painted, from: done })
      }
      done += crops.rows
    }
  }

  private async enter(
    sheet: ScoreSheet,
    originals: readonly ScoredCrop[],
    { painted, from }: { readonly painted: Float32Array; readonly from: number },
  ): Promise<void> {
    const length = this.side ** 2
    for (const [row, original] of originals.entries()) {
      sheet.score(from + row, original, painted.subarray(row * length, (row + 1) * length))
      await this.pause()
    }
  }

  private async classification(): Promise<ClassificationScores | null> {
    const { process, context, plan, runFolder, sampleFile, samples } = this.inputs
    const { head } = plan.architecture
    const labels = plan.labels ?? []
    const labelled = this.heldOut.filter((index) => (labels[index] ?? -1) >= 0)
    if (head === null || labelled.length === 0) return null
    const predicted: number[] = []
    const each = this.together
    for (let from = 0; from < labelled.length; from += each) {
      context.progress({ label: 'Classifying held-out crops', done: from, total: labelled.length })
      await this.pause()
      const indices = labelled.slice(from, from + each)
      const request = { plan, runFolder, sampleFile, indices }
      predicted.push(...(await process.api.model.classify(request, { signal: context.signal })))
    }
    const crops = labelled.map((index, at) => {
      const page = samples[index]?.page ?? 0
      return {
        index,
        truth: labels[index] ?? 0,
        predicted: predicted[at] ?? 0,
        page,
        piece: this.pieceOf(index),
      }
    })
    const trainLabels = plan.split.train.map((index) => labels[index] ?? -1)
    return classificationScores({
      field: head.field,
      classes: head.classes,
      crops,
      trainLabels,
      seed: plan.seed,
    })
  }

  private remarks(pieces: number): readonly string[] {
    const { by, trainOnly = [] } = this.plan.split
    return [
      ...(pieces < 2 ? ['The held-out crops are of a single piece, so there are no intervals.'] : []),
      ...(pieces >= 2 && pieces < FEW_PIECES
        ? [`The held-out crops are of only ${pieces} pieces: intervals from so few are too narrow.`]
        : []),
      ...(trainOnly.length > 0
        ? [`Nothing was held out of ${trainOnly.join(', ')}, which had a single ${by}.`]
        : []),
      ...(this.side < 11 ? ['SSIM needs crops of at least 11 pixels and was left out.'] : []),
    ]
  }

  private get together(): number {
    return Math.max(1, Math.min(CROPS_TOGETHER, Math.floor(PIXELS_TOGETHER / this.side ** 2)))
  }

  /** Crops a few at a time, saying how far it is. */
  private *portions(indices: readonly number[], label: string): Generator<Promise<ByteMatrix>> {
    const each = this.together
    for (let from = 0; from < indices.length; from += each) {
      this.inputs.context.progress({ label, done: from, total: indices.length })
      yield this.pause().then(() => this.read(indices.slice(from, from + each)))
    }
  }

  private read(indices: readonly number[]): ByteMatrix {
    const length = this.side ** 2
    const bytes = new Uint8Array(indices.length * length)
    for (const [row, index] of indices.entries()) {
      const crop = this.store.read([index])
      bytes.set(reduceByArea(crop, { cropSize: this.store.size, inputSize: this.side }), row * length)
    }
    return { rows: indices.length, length, bytes }
  }

  private readonly pause = async (): Promise<void> => {
    throwIfCancelled(this.inputs.context.signal)
    await setImmediate()
  }

  private pieceOf(index: number): string {
    const sample = this.inputs.samples[index]
    return JSON.stringify([sample?.style, sample?.composer, sample?.piece])
  }
}

function sheetOf(sheets: ReadonlyMap<Predictor, ScoreSheet>, predictor: Predictor): ScoreSheet {
  const sheet = sheets.get(predictor)
  if (sheet === undefined) throw new RangeError(`Nothing was scored for ${predictor}.`)
  return sheet
}

function describeScores(
  { predictor, name, codeNumbers, remark }: Painter,
  sheets: ReadonlyMap<Predictor, ScoreSheet>,
  bootstrap: ClusterBootstrap,
): PredictorScores {
  const sheet = sheetOf(sheets, predictor)
  const mse = bootstrap.ratio(sheet.mse)
  if (mse === null) throw new RangeError('Scores of no crops at all.')
  return {
    predictor,
    name,
    codeNumbers,
    mse,
    ssim: sheet.ssim && bootstrap.ratio(sheet.ssim),
    inkMse: bootstrap.ratio(sheet.inkMse),
    mseOverModel:
      predictor === 'model' ? null : bootstrap.difference(sheet.mse, sheetOf(sheets, 'model').mse),
    remark,
  }
}
