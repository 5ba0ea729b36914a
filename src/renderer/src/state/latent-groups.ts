/** Groups of crops that can be set against each other: the current selection, values of the colouring field, saved selections. */
import type { CategoricalField, LatentFields, LatentSelection, NumericField } from '@shared/domain/latent'

export interface CropGroup {
  /** Stays the same while its crops do. */
  readonly key: string
  /** As in "Baroque", "the selection", "whiteness: lowest quarter". */
  readonly label: string
  /** Sample indices, ascending. */
  readonly indices: readonly number[]
}

export interface GroupSources {
  readonly selected: ReadonlySet<number>
  readonly saved: readonly LatentSelection[]
  readonly fields: LatentFields | null
  readonly colourField: CategoricalField | NumericField | null
}

/** Groups without a crop are left out. */
export function cropGroups({ selected, saved, fields, colourField }: GroupSources): readonly CropGroup[] {
  const ofField = fields === null || colourField === null ? [] : fieldGroups(fields.samples, colourField)
  return [
    { key: 'selected', label: 'the selection', indices: [...selected].sort((a, b) => a - b) },
    ...ofField,
    ...saved.map(({ id, name, indices }) => ({ key: `saved/${id}`, label: name, indices })),
  ].filter(({ indices }) => indices.length > 0)
}

function fieldGroups(samples: Int32Array, field: CategoricalField | NumericField): readonly CropGroup[] {
  if (!('codes' in field)) return quarters(samples, field)
  const indices = field.values.map((): number[] => [])
  for (const [at, code] of field.codes.entries()) indices[code]?.push(samples[at] ?? 0)
  return field.values
    .map((label, place) => ({
      key: `value/${field.name}/${label}`,
      label,
      indices: indices[place] ?? [],
    }))
    .sort((a, b) => b.indices.length - a.indices.length)
}

/** The quarter of the crops where a number is lowest, and that where it is highest. */
function quarters(samples: Int32Array, { name, label, values }: NumericField): readonly CropGroup[] {
  const known = [...values.entries()].filter(([, value]) => Number.isFinite(value))
  known.sort(([, a], [, b]) => a - b)
  const quarter = Math.floor(known.length / 4)
  const indicesOf = (part: typeof known): readonly number[] =>
    part.map(([at]) => samples[at] ?? 0).sort((a, b) => a - b)
  return [
    { key: `lowest/${name}`, label: `${label}: lowest quarter`, indices: indicesOf(known.slice(0, quarter)) },
    {
      key: `highest/${name}`,
      label: `${label}: highest quarter`,
      indices: indicesOf(known.slice(known.length - quarter)),
    },
  ]
}
