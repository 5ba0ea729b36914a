/** Which fields pages can have, and what may stand in them. */
import type Database from 'better-sqlite3'
import {
  type CatalogueField,
  type FieldType,
  RESERVED_FIELDS,
  STANDARD_FIELDS,
} from '@shared/domain/catalogue'
import { AppError } from '@shared/errors'
import { compareKeys, fold, naturalKey } from '../natural-order'
import { writeField } from './page-descriptions'

/** Standard fields first, then the project's own by name. */
export function readFields(database: Database.Database): readonly CatalogueField[] {
  const counts = new Map(
    database
      .prepare<[], { name: string; pages: number }>(
        'SELECT name, count(*) AS pages FROM page_fields GROUP BY name',
      )
      .all()
      .map(({ name, pages }) => [name, pages]),
  )
  const defined = new Map(
    database
      .prepare<[], { name: string; type: FieldType; choices: string }>(
        'SELECT name, type, choices FROM fields',
      )
      .all()
      .map(({ name, type, choices }) => [name, { type, choices: JSON.parse(choices) as readonly string[] }]),
  )
  const standard = new Map(STANDARD_FIELDS.map(({ name, type }) => [name, type]))
  const own = [...new Set([...counts.keys(), ...defined.keys()])]
    .filter((name) => !standard.has(name))
    .sort((a, b) => compareKeys(naturalKey(a), naturalKey(b)))
  return [...standard.keys(), ...own].map((name) => ({
    name,
    type: defined.get(name)?.type ?? standard.get(name) ?? 'text',
    choices: defined.get(name)?.choices ?? [],
    standard: standard.has(name),
    pages: counts.get(name) ?? 0,
  }))
}

/** The field that a name means: one that is there, whatever its case, else one of that name. */
export function fieldNamed(fields: readonly CatalogueField[], name: string): CatalogueField {
  const wanted = fold(name)
  return (
    fields.find((field) => field.name === name) ??
    fields.find((field) => fold(field.name) === wanted) ?? {
      name,
      type: 'text',
      choices: [],
      standard: false,
      pages: 0,
    }
  )
}

const FORMS: Readonly<Record<'number' | 'date', { readonly form: RegExp; readonly words: string }>> = {
  number: { form: /^[-+]?\d+(\.\d+)?$/, words: 'a number such as 300 or 2.5' },
  date: {
    // A year, month or day; maybe about it, maybe up to another.
    form: /^((c|ca|circa)\.? ?)?\d{4}(-\d{2}(-\d{2})?)?\??( ?[-–/] ?\d{2,4})?$/,
    words: 'a date such as 1790, 1790-05, 1790-05-12, ca. 1790 or 1790–1795',
  },
}

/** The value as it is kept. @throws AppError catalogue/value-unfit */
export function fittingValue({ name, type, choices }: CatalogueField, value: string): string {
  const text = value.trim()
  if (text === '' || type === 'text') return text
  if (type === 'choice') {
    const choice =
      choices.find((known) => known === text) ?? choices.find((known) => fold(known) === fold(text))
    if (choice !== undefined) return choice
    const wanted =
      choices.length === 0 ? 'a choice, of which there are none yet' : `one of ${choices.join(', ')}`
    throw AppError.of('catalogue/value-unfit', { field: name, value: text, wanted })
  }
  if (FORMS[type].form.test(text)) return text
  throw AppError.of('catalogue/value-unfit', { field: name, value: text, wanted: FORMS[type].words })
}

/** @throws AppError catalogue/field-reserved */
export function requireFieldName(name: string): void {
  if (RESERVED_FIELDS.includes(fold(name)) || fold(name).startsWith('field:'))
    throw AppError.of('catalogue/field-reserved', { field: name })
}

/** @throws AppError catalogue/field-reserved, catalogue/value-unfit */
export function defineField(
  database: Database.Database,
  wanted: Pick<CatalogueField, 'name' | 'type' | 'choices'>,
): void {
  requireFieldName(wanted.name)
  const { name } = fieldNamed(readFields(database), wanted.name)
  const choices = wanted.type === 'choice' ? [...new Set(wanted.choices)] : []
  const field: CatalogueField = { name, type: wanted.type, choices, standard: false, pages: 0 }
  const used = database
    .prepare<[string], { value: string }>('SELECT DISTINCT value FROM page_fields WHERE name = ?')
    .all(name)
  for (const { value } of used) {
    const kept = fittingValue(field, value)
    if (kept !== value) writeField(database, pagesWith(database, name, value), { name, value: kept })
  }
  database
    .prepare(
      `INSERT INTO fields (name, type, choices) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET type = excluded.type, choices = excluded.choices`,
    )
    .run(name, field.type, JSON.stringify(choices))
}

/** @returns the pages that had it. @throws AppError catalogue/field-reserved */
export function forgetField(database: Database.Database, name: string): readonly number[] {
  if (STANDARD_FIELDS.some((field) => field.name === name))
    throw AppError.of('catalogue/field-reserved', { field: name })
  const pages = pagesWith(database, name)
  writeField(database, pages, { name, value: '' })
  database.prepare('DELETE FROM fields WHERE name = ?').run(name)
  return pages
}

function pagesWith(database: Database.Database, name: string, value?: string): readonly number[] {
  const where = value === undefined ? 'name = ?' : 'name = ? AND value = ?'
  return database
    .prepare<unknown[], { page: number }>(`SELECT page FROM page_fields WHERE ${where}`)
    .all(...(value === undefined ? [name] : [name, value]))
    .map(({ page }) => page)
}
