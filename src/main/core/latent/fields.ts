/** What is known of each crop, column by column: from the catalogue, its pixels, and the run's evaluation. */
import type Database from 'better-sqlite3'
import type { CategoricalField, FieldRole, LatentFields, NumericField } from '@shared/domain/latent'
import type { SampleWithPage } from '@shared/domain/sample-set'
import type { RunCodes } from './codes'

export interface FieldSources {
  readonly database: Database.Database
  /** Page → grey of its paper in [0, 1]. */
  readonly tones: ReadonlyMap<number, number>
  /** Errors of some samples' reconstructions, by sample; null where the run was not evaluated. */
  readonly errors: ReadonlyMap<number, number> | null
}

/** More different numbers than this are a quantity, fewer are kinds. */
const MOST_KINDS = 12
/** A page field with more different values than this is a text. */
const MOST_VALUES = 200
/** Names of page fields that say how a page came to be, not what is on it. */
const SOURCE =
  /scan|font|publish|edition|engrav|dpi|resolution|librar|archive|paper|tone|source|print|format/i

export function readFields(codes: RunCodes, sources: FieldSources): LatentFields {
  const { crops, run, sampleSet, samples } = codes
  const pages = pageFacts(sources.database)
  const found = new Columns(crops)
  for (const [name, label] of [
    ['style', 'Style'],
    ['composer', 'Composer'],
    ['piece', 'Piece'],
  ] as const)
    found.categorical({ name, label, role: 'music' }, (crop) => nameOf(crop, name))
  found.categorical({ name: 'page', label: 'Page', role: 'other' }, ({ file }) => file)
  for (const name of pages.names)
    found.either({ name, label: labelOf(name), role: SOURCE.test(name) ? 'source' : 'other' }, ({ page }) =>
      pages.fieldOf(page, name),
    )
  found.either({ name: 'dpi', label: 'Resolution', role: 'source', unit: 'dpi' }, ({ page }) =>
    textOf(pages.dpiOf(page)),
  )
  found.numeric({ name: 'paperTone', label: 'Grey of the paper', role: 'source' }, ({ page }) =>
    sources.tones.get(page),
  )
  found.numeric({ name: 'whiteness', label: 'Whiteness', role: 'picture' }, ({ whiteness }) => whiteness)
  found.numeric({ name: 'ink', label: 'Ink', role: 'picture' }, ({ page, whiteness }) =>
    inkOf(whiteness, sources.tones.get(page)),
  )
  found.numeric({ name: 'pageNumber', label: 'Page number', role: 'music' }, ({ pageNumber }) => pageNumber)
  if (sources.errors !== null)
    found.numeric({ name: 'error', label: 'Reconstruction error', role: 'model' }, ({ index }) =>
      sources.errors?.get(index),
    )
  const pageIds = Int32Array.from(crops, ({ page }) => page)
  return { run, sampleSet, samples, pages: pageIds, categorical: found.kinds, numeric: found.quantities }
}

/** Composers and pieces of the same name under another style or composer are others. */
function nameOf(crop: SampleWithPage, field: 'style' | 'composer' | 'piece'): string {
  return field === 'piece' ? `${crop.composer} · ${crop.piece}` : crop[field]
}

/** How much darker than its paper a crop is on average, in [0, 1]. */
function inkOf(whiteness: number, tone: number | undefined): number | undefined {
  return tone === undefined || tone === 0 ? undefined : Math.max(0, 1 - whiteness / tone)
}

const textOf = (value: number | null): string | undefined => (value === null ? undefined : String(value))

function labelOf(name: string): string {
  if (name === 'dpi') return 'Resolution'
  const words = name.replaceAll(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

interface ColumnName {
  readonly name: string
  readonly label: string
  readonly role: FieldRole
  readonly unit?: string
}

class Columns {
  readonly kinds: CategoricalField[] = []
  readonly quantities: NumericField[] = []

  constructor(private readonly crops: readonly SampleWithPage[]) {}

  categorical(
    { name, label, role }: ColumnName,
    valueOf: (crop: SampleWithPage) => string | undefined,
  ): void {
    const column = this.crops.map(valueOf)
    const values = [...new Set(column.filter((value) => value !== undefined))].sort(inOrder)
    const places = new Map(values.map((value, place) => [value, place]))
    const codes = Int32Array.from(column, (value) => (value === undefined ? -1 : (places.get(value) ?? -1)))
    this.kinds.push({ name, label, role, values, codes })
  }

  numeric(
    { name, label, role, unit = '' }: ColumnName,
    valueOf: (crop: SampleWithPage) => number | undefined,
  ): void {
    const values = Float32Array.from(this.crops, (crop) => valueOf(crop) ?? NaN)
    this.quantities.push({ name, label, role, unit, values })
  }

  /** A quantity if all values are numbers and there are many, else kinds; nothing if all crops have the same, or each its own. */
  either(name: ColumnName, valueOf: (crop: SampleWithPage) => string | undefined): void {
    if ([...this.kinds, ...this.quantities].some((known) => known.name === name.name)) return
    const values = new Set(this.crops.map(valueOf).filter((value) => value !== undefined))
    const isNumber = [...values].every((value) => value.trim() !== '' && Number.isFinite(Number(value)))
    if (values.size === 0) return
    if (isNumber && values.size > MOST_KINDS)
      this.numeric(name, (crop) => {
        const value = valueOf(crop)
        return value === undefined ? undefined : Number(value)
      })
    else if (values.size <= MOST_VALUES) this.categorical(name, valueOf)
  }
}

/** Numbers by size, everything else by its letters. */
function inOrder(one: string, other: string): number {
  const [a, b] = [Number(one), Number(other)]
  if (Number.isFinite(a) && Number.isFinite(b) && a !== b) return a - b
  return one < other ? -1 : one > other ? 1 : 0
}

interface PageFacts {
  /** Names of all fields that any page has. */
  readonly names: readonly string[]
  fieldOf(page: number, name: string): string | undefined
  dpiOf(page: number): number | null
}

function pageFacts(database: Database.Database): PageFacts {
  const rows = database
    .prepare<[], { page: number; name: string; value: string }>('SELECT page, name, value FROM page_fields')
    .all()
  const fields = new Map(rows.map(({ page, name, value }) => [`${page} ${name}`, value]))
  const resolutions = new Map(
    database
      .prepare<[], { id: number; dpi: number | null }>('SELECT id, dpi FROM pages')
      .all()
      .map(({ id, dpi }) => [id, dpi]),
  )
  return {
    names: [...new Set(rows.map(({ name }) => name))].sort(),
    fieldOf: (page, name) => fields.get(`${page} ${name}`),
    dpiOf: (page) => resolutions.get(page) ?? null,
  }
}
