/** One field read off the codes of unseen pieces, beside chance, the majority and shuffled labels. */
import type { Estimate } from '@shared/domain/evaluation'
import type { CategoricalField, FieldProbe, NumericField } from '@shared/domain/latent'
import { ClusterBootstrap } from '../../numerics/bootstrap'
import {
  LEAST_PIECES,
  probeClasses,
  type ProbeContext,
  type ProbeInput,
  probeNumbers,
} from '../../numerics/linear-probe'
import { controlColumns, fieldNamed, type ProbeSubject, strataOf, unitsOf } from './probe-subject'
import { describeCategorical, describeNumeric, isRecovered, pluralOf, wordsOf } from './probe-words'

/** Folds, shuffles and resamples are the same whenever and wherever codes are probed. */
const SEED = 1

export interface ProbeOptions {
  readonly without: readonly string[]
  /** The categorical field of which one value at a time is looked at. */
  readonly within: string | null
}

/** @throws Cancelled, AppError latent/field-unknown */
export function probeField(
  subject: ProbeSubject,
  name: string,
  { context, ...options }: ProbeOptions & { readonly context: ProbeContext },
): Promise<FieldProbe> {
  const found = fieldNamed(subject, name)
  return found.kind === 'categorical'
    ? probeCategorical(subject, found.field, { ...options, context })
    : probeNumeric(subject, found.field, { ...options, context })
}

type Probing = ProbeOptions & { readonly context: ProbeContext }

async function probeCategorical(
  subject: ProbeSubject,
  field: CategoricalField,
  { without, within, context }: Probing,
): Promise<FieldProbe> {
  const held = within === null ? null : fieldNamed(subject, within)
  const { strata, classes } = strataOf(subject, field, held?.kind === 'categorical' ? held.field.codes : null)
  const base = factsOf(subject, field, { rows: strata.flat(), without, within })
  if (classes.length < 2) return { ...base, kind: 'none', sentence: tooFew(field, held?.field.label ?? null) }
  const labels = Int32Array.from(field.codes, (code) => classes.indexOf(code))
  const input = inputFor(subject, { strata, values: field.codes, without })
  const { predicted, shuffled } = await probeClasses(input, { labels, classes: classes.length }, context)
  const rows = strata.flat()
  const score = scoresOf(subject, { rows, labels, predicted, classes: classes.length })
  const probe = {
    ...base,
    ...score,
    kind: 'categorical' as const,
    classes: classes.map((code, at) => ({
      value: field.values[code] ?? '',
      pieces: piecesIn(subject, rows, (row) => labels[row] === at),
      recall: score.recalls[at] ?? 0,
    })),
    leftOut: field.values.flatMap((value, code) =>
      classes.includes(code)
        ? []
        : [{ value, pieces: piecesIn(subject, [...field.codes.keys()], (row) => field.codes[row] === code) }],
    ),
    chance: chanceOf(strata, labels),
    shuffled,
    sentence: '',
  }
  const sentence = describeCategorical(probe, isRecovered(probe))
  return { ...probe, sentence: sentence + leftOutWords(probe.leftOut.length) }
}

async function probeNumeric(
  subject: ProbeSubject,
  field: NumericField,
  { without, within, context }: Probing,
): Promise<FieldProbe> {
  const rows = [...field.values.keys()].filter((row) => Number.isFinite(field.values[row]))
  const base = factsOf(subject, field, { rows, without, within })
  const differs = new Set(rows.map((row) => field.values[row])).size > 1
  if (!differs || base.pieces < LEAST_PIECES) {
    const sentence = differs
      ? `Only ${base.pieces} piece(s) have a known ${wordsOf(field.label)}, and ${LEAST_PIECES} are needed to hold one out.`
      : `The ${wordsOf(field.label)} does not differ between crops, so there is nothing to predict.`
    return { ...base, kind: 'none', sentence }
  }
  const input = inputFor(subject, { strata: [rows], values: field.values, without })
  const { predicted, shuffled } = await probeNumbers(input, field.values, context)
  const { r2, interval } = explained(subject, { rows, targets: field.values, predicted })
  const probe = { ...base, kind: 'numeric' as const, r2, interval, shuffled, sentence: '' }
  return { ...probe, sentence: describeNumeric(probe, isRecovered(probe)) }
}

function inputFor(
  subject: ProbeSubject,
  of: {
    readonly strata: ProbeInput['strata']
    readonly values: ArrayLike<number>
    readonly without: readonly string[]
  },
): ProbeInput {
  const { codes, pieces } = subject
  const controls = controlColumns(subject, of.without)
  return { codes, controls, strata: of.strata, pieces, units: unitsOf(subject, of.values), seed: SEED }
}

function factsOf(
  subject: ProbeSubject,
  { name, label, role }: CategoricalField | NumericField,
  of: {
    readonly rows: readonly number[]
    readonly without: readonly string[]
    readonly within: string | null
  },
) {
  return {
    field: name,
    label,
    role,
    crops: of.rows.length,
    pieces: piecesIn(subject, of.rows, () => true),
    without: of.without,
    within: of.within === null ? [] : [of.within],
  }
}

function piecesIn(
  { pieces }: ProbeSubject,
  rows: readonly number[],
  accept: (row: number) => boolean,
): number {
  return new Set(rows.filter(accept).map((row) => pieces[row])).size
}

interface Named {
  readonly rows: readonly number[]
  readonly labels: Int32Array
  readonly predicted: Int32Array
  readonly classes: number
}

/** With intervals over pieces; a crop of a rare class weighs more in the balanced accuracy. */
function scoresOf({ pieces }: ProbeSubject, { rows, labels, predicted, classes }: Named) {
  const bootstrap = new ClusterBootstrap(
    rows.map((row) => String(pieces[row])),
    { seed: SEED },
  )
  const counts = new Int32Array(classes)
  const right = new Int32Array(classes)
  for (const row of rows) {
    const label = labels[row] ?? 0
    counts[label] = (counts[label] ?? 0) + 1
    if (predicted[row] === label) right[label] = (right[label] ?? 0) + 1
  }
  const hits = rows.map((row) => Number(predicted[row] === labels[row]))
  const weights = rows.map((row) => 1 / (counts[labels[row] ?? 0] ?? 1))
  const weighted = hits.map((hit, at) => hit * (weights[at] ?? 0))
  return {
    accuracy: certain(bootstrap.ratio({ numerators: hits, denominators: rows.map(() => 1) })),
    balancedAccuracy: certain(bootstrap.ratio({ numerators: weighted, denominators: weights })),
    majority: Math.max(...counts) / rows.length,
    recalls: Array.from(counts, (count, label) => (right[label] ?? 0) / Math.max(1, count)),
    interval: bootstrap.method,
  }
}

function explained(
  { pieces }: ProbeSubject,
  of: { readonly rows: readonly number[]; readonly targets: Float32Array; readonly predicted: Float64Array },
) {
  const { rows, targets, predicted } = of
  const bootstrap = new ClusterBootstrap(
    rows.map((row) => String(pieces[row])),
    { seed: SEED },
  )
  const mean = rows.reduce((sum, row) => sum + (targets[row] ?? 0), 0) / rows.length
  const { value, low, high } = certain(
    bootstrap.ratio({
      numerators: rows.map((row) => ((targets[row] ?? 0) - (predicted[row] ?? 0)) ** 2),
      denominators: rows.map((row) => ((targets[row] ?? 0) - mean) ** 2),
    }),
  )
  const r2 = {
    value: 1 - value,
    low: high === null ? null : 1 - high,
    high: low === null ? null : 1 - low,
  }
  return { r2, interval: bootstrap.method }
}

function certain(estimate: Estimate | null): Estimate {
  if (estimate === null) throw new RangeError('A score of no crops at all.')
  return estimate
}

/** Balanced accuracy of guessing: of each class the mean over its rows of one in so many classes of their stratum. */
function chanceOf(strata: ProbeInput['strata'], labels: Int32Array): number {
  const shares = new Map<number, { sum: number; rows: number }>()
  for (const rows of strata) {
    const share = 1 / new Set(rows.map((row) => labels[row])).size
    for (const row of rows) {
      const known = shares.get(labels[row] ?? -1) ?? { sum: 0, rows: 0 }
      known.sum += share
      known.rows += 1
      shares.set(labels[row] ?? -1, known)
    }
  }
  return [...shares.values()].reduce((total, { sum, rows }) => total + sum / rows, 0) / shares.size
}

function tooFew({ label, values }: CategoricalField, within: string | null): string {
  if (values.length < 2)
    return `All crops have the same ${wordsOf(label)}, so there is nothing to tell apart.`
  const among = within === null ? '' : ` of the same ${wordsOf(within)}`
  return `Too few pieces: two ${pluralOf(label)} with at least ${LEAST_PIECES} pieces each${among} are needed, so that pieces can be held out.`
}

function leftOutWords(values: number): string {
  if (values === 0) return ''
  return ` ${values} ${values === 1 ? 'value has' : 'values have'} fewer than ${LEAST_PIECES} pieces and ${values === 1 ? 'is' : 'are'} left out.`
}
