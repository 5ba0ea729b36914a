/** What is probed: codes, fields and pieces, row by row. */
import type { CategoricalField, LatentFields, NumericField } from '@shared/domain/latent'
import { AppError } from '@shared/errors'
import { LEAST_PIECES } from '../../numerics/linear-probe'
import type { Matrix } from '../../numerics/matrix'
import type { RunCodes } from './codes'

/** More numbers than this are averaged over the places of the crop: equations grow with their cube. */
const MOST_NUMBERS = 512

export interface ProbeSubject {
  readonly codes: Matrix
  readonly fields: LatentFields
  /** Piece of each row. */
  readonly pieces: Int32Array
}

export type Field =
  | { readonly kind: 'categorical'; readonly field: CategoricalField }
  | { readonly kind: 'numeric'; readonly field: NumericField }

export function probeSubject(codes: RunCodes, fields: LatentFields): ProbeSubject {
  const pieces = fields.categorical.find(({ name }) => name === 'piece')?.codes ?? new Int32Array()
  return { codes: narrowed(codes), fields, pieces }
}

/** @throws AppError latent/field-unknown */
export function fieldNamed({ fields }: ProbeSubject, name: string): Field {
  const categorical = fields.categorical.find((field) => field.name === name)
  if (categorical !== undefined) return { kind: 'categorical', field: categorical }
  const numeric = fields.numeric.find((field) => field.name === name)
  if (numeric !== undefined) return { kind: 'numeric', field: numeric }
  const known = [...fields.categorical, ...fields.numeric].map((field) => field.name)
  throw AppError.of('latent/field-unknown', { field: name, fields: known })
}

/** One column per value of a categorical field, one per numeric field; what is not known counts as the mean. */
export function controlColumns(subject: ProbeSubject, names: readonly string[]): Matrix | null {
  if (names.length === 0) return null
  const { rows } = subject.codes
  const columns = names.flatMap((name): readonly Float32Array[] => {
    const { kind, field } = fieldNamed(subject, name)
    if (kind === 'numeric') return [withoutGaps(field.values)]
    return field.values.map((_, value) => Float32Array.from(field.codes, (code) => (code === value ? 1 : 0)))
  })
  const values = new Float32Array(rows * columns.length)
  for (const [at, column] of columns.entries())
    for (let row = 0; row < rows; row += 1) values[row * columns.length + at] = column[row] ?? 0
  return { rows, columns: columns.length, values }
}

function withoutGaps(values: Float32Array): Float32Array {
  const known = values.filter((value) => Number.isFinite(value))
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
  return values.map((value) => (Number.isFinite(value) ? value : mean))
}

export interface Strata {
  /** Rows whose values have enough pieces, apart for each value of the field that is held. */
  readonly strata: readonly (readonly number[])[]
  /** Values that have enough pieces somewhere. */
  readonly classes: readonly number[]
}

/** @param within codes of the field of which one value at a time is looked at; null for all together */
export function strataOf(
  { pieces }: ProbeSubject,
  { codes }: Pick<CategoricalField, 'codes'>,
  within: Int32Array | null,
): Strata {
  const known = [...codes.keys()].filter((row) => (codes[row] ?? -1) >= 0 && (within?.[row] ?? 0) >= 0)
  const parts = [...Map.groupBy(known, (row) => within?.[row] ?? 0).values()]
  const strata = parts.flatMap((rows): readonly (readonly number[])[] => {
    const enough = [...Map.groupBy(rows, (row) => codes[row] ?? -1).values()].filter(
      (members) => new Set(members.map((row) => pieces[row])).size >= LEAST_PIECES,
    )
    return enough.length < 2 ? [] : [enough.flat().sort((a, b) => a - b)]
  })
  const classes = [...new Set(strata.flat().map((row) => codes[row] ?? -1))].sort((a, b) => a - b)
  return { strata, classes }
}

/** Pieces where all rows of each piece have the same value, else pages. */
export function unitsOf({ pieces, fields }: ProbeSubject, values: ArrayLike<number>): Int32Array {
  const first = new Map<number, number>()
  for (const [row, piece] of pieces.entries()) {
    const value = values[row] ?? NaN
    if (!first.has(piece)) first.set(piece, value)
    if (first.get(piece) !== value) return fields.pages
  }
  return pieces
}

function narrowed({ matrix, cells }: RunCodes): Matrix {
  if (matrix.columns <= MOST_NUMBERS || cells < 2) return matrix
  const columns = matrix.columns / cells
  const values = new Float32Array(matrix.rows * columns)
  for (let at = 0; at < matrix.values.length; at += 1) {
    const [row, place] = [Math.floor(at / matrix.columns), at % matrix.columns]
    const target = row * columns + (place % columns)
    values[target] = (values[target] ?? 0) + (matrix.values[at] ?? 0) / cells
  }
  return { rows: matrix.rows, columns, values }
}
