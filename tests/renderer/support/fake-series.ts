/** Series of made-up runs, and how one of them goes on while it trains. */
import type { Estimate } from '@shared/domain/evaluation'
import { optimismOf } from '@shared/domain/evaluation'
import type { RunLive, RunSummary, SplitUnit } from '@shared/domain/run'
import type { BaselineError, SeedSpread, SeriesKind, SeriesPoint, SeriesReport } from '@shared/domain/series'
import type { TuningReport } from '@shared/domain/system'
import { fakeRun } from './fake-model'

const WIDTHS = [16, 8, 4, 1] as const
const SPLITS = ['piece', 'crop'] as const satisfies readonly SplitUnit[]
const PLANNED = { seeds: 5, ladder: WIDTHS.length, splits: SPLITS.length } as const

/** Runs of a series, in the order in which they are trained; `done` of them are finished. */
export function fakeSeriesRuns(kind: SeriesKind, done: number = PLANNED[kind]): readonly RunSummary[] {
  return Array.from({ length: Math.min(PLANNED[kind], done + 1) }, (_, place) => {
    const width = WIDTHS[place % WIDTHS.length] ?? 1
    const by = SPLITS[place % SPLITS.length] ?? 'piece'
    const split = { by: kind === 'splits' ? by : ('piece' as const), train: 480, validation: 120 }
    const under = place >= done
    return fakeRun({
      run: `${kind}-${place + 1}`,
      name: `${fakeSeriesName(kind)}, ${{ seeds: `seed ${place + 1}`, ladder: `${width} channels`, splits: `by ${by}` }[kind]}`,
      series: `s-${kind}`,
      seed: kind === 'seeds' ? place + 1 : 1,
      split,
      optimistic: optimismOf(split),
      spec: kind === 'ladder' && width < 16 ? `2x8@3,2x16@3>${width}` : '2x8@3,2x16@3',
      validationMse: under ? null : errorOf(kind, place),
      startedAt: `2025-11-21T1${place}:00:00.000Z`,
      ...(under ? { status: 'running' as const, epochs: 7, steps: 56, finishedAt: null } : {}),
    })
  })
}

export function fakeSeriesName(kind: SeriesKind): string {
  return { seeds: 'Five seeds', ladder: 'Bottleneck ladder', splits: 'Piece and crop' }[kind]
}

export function fakeSeries(kind: SeriesKind, done: number = PLANNED[kind]): SeriesReport {
  const runs = fakeSeriesRuns(kind, done)
  const points = runs.slice(0, done).map((run, place) => pointOf(kind, run, place))
  const whole = done >= PLANNED[kind]
  return {
    series: `s-${kind}`,
    kind,
    name: fakeSeriesName(kind),
    status: whole ? 'finished' : 'running',
    runs: runs.map((run) => run.run),
    planned: PLANNED[kind],
    startedAt: '2025-11-21T10:00:00.000Z',
    finishedAt: whole ? '2025-11-21T11:00:00.000Z' : null,
    problem: null,
    points,
    spread: kind === 'seeds' && points.length > 0 ? spreadsOf(points) : null,
    gaps:
      kind === 'splits' && whole
        ? [{ of: 'crop', against: 'piece', mse: 0.0014, share: 0.18, headAccuracy: null }]
        : [],
    remarks: ['Every run was scored on its own held-out crops.'],
  }
}

function errorOf(kind: SeriesKind, place: number): number {
  if (kind === 'ladder') return [0.0072, 0.0109, 0.0171, 0.0356][place] ?? 0.04
  if (kind === 'splits') return [0.0078, 0.0064][place] ?? 0.007
  return [0.0072, 0.0079, 0.0069, 0.0075, 0.0081][place] ?? 0.0075
}

function pointOf(kind: SeriesKind, run: RunSummary, place: number): SeriesPoint {
  const mse = errorOf(kind, place)
  const codeChannels = kind === 'ladder' ? (WIDTHS[place] ?? 1) : 16
  return {
    run: run.run,
    seed: run.seed,
    split: run.split.by,
    optimistic: run.optimistic,
    codeChannels,
    codeNumbers: codeChannels * 64,
    mse: around(mse, 0.14),
    ssim: around(0.98 - 9 * mse, 0.02),
    inkMse: around(mse * 4, 0.15),
    headAccuracy: null,
    baselines: {
      pca: baseline(0.004 + 0.9 / (codeChannels * 8 + 20), Math.min(479, codeChannels * 64)),
      block2: baseline(0.0124, 256),
      block4: baseline(0.031, 64),
      block8: baseline(0.052, 16),
      constant: baseline(0.081, 0),
    },
    seconds: 214,
  }
}

function baseline(mse: number, codeNumbers: number): BaselineError {
  return { ...around(mse, 0.1), codeNumbers }
}

function spreadsOf(points: readonly SeriesPoint[]): NonNullable<SeriesReport['spread']> {
  return { mse: spreadOf(points.map((point) => point.mse.value)), ssim: null, headAccuracy: null }
}

/** With Student's t of four degrees of freedom; one run alone has no interval. */
function spreadOf(values: readonly number[]): SeedSpread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = values.length < 2 ? null : Math.sqrt(squares / (values.length - 1))
  const half = deviation === null ? null : (2.776 * deviation) / Math.sqrt(values.length)
  return {
    mean,
    low: half === null ? null : mean - half,
    high: half === null ? null : mean + half,
    standardDeviation: deviation,
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  }
}

function around(value: number, share: number): Estimate {
  return { value, low: value * (1 - share), high: value * (1 + share) }
}

export function fakeLive(change: Partial<RunLive> = {}): RunLive {
  return {
    phase: 'training',
    secondsPerStep: 0.42,
    secondsLeft: 380,
    totalSeconds: 840,
    forecastSeconds: 720,
    learningRate: 0.0017,
    memoryBytes: 1_240_000_000,
    peakMemoryBytes: 1_610_000_000,
    device: 'cpu, 2 threads',
    microBatch: 8,
    checkpoints: 2,
    checkpointBytes: 9_400_000,
    ...change,
  }
}

export const FAKE_TUNING: TuningReport = {
  machine: '8 cores, TensorFlow 2.21.0',
  measuredAt: '2025-11-24T09:00:00.000Z',
  candidates: [
    {
      settings: { threads: 2, allocator: 'bfc', xla: false },
      secondsPerStep: 0.41,
      firstStepSeconds: 1.8,
      peakMemoryBytes: 1_500_000_000,
      problem: null,
    },
    {
      settings: { threads: null, allocator: 'system', xla: false },
      secondsPerStep: 0.52,
      firstStepSeconds: 1.6,
      peakMemoryBytes: 1_300_000_000,
      problem: null,
    },
    {
      settings: { threads: 2, allocator: 'bfc', xla: true },
      secondsPerStep: 0,
      firstStepSeconds: 0,
      peakMemoryBytes: 0,
      problem: 'XLA could not compile this graph.',
    },
  ],
  chosen: { threads: 2, allocator: 'bfc', xla: false },
  reason: 'Two threads with the bfc allocator took 0.41 s per step, 21 % less than TensorFlow’s own choice.',
}
