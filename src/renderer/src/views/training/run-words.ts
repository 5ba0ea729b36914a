/** Runs and scores in words. */
import type { Layer } from '@shared/domain/architecture'
import type { BackendKind, Baselines, RunPlan, RunStatus, RunSummary } from '@shared/domain/run'
import { formatArchitectureSpec } from '@shared/domain/architecture'
import { countOf, formatBytes, formatCount, formatDuration } from '../../state/format'

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
    {
      name: 'Held out',
      value: `${countOf(split.validation.length, 'crop')} by ${split.by}${split.stratify === undefined ? '' : ` within each ${split.stratify}`}, ${formatCount(split.train.length)} train`,
    },
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
    {
      name: 'Learning',
      value: `Adam ${optimizer.learningRate}, batches of ${optimizer.batchSize} in micro-batches of ${optimizer.microBatch}`,
    },
    { name: 'Seed', value: String(plan.seed) },
    { name: 'Threads', value: plan.threads === null ? 'as TensorFlow chooses' : String(plan.threads) },
  ]
}

/** What a run came to, in rows. */
export function resultRows(run: RunSummary): readonly Row[] {
  return [
    { name: 'Epochs', value: `${run.epochs} of ${run.epochsPlanned}, ${countOf(run.steps, 'step')}` },
    { name: 'Parameters', value: formatCount(run.parameters) },
    { name: 'Time', value: formatDuration(run.seconds) },
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
