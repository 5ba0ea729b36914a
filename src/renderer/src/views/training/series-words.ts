/** Series in words, and as rows and points for their charts. */
import { codeWidth, parseArchitectureSpec } from '@shared/domain/architecture'
import type { Estimate } from '@shared/domain/evaluation'
import type { JobStatus } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type {
  BaselineError,
  SeedSpread,
  SeriesKind,
  SeriesPoint,
  SeriesReport,
  SplitGap,
} from '@shared/domain/series'
import type { LadderPoint } from '../../charts/bottleneck-ladder'
import type { DotRow } from '../../charts/interval-dots'
import { countOf, formatCount, formatPercent } from '../../state/format'
import { formatMse } from './run-words'
import { formatInterval } from './score-words'

export const KIND_WORDS: Readonly<Record<SeriesKind, string>> = {
  seeds: 'several seeds',
  ladder: 'bottleneck ladder',
  splits: 'splits compared',
}

export const SERIES_STATUS_WORDS: Readonly<Record<JobStatus, string>> = {
  running: 'training',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'stopped',
  interrupted: 'interrupted',
}

export const SERIES_STATUS_TONES = {
  running: 'accent',
  finished: 'good',
  failed: 'danger',
  cancelled: 'neutral',
  interrupted: 'warning',
} as const satisfies Record<JobStatus, string>

/** What tells a run of a series from the others: "seed 3", "8 channels", "by crop". */
export function describeMember(kind: SeriesKind, run: Pick<RunSummary, 'seed' | 'spec' | 'split'>): string {
  if (kind === 'seeds') return `seed ${run.seed}`
  if (kind === 'splits') return `by ${run.split.by}`
  return countOf(codeWidth(parseArchitectureSpec(run.spec)), 'channel')
}

/** The same of a scored run. */
export function describePoint(kind: SeriesKind, point: SeriesPoint): string {
  if (kind === 'seeds') return `seed ${point.seed}`
  return kind === 'splits' ? `by ${point.split}` : countOf(point.codeChannels, 'channel')
}

/** "Mean of 5 seeds 0.00752, 95 % interval 0.00693 to 0.00811." */
export function describeSpread(spread: SeedSpread, runs: number, format = formatMse): string {
  const { mean, low, high, minimum, maximum } = spread
  const interval =
    low === null || high === null ? '' : `, 95 % interval ${format(low)} to ${format(high)} (Student’s t)`
  return `Mean of ${countOf(runs, 'seed')} ${format(mean)}${interval}; the best ${format(minimum)}, the worst ${format(maximum)}.`
}

/** "Held out by crop the error looks 18 % lower than by piece: that is leak, not skill." */
export function describeSplitGap(gap: SplitGap, points: readonly SeriesPoint[]): string {
  const { of, against, share } = gap
  if (share <= 0)
    return `Held out by ${of} the error looks no lower than by ${against}: no leak can be seen here.`
  const first = `Held out by ${of} the error looks ${formatPercent(share)} lower than by ${against}`
  const flattered = points.find((point) => point.split === of)?.mse
  const honest = points.find((point) => point.split === against)?.mse
  if (flattered !== undefined && honest !== undefined && overlap(flattered, honest))
    return `${first}; their intervals overlap, so that it may be leak or chance.`
  return `${first}: that is leak, not skill.`
}

function overlap(one: Estimate, other: Estimate): boolean {
  if (one.low === null || one.high === null || other.low === null || other.high === null) return false
  return one.low <= other.high && other.low <= one.high
}

/** Dots of seeds under their mean, or of splits. */
export function seriesDots({ kind, points, spread }: SeriesReport): readonly DotRow[] {
  const dots = points.map((point) => ({
    name: describePoint(kind, point),
    estimate: point.mse,
    main: kind === 'splits' && point.optimistic === null,
    key: point.run,
  }))
  if (kind !== 'seeds' || spread === null) return dots
  const { mean, low, high } = spread.mse
  return [{ name: `mean of ${points.length}`, estimate: { value: mean, low, high }, main: true }, ...dots]
}

/** The model at every width, and PCA and block means, each where its own number of numbers puts it. */
export function ladderPoints(points: readonly SeriesPoint[]): readonly LadderPoint[] {
  const models = points.map(({ codeNumbers, mse, run }): LadderPoint => {
    return { painter: 'this model', codeNumbers, estimate: mse, run }
  })
  const components = points.flatMap(({ baselines: { pca } }) => pointOf('PCA', pca))
  const { block2, block4, block8 } = points[0]?.baselines ?? {}
  const blocks = [block2, block4, block8].flatMap((baseline) => pointOf('block means', baseline))
  return [...models, ...components.filter(isFirstOfItsSize), ...blocks]
}

/** Nothing where it was not scored. */
function pointOf(
  painter: LadderPoint['painter'],
  baseline: BaselineError | undefined,
): readonly LadderPoint[] {
  if (baseline === undefined) return []
  return [{ painter, codeNumbers: baseline.codeNumbers, estimate: baseline, run: null }]
}

/** Few training crops allow few components: the widths of a ladder may share one PCA. */
function isFirstOfItsSize(point: LadderPoint, place: number, all: readonly LadderPoint[]): boolean {
  return all.findIndex((one) => one.codeNumbers === point.codeNumbers) === place
}

/** Why PCA has a smaller code than the model; empty where it has the same. */
export function describeComponents(points: readonly SeriesPoint[]): string {
  const short = points.find(
    ({ codeNumbers, baselines: { pca } }) => pca !== undefined && pca.codeNumbers < codeNumbers,
  )
  const components = short?.baselines.pca?.codeNumbers
  if (components === undefined) return ''
  return `PCA stops at ${countOf(components, 'component')}: there are too few training crops for more, so that it is at a disadvantage.`
}

/** The chart in a sentence, for those who do not see it. */
export function describeSeries({ kind, points }: SeriesReport): string {
  const of = points.map((point) => {
    const interval = formatInterval(point.mse)
    const code = kind === 'ladder' ? `, ${formatCount(point.codeNumbers)} numbers` : ''
    return `${describePoint(kind, point)}${code} ${formatMse(point.mse.value)}${interval === '' ? '' : ` (${interval})`}`
  })
  return `Mean squared error on held-out crops: ${of.join('; ')}.`
}
