/** The catalogue as separated values, out and in again, without loss. */
import type Database from 'better-sqlite3'
import { type CatalogueCsv, type CsvChange, type CsvPreview, RESERVED_FIELDS } from '@shared/domain/catalogue'
import type { Page, PageRegion, PageSelection } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import { listPages } from '../catalogue'
import { formatCsv, parseCsv } from '../csv'
import { fold } from '../natural-order'
import { listKey } from '../page-list'
import { tidy } from '../page-place'
import { readAllRegions, writeExcluded, writeRegions } from '../page-regions'
import { fieldNamed, fittingValue, readFields } from './field-definitions'
import { addTags, removeTags, tidyTag, writeField } from './page-descriptions'
import { movePages, pieceAt } from './places'
import { formatRegions, normalRegions, parseRegions } from './region-cells'

const PLACE = ['style', 'composer', 'piece'] as const
const OWN_COLUMNS = ['file', 'part', 'sha256', ...PLACE, 'page', 'tags', 'excluded', 'regions'] as const
type OwnColumn = (typeof OWN_COLUMNS)[number]
/** These say which page a row is of; they change nothing. */
const NAMING: readonly string[] = ['file', 'part', 'sha256']
/** Before a field whose name is also that of another column. */
const FIELD_MARK = 'field:'
const TAG_SEPARATOR = '; '

export function exportCsv(database: Database.Database, selection: PageSelection): CatalogueCsv {
  const items = describedPages(database, selection)
  const used = new Set(items.flatMap((page) => Object.keys(page.fields)))
  const fields = readFields(database)
    .map(({ name }) => name)
    .filter((name) => used.has(name))
  const ofSeveral = pagesOfSeveral(database)
  const own = OWN_COLUMNS.filter((column) => column !== 'part' || items.some(({ id }) => ofSeveral.has(id)))
  const columns = [...own, ...fields.map(columnOf)]
  const rows = items.map((page) => [
    ...own.map((column) => (column === 'part' && !ofSeveral.has(page.id) ? '' : ownValue(page, column))),
    ...fields.map((field) => page.fields[field] ?? ''),
  ])
  return { csv: formatCsv([columns, ...rows]), pages: items.length, columns }
}

/** A page with all that a list says of it. */
interface DescribedPage extends Page {
  readonly regions: readonly PageRegion[]
}

function describedPages(database: Database.Database, selection: PageSelection): readonly DescribedPage[] {
  const { items } = listPages(database, { ...selection, offset: 0, limit: 100_000_000 })
  const regions = readAllRegions(database)
  return items.map((page) => ({ ...page, regions: regions.get(page.id) ?? [] }))
}

/** Pages that share a file with others: the number of the page in it tells them apart. */
function pagesOfSeveral(database: Database.Database): ReadonlySet<number> {
  return new Set(database.prepare<[], number>('SELECT id FROM pages WHERE parts > 1').pluck().all())
}

function ownValue(page: DescribedPage, column: OwnColumn): string {
  if (column === 'tags') return page.tags.join(TAG_SEPARATOR)
  return column === 'regions' ? formatRegions(page.regions) : String(page[column] ?? '')
}

function columnOf(field: string): string {
  const ambiguous = RESERVED_FIELDS.includes(fold(field)) || fold(field).startsWith(FIELD_MARK)
  return ambiguous ? `${FIELD_MARK}${field}` : field
}

/** What a list says of one page that is in the catalogue. */
interface ListedRow {
  readonly page: DescribedPage
  /** By column; values as they would be kept. */
  readonly values: ReadonlyMap<string, string>
}

/** A list held against the catalogue. */
export interface ReadList {
  readonly rows: readonly ListedRow[]
  readonly rowCount: number
  readonly unmatched: readonly string[]
  readonly newFields: readonly string[]
  readonly changes: readonly CsvChange[]
}

/** @throws AppError catalogue/list-unreadable, catalogue/value-unfit */
export function readList(database: Database.Database, csv: string): ReadList {
  const refuse = (problem: string): AppError => AppError.of('catalogue/list-unreadable', { problem })
  const [header, ...lines] = parseCsv(csv)
  if (header === undefined) throw refuse('it is empty')
  const fields = readFields(database)
  const columns = header.map((title) => {
    const own = OWN_COLUMNS.find((column) => column === title.trim().toLowerCase())
    if (own !== undefined || title.trim() === '') return { key: own ?? '', field: null }
    const name = title.startsWith(FIELD_MARK) ? title.slice(FIELD_MARK.length) : title.trim()
    const field = fields.find((known) => known.name === name) ?? fieldNamed(fields, name)
    return { key: `${FIELD_MARK}${field.name}`, field }
  })
  const keys = columns.map(({ key }) => key)
  const twice = keys.find((key, at) => key !== '' && keys.indexOf(key) !== at)
  if (twice !== undefined) throw refuse(`it has two columns "${twice.replace(FIELD_MARK, '')}"`)
  if (!keys.includes('file')) throw refuse('none of its columns is called "file"')
  const find = pageFinder(describedPages(database, {}))
  const rows: ListedRow[] = []
  const unmatched: string[] = []
  for (const line of lines) {
    const cell = (key: string): string => line[keys.indexOf(key)] ?? ''
    const page = find(cell('file'), { sha256: cell('sha256').trim(), part: cell('part').trim() })
    if (page === null) {
      unmatched.push(cell('file'))
      continue
    }
    const values = columns
      .filter(({ key }) => key !== '' && !NAMING.includes(key))
      .map(({ key, field }) => {
        const value = field === null ? ownCell(key, cell(key), refuse) : fittingValue(field, cell(key))
        return [key, value ?? currentValue(page, key)] as const
      })
    rows.push({ page, values: new Map(values) })
  }
  const newFields = columns.flatMap(({ field }) =>
    field === null || fields.some(({ name }) => name === field.name) ? [] : [field.name],
  )
  return { rows, rowCount: lines.length, unmatched, newFields, changes: rows.flatMap(changesOf) }
}

interface RowName {
  readonly sha256: string
  readonly part: string
}

/** By path and content, or by path and number in the file; by path alone where only one page has it. */
function pageFinder(pages: readonly DescribedPage[]): (file: string, name: RowName) => DescribedPage | null {
  const byFile = Map.groupBy(pages, ({ file }) => listKey(file))
  return (file, { sha256, part }) => {
    const found = byFile.get(listKey(file)) ?? byFile.get(listKey(file.trim())) ?? []
    const same = found.filter((page) => page.sha256 === sha256)
    if (same.length === 1) return same[0] ?? null
    const numbered = found.filter((page) => String(page.part) === part)
    if (numbered.length === 1) return numbered[0] ?? null
    return found.length === 1 && part === '' ? (found[0] ?? null) : null
  }
}

/** null: an empty cell of a column that every page has leaves it as it is. */
function ownCell(key: string, text: string, refuse: (problem: string) => AppError): string | null {
  if (key === 'tags') return tagsOf(text).join(TAG_SEPARATOR)
  const value = tidy(text)
  if (key === 'excluded') return value
  if (key === 'regions') return normalRegions(value, refuse)
  if (value === '') return null
  if (key === 'page' && !/^[1-9]\d{0,5}$/.test(value))
    throw refuse(`its column "page" says "${value}", which is no whole number from 1 to 999999`)
  return value
}

function tagsOf(text: string): readonly string[] {
  const tags = new Map(text.split(';').map((tag) => [fold(tidyTag(tag)), tidyTag(tag)]))
  return [...tags].filter(([key]) => key !== '').map(([, tag]) => tag)
}

function currentValue(page: DescribedPage, key: string): string {
  if (key.startsWith(FIELD_MARK)) return page.fields[key.slice(FIELD_MARK.length)] ?? ''
  return ownValue(page, key as OwnColumn)
}

function changesOf({ page, values }: ListedRow): readonly CsvChange[] {
  return [...values].flatMap(([key, after]) => {
    const before = currentValue(page, key)
    const same = key === 'tags' ? sameTags(before, after) : before === after
    const column = key.replace(FIELD_MARK, '')
    return same ? [] : [{ page: page.id, file: page.file, column, before, after }]
  })
}

function sameTags(before: string, after: string): boolean {
  const sorted = (text: string): string => tagsOf(text).map(fold).sort().join(';')
  return sorted(before) === sorted(after)
}

export function previewOf(list: ReadList, limit: number): CsvPreview {
  return {
    rows: list.rowCount,
    matchedPages: list.rows.length,
    unmatched: list.unmatched.slice(0, limit),
    newFields: list.newFields,
    changedPages: new Set(list.changes.map(({ page }) => page)).size,
    changedValues: list.changes.length,
    changes: list.changes.slice(0, limit),
  }
}

/** Writes what differs. @returns the pages that may have changed */
export function applyList(database: Database.Database, { rows }: ReadList): readonly number[] {
  const placed = rows.filter(({ page, values }) =>
    PLACE.some((level) => values.has(level) && values.get(level) !== page[level]),
  )
  const places = new Map(placed.map(({ page, values }) => [page.id, placeOf(page, values)]))
  movePages(database, [...places.keys()], (page) => pieceAt(database, places.get(page) ?? raise(page)))
  writeFields(database, rows)
  writeTags(database, rows)
  writeExclusions(database, rows)
  statePageNumbers(database, rows)
  return rows.map(({ page }) => page.id)
}

/** Pages that get one value are written at once. */
function writeFields(database: Database.Database, rows: readonly ListedRow[]): void {
  const changes = rows.flatMap(({ page, values }) =>
    [...values]
      .filter(([key, value]) => key.startsWith(FIELD_MARK) && currentValue(page, key) !== value)
      .map(([key, value]) => ({ page: page.id, name: key.slice(FIELD_MARK.length), value })),
  )
  for (const same of Map.groupBy(changes, ({ name, value }) => JSON.stringify([name, value])).values()) {
    const [first] = same
    if (first !== undefined) writeField(database, idsOf(same), first)
  }
}

function writeTags(database: Database.Database, rows: readonly ListedRow[]): void {
  const changes = rows.flatMap(({ page, values }) => {
    const value = values.get('tags') ?? page.tags.join(TAG_SEPARATOR)
    const [had, wanted] = [page.tags, tagsOf(value)]
    const lacks = (tags: readonly string[], tag: string): boolean => !tags.map(fold).includes(fold(tag))
    return [
      ...had.filter((tag) => lacks(wanted, tag)).map((tag) => ({ page: page.id, tag, write: removeTags })),
      ...wanted.filter((tag) => lacks(had, tag)).map((tag) => ({ page: page.id, tag, write: addTags })),
    ]
  })
  for (const write of [removeTags, addTags])
    for (const [tag, same] of Map.groupBy(
      changes.filter((change) => change.write === write),
      (change) => change.tag,
    ))
      write(database, idsOf(same), [tag])
}

function writeExclusions(database: Database.Database, rows: readonly ListedRow[]): void {
  for (const { page, values } of rows) {
    const excluded = values.get('excluded') ?? currentValue(page, 'excluded')
    if (excluded !== currentValue(page, 'excluded'))
      writeExcluded(database, [page.id], excluded === '' ? null : excluded)
    const regions = values.get('regions')
    if (regions !== undefined && regions !== currentValue(page, 'regions'))
      writeRegions(database, page, parseRegions(regions))
  }
}

const idsOf = (changes: readonly { readonly page: number }[]): readonly number[] =>
  changes.map(({ page }) => page)

function placeOf(page: Page, values: ReadonlyMap<string, string>): Pick<Page, (typeof PLACE)[number]> {
  const { style, composer, piece } = page
  return {
    style: values.get('style') ?? style,
    composer: values.get('composer') ?? composer,
    piece: values.get('piece') ?? piece,
  }
}

/** Where a page was moved it has another number by now; what the list says is held against that. */
function statePageNumbers(database: Database.Database, rows: readonly ListedRow[]): void {
  const state = database.prepare(
    'UPDATE pages SET number = ?, stated_number = ? WHERE id = ? AND number <> ?',
  )
  for (const { page, values } of rows) {
    const number = values.get('page')
    if (number !== undefined) state.run(Number(number), Number(number), page.id, Number(number))
  }
}

function raise(page: number): never {
  throw new Error(`Page ${String(page)} was to be moved to nowhere.`)
}
