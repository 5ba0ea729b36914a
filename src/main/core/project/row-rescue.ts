/** Reads the rows of one table of a damaged catalogue: from both ends, by what its indexes say, and number by number. */
import Database from 'better-sqlite3'

type Value = string | number | bigint | Buffer | null
type Row = readonly Value[]

/** How a table is kept, as an undamaged catalogue of the same schema says. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly string[]
  /** What its rows are kept by: "rowid", or the columns of its key. */
  readonly key: readonly string[]
  /** The last column of the key holds whole numbers, so that one can be asked for after the other. */
  readonly isNumbered: boolean
  readonly indexes: readonly string[]
  /** The table that the first column of the key refers to. */
  readonly parent: { readonly table: string; readonly column: string } | null
}

export function shapeOf(sound: Database.Database, name: string): TableShape {
  const all = <Found>(pragma: string): readonly Found[] => sound.pragma(`${pragma}(${name})`) as Found[]
  const columns = all<{ name: string; type: string; pk: number }>('table_xinfo')
  const [kept] = sound
    .prepare<[string], { wr: number }>('SELECT wr FROM pragma_table_list WHERE name = ?')
    .all(name)
  const primary = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk)
  const hasRowid = kept?.wr === 0
  const lead = hasRowid ? undefined : primary[0]?.name
  const parent = all<{ from: string; table: string; to: string | null }>('foreign_key_list').find(
    ({ from }) => from === lead,
  )
  return {
    name,
    columns: columns.map((column) => column.name),
    key: hasRowid ? ['rowid'] : primary.map((column) => column.name),
    isNumbered: hasRowid || primary.at(-1)?.type === 'INTEGER',
    indexes: all<{ name: string; origin: string }>('index_list')
      .filter(({ origin }) => hasRowid || origin !== 'pk')
      .map((index) => index.name),
    parent: parent === undefined ? null : { table: parent.table, column: parent.to ?? 'id' },
  }
}

/** Ranges that cannot be read are halved at most this often in one table, so that it comes to an end. */
const MOST_FAILED_RANGES = 20_000
/** How far beyond the last row that was seen numbers are asked for, where nothing says how many there are. */
const BEYOND = 10_000

/**
 * Gives every row that can be read once to `take`, in the order of the shape's columns.
 * @returns how many rows there were by all that is known; null where nothing says
 */
export function rescueRows(
  damaged: Database.Database,
  shape: TableShape,
  rescue: { readonly parentKeys: readonly Value[]; readonly take: (row: Row) => void },
): number | null {
  return new Rescue(damaged, shape, rescue.take).run(rescue.parentKeys)
}

interface Part {
  /** Values of the first columns of the key; none: the whole table. */
  readonly prefix: readonly Value[]
  lowest: number | null
  highest: number | null
}

class Rescue {
  private readonly seen = new Set<string>()
  private failedRanges = 0
  private readonly statements = new Map<string, Database.Statement>()

  constructor(
    private readonly damaged: Database.Database,
    private readonly shape: TableShape,
    private readonly take: (row: Row) => void,
  ) {}

  run(parentKeys: readonly Value[]): number | null {
    const { key, parent } = this.shape
    const isWhole = this.readPart({ prefix: [], lowest: null, highest: null })
    if (!isWhole && parent !== null && key.length > 1)
      for (const value of parentKeys) this.readPart({ prefix: [value], lowest: null, highest: null })
    const counted = this.counts()
    if (isWhole) return Math.max(this.seen.size, ...counted)
    return counted.length === 0 ? null : Math.max(this.seen.size, ...counted)
  }

  /** Upwards, then downwards, then what lies between. @returns everything was read at the first go */
  private readPart(part: Part): boolean {
    const { key, isNumbered } = this.shape
    const rest = key.slice(part.prefix.length)
    const order = (way: 'ASC' | 'DESC'): string => rest.map((column) => `${column} ${way}`).join(', ')
    const isLast = rest.length === 1 && isNumbered
    if (this.scan(part.prefix, order('ASC'), (row) => this.note(part, 'lowest', row))) return true
    this.scan(part.prefix, order('DESC'), (row) => this.note(part, 'highest', row))
    const known = part.prefix.length === 0 ? this.readByIndexes() : 0
    // A part with no row to be seen at either end is most likely all on one broken page.
    if (!isLast || (part.prefix.length > 0 && part.lowest === null && part.highest === null)) return false
    const from = (part.lowest ?? 0) + 1
    this.readBetween(part.prefix, from, part.highest ?? Math.max(known, from + BEYOND))
    return false
  }

  private note(part: Part, end: 'lowest' | 'highest', row: Row): void {
    const last = row.at(-1)
    if (typeof last === 'number') part[end] = last
  }

  /** Rows of a part in an order; false where reading breaks off. */
  private scan(prefix: readonly Value[], order: string, onRow: (key: Row) => void): boolean {
    const where = this.whereKey(prefix.length)
    return this.readAll(`${where} ORDER BY ${order}`, prefix, onRow)
  }

  /** Keys that an index still knows are asked for one by one. @returns the highest of them where they are numbers */
  private readByIndexes(): number {
    const { name, key, indexes } = this.shape
    const one = this.whereKey(key.length)
    let highest = 0
    for (const index of indexes)
      this.each(`SELECT ${key.join(', ')} FROM ${name} INDEXED BY ${index}`, [], (values) => {
        if (typeof values[0] === 'number') highest = Math.max(highest, values[0])
        if (!this.seen.has(JSON.stringify(values))) this.readAll(one, values, () => undefined)
      })
    return highest
  }

  private readBetween(prefix: readonly Value[], from: number, to: number): void {
    if (from > to || this.failedRanges > MOST_FAILED_RANGES) return
    const column = this.shape.key.at(-1) ?? 'rowid'
    const words = [...this.shape.key.slice(0, prefix.length).map((name) => `${name} = ?`)]
    const where = `WHERE ${[...words, `${column} BETWEEN ? AND ?`].join(' AND ')}`
    if (this.readAll(where, [...prefix, from, to], () => undefined)) return
    this.failedRanges += 1
    if (from === to) return
    const middle = Math.floor((from + to) / 2)
    this.readBetween(prefix, from, middle)
    this.readBetween(prefix, middle + 1, to)
  }

  private whereKey(columns: number): string {
    const words = this.shape.key.slice(0, columns).map((name) => `${name} = ?`)
    return words.length === 0 ? '' : `WHERE ${words.join(' AND ')}`
  }

  /** Takes each row once. @returns false where reading breaks off */
  private readAll(where: string, values: readonly Value[], onRow: (key: Row) => void): boolean {
    const { name, key, columns } = this.shape
    const sql = `SELECT ${[...columns, ...key].join(', ')} FROM ${name} NOT INDEXED ${where}`
    return this.each(sql, values, (row) => {
      const found = row.slice(columns.length)
      onRow(found)
      const mark = JSON.stringify(found)
      if (this.seen.has(mark)) return
      this.seen.add(mark)
      this.take(row.slice(0, columns.length))
    })
  }

  private each(sql: string, values: readonly Value[], onRow: (row: Row) => void): boolean {
    try {
      const statement = this.statements.get(sql) ?? this.damaged.prepare(sql).raw()
      // Who asks while the rows of the same words are still being read needs a statement of its own.
      this.statements.delete(sql)
      for (const row of statement.iterate(...values)) onRow(row as Row)
      this.statements.set(sql, statement)
      return true
    } catch (error) {
      if (error instanceof Database.SqliteError) return false
      throw error
    }
  }

  /** What the table and each of its indexes say about how many rows there are, where they can be read. */
  private counts(): readonly number[] {
    const { name, indexes } = this.shape
    const sources = ['NOT INDEXED', ...indexes.map((index) => `INDEXED BY ${index}`)]
    return sources.flatMap((source) => {
      const counted: number[] = []
      this.each(`SELECT count(*) FROM ${name} ${source}`, [], ([count]) => counted.push(Number(count)))
      return counted
    })
  }
}
