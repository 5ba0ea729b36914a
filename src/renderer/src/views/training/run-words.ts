/** Runs and scores in words. */
import type { Layer } from '@shared/domain/architecture'
import type { BackendKind, Baselines, RunLive, RunPlan, RunStatus, RunSummary } from '@shared/domain/run'
import { formatArchitectureSpec } from '@shared/domain/architecture'
import { AppError } from '@shared/errors'
import { countOf, formatBytes, formatCount, formatDate, formatDuration } from '../../state/format'
import { describeEarlyStopping, describeSchedule } from '../../state/training-changes'

/** A mean squared error of grey in [0,1] with three digits that count: 0.00724. */
export function formatMse(mse: number): string {
  if (!Number.isFinite(mse)) return 'not a number'
  return mse === 0 ? '0' : Number(mse.toPrecision(3)).toString()
}

/** How good an error is, told by what it beats: the baselines from crude to fine. */
export function describeScore(mse: number, baselines: Baselines): string {
  if (mse < baselines.block2) return 'better than 2×2 block means'
  if (mse < baselines.block4) return 'between 4×4 and 2×2 block means'
  if (mse < baselines.block8) return 'between 8×8 and 4×4 block means'
  return mse < baselines.constant ? 'between one grey and 8×8 block means' : 'no better than one grey'
}

export const STATUS_WORDS: Readonly<Record<RunStatus, string>> = {
  running: 'training',
  paused: 'paused',
  finished: 'finished',
  stopped: 'stopped, kept',
  interrupted: 'interrupted',
  failed: 'failed',
  cancelled: 'cancelled',
}

export const STATUS_TONES = {
  running: 'accent',
  paused: 'warning',
  finished: 'good',
  stopped: 'neutral',
  interrupted: 'warning',
  failed: 'danger',
  cancelled: 'neutral',
} as const satisfies Record<RunStatus, string>

export const PHASE_WORDS: Readonly<Record<RunLive['phase'], string>> = {
  training: 'training',
  calibrating: 'averaging over training crops',
  validating: 'painting held-out crops',
  paused: 'paused',
}

/** A model that came from a file: nothing of it was trained here. */
export function isImported(run: Pick<RunSummary, 'epochsPlanned'>): boolean {
  return run.epochsPlanned === 0
}

/** ", expected 12 min at first"; empty where that is much the same, or nothing was expected. */
export function describeExpectation({ totalSeconds, forecastSeconds }: RunLive): string {
  if (totalSeconds === null || forecastSeconds === null) return ''
  return formatDuration(totalSeconds) === formatDuration(forecastSeconds)
    ? ', as expected'
    : `, expected ${formatDuration(forecastSeconds)} at first`
}

/** 24 Nov */
export function shortDate(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
}

/** Whether it failed because its numbers stopped being finite: with the same learning rate it would again. */
export function hasDiverged({ run, status, problem }: RunSummary): boolean {
  const sentence = AppError.of('training/diverged', { run, step: 0, kept: null }).message
  const [beginning = sentence] = sentence.split(' at step ')
  return status === 'failed' && problem?.startsWith(beginning) === true
}

/** Whether a process works or waits on it now. */
export function isUnderWay(status: RunStatus): boolean {
  return status === 'running' || status === 'paused'
}

/** What computes: the native library and its device, or plain JavaScript. */
export function describeBackend(backend: BackendKind | null, device: string | null): string {
  if (backend === null) return 'not known yet'
  if (backend === 'js') return 'plain JavaScript (slow: no native TensorFlow here)'
  return device === null ? 'native TensorFlow' : `native TensorFlow on ${device}`
}

/** A layer in a sentence, as the model's picture tells it. */
export function describeLayer(layer: Layer): string {
  const { size, stride } = layer.receptiveField
  const shape = `${layer.height}×${layer.width} units in ${countOf(layer.channels, 'channel')}`
  const sees = `each unit sees ${size}×${size} input pixels, ${stepWords(stride)}`
  if (layer.kind === 'bottleneck')
    return `${layer.name}: ${shape}; 2×2 max pooling, nothing to train; ${sees}.`
  const kernels = `${layer.kernel}×${layer.kernel} kernels over ${countOf(layer.inputChannels, 'channel')}`
  return `${layer.name}: ${shape}; ${kernels}, ${countOf(layer.parameters, 'parameter')}; ${sees}.`
}

function stepWords(stride: number): string {
  if (stride === 1) return 'one at every pixel'
  return stride < 1 ? `${1 / stride} units per pixel` : `one every ${stride} pixels`
}

interface Row {
  readonly name: string
  readonly value: string
  readonly monospace?: boolean
  readonly title?: string
}

/** What a plan determines, in rows. */
export function planRows(plan: RunPlan): readonly Row[] {
  const { architecture, optimizer, sampleSet, split } = plan
  const { head } = architecture
  const reduction = sampleSet.size / architecture.inputSize
  return [
    {
      name: 'Samples',
      value: `${formatCount(sampleSet.samples)} crops of ${sampleSet.size}×${sampleSet.size} pixels`,
      title: `Sample set ${sampleSet.id}, ${sampleSet.hash}`,
    },
    ...(split.train.length === 0 ? [] : [heldOutRow(split)]),
    { name: 'Model', value: formatArchitectureSpec(architecture.blocks), monospace: true },
    {
      name: 'Input',
      value: `${architecture.inputSize}×${architecture.inputSize} pixels${reduction === 1 ? '' : `, crops reduced ${reduction} times`}`,
    },
    { name: 'Dropout', value: String(architecture.dropout) },
    {
      name: 'Head',
      value: head === null ? 'none' : `${head.field}, ${head.classes.length} classes, weight ${head.weight}`,
    },
    ...(optimizer.epochs === 0 ? [] : learningRows(plan)),
  ]
}

function heldOutRow({ by, stratify, train, validation }: RunPlan['split']): Row {
  const within = stratify === undefined ? '' : ` within each ${stratify}`
  const held = countOf(validation.length, 'crop')
  return { name: 'Held out', value: `${held} by ${by}${within}, ${formatCount(train.length)} train` }
}

function learningRows({
  optimizer,
  seed,
  splitSeed,
  threads,
  device,
  precision,
  xla,
}: RunPlan): readonly Row[] {
  const { schedule, earlyStopping } = optimizer
  const extras = [device, precision === 'mixed' ? 'mixed precision' : null, xla === true ? 'XLA' : null]
  return [
    {
      name: 'Learning',
      value: `Adam ${describeRates(optimizer)}, batches of ${optimizer.batchSize} in micro-batches of ${optimizer.microBatch}`,
    },
    ...(schedule === undefined ? [] : [{ name: 'Schedule', value: describeSchedule(schedule) }]),
    ...(earlyStopping === undefined
      ? []
      : [{ name: 'Stops early', value: describeEarlyStopping(earlyStopping) }]),
    { name: 'Seed', value: `${seed}${splitSeed === undefined ? '' : `, split by ${splitSeed}`}` },
    {
      name: 'Computed by',
      value: [threads === null ? 'threads as TensorFlow chooses' : countOf(threads, 'thread'), ...extras]
        .filter((word) => word != null)
        .join(', '),
    },
  ]
}

/** "0.004", or "0.004, from step 41 on 0.0004" where it was resumed with another rate. */
export function describeRates({ learningRate, rateChanges = [] }: RunPlan['optimizer']): string {
  const changes = rateChanges.map((change) => `, from step ${change.fromStep} on ${change.learningRate}`)
  return `${learningRate}${changes.join('')}`
}

/** What a run came to, in rows. */
export function resultRows(run: RunSummary): readonly Row[] {
  const trained = [
    { name: 'Started', value: formatDate(run.startedAt) },
    ...(run.finishedAt === null ? [] : [{ name: 'Ended', value: formatDate(run.finishedAt) }]),
    { name: 'Epochs', value: `${run.epochs} of ${run.epochsPlanned}, ${countOf(run.steps, 'step')}` },
    { name: 'Time', value: formatDuration(run.seconds) },
    ...(run.device === null ? [] : [{ name: 'Trained on', value: run.device }]),
  ]
  return [
    ...(isImported(run) ? [{ name: 'Imported', value: formatDate(run.startedAt) }] : trained),
    { name: 'Parameters', value: formatCount(run.parameters) },
    ...(run.peakMemoryBytes === null
      ? []
      : [{ name: 'Peak memory', value: formatBytes(run.peakMemoryBytes) }]),
    ...(run.weightsSha256 === null
      ? []
      : [
          {
            name: 'Weights',
            value: run.weightsSha256.slice(0, 12),
            title: `SHA-256 ${run.weightsSha256}`,
            monospace: true,
          },
        ]),
  ]
}
