/**
 * Inner products of rows of 32-bit floats, four at a time: a WebAssembly function for the processor's vector unit, which
 * JavaScript does not reach. It is put together here from its few dozen instructions (WebAssembly 2.0, §5.4).
 */

const ROWS = 2
const COLUMNS = 4
/** Rows must be whole vectors of 16 bytes long, and panels whole groups of four rows. */
export const VECTOR_FLOATS = 4
export const PANEL_ROWS = COLUMNS
const PAGE_BYTES = 65_536

const [I32, V128] = [0x7f, 0x7b]
const [END, LOOP, BR_IF, EMPTY] = [0x0b, 0x03, 0x0d, 0x40]
const [I32_ADD, I32_MULTIPLY, I32_LESS, F32_ADD] = [0x6a, 0x6c, 0x49, 0x92]

type Code = readonly number[]

/** LEB128; signed, which for what is not negative only costs a bit. */
function number(value: number): Code {
  const bytes: number[] = []
  let rest = value
  for (;;) {
    const low = rest & 0x7f
    rest >>= 7
    if (rest === 0 && (low & 0x40) === 0) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

/** LEB128 without a sign, for sizes and places. */
function size(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...size(value >> 7)]
}

const get = (local: number): Code => [0x20, ...size(local)]
const set = (local: number): Code => [0x21, ...size(local)]
const constant = (value: number): Code => [0x41, ...number(value)]
const vector = (operation: number): Code => [0xfd, ...size(operation)]
const load = (base: number, offset: number): Code => [
  ...get(base),
  ...get(offset),
  I32_ADD,
  ...vector(0),
  4,
  0,
]
const section = (id: number, content: Code): Code => [id, ...size(content.length), ...content]
const text = (name: string): Code => [name.length, ...Array.from(name, (letter) => letter.charCodeAt(0))]

/** Locals: three parameters, then pointers, then accumulators. */
const LEFT = 0
const RIGHT = 1
const RIGHT_ROWS = 2
const OFFSET = 3
const DONE = 4
const SECOND_LEFT = 5
const RIGHTS = [RIGHT, 6, 7, 8]
const POINTERS = 6
const SUMS = 9
const sumOf = (row: number, column: number): number => SUMS + row * COLUMNS + column
const [FIRST, SECOND, OTHER] = [SUMS + ROWS * COLUMNS, SUMS + ROWS * COLUMNS + 1, SUMS + ROWS * COLUMNS + 2]
const VECTORS = ROWS * COLUMNS + 3

const flat = (parts: readonly Code[]): Code => parts.flat()
const each = <Item>(items: Iterable<Item>, code: (item: Item, at: number) => Code): Code =>
  flat(Array.from(items, code))
const allSums = [0, 1].flatMap((row) =>
  [0, 1, 2, 3].map((column) => ({ row, column, sum: sumOf(row, column) })),
)

/** sums += products of one vector of both left rows with four right rows */
const step = flat([
  load(LEFT, OFFSET),
  set(FIRST),
  load(SECOND_LEFT, OFFSET),
  set(SECOND),
  each(RIGHTS, (right, column) =>
    flat([
      load(right, OFFSET),
      set(OTHER),
      each([FIRST, SECOND], (left, row) =>
        flat([
          get(sumOf(row, column)),
          get(left),
          get(OTHER),
          vector(0xe6),
          vector(0xe4),
          set(sumOf(row, column)),
        ]),
      ),
    ]),
  ),
])

const lane = (sum: number, at: number): Code => [...get(sum), ...vector(0x1f), at]

/** Where products go, and how long a row is. */
interface Shape {
  readonly outAt: number
  readonly rowBytes: number
}

/** out[row · rightRows + done + column] = the four lanes of a sum, added */
const store = ({ outAt }: Shape): Code =>
  each(allSums, ({ row, column, sum }) =>
    flat([
      constant(outAt + 4 * column),
      get(DONE),
      row === 0 ? [] : [...get(RIGHT_ROWS), I32_ADD],
      constant(4),
      [I32_MULTIPLY, I32_ADD],
      lane(sum, 0),
      lane(sum, 1),
      [F32_ADD],
      lane(sum, 2),
      lane(sum, 3),
      [F32_ADD, F32_ADD],
      [0x38, 2, 0],
    ]),
  )

const body = (shape: Shape): Code => {
  const row = constant(shape.rowBytes)
  return flat([
    flat([get(LEFT), row, [I32_ADD], set(SECOND_LEFT)]),
    [LOOP, EMPTY],
    each(RIGHTS.slice(1), (right, at) => flat([get(RIGHTS[at] ?? RIGHT), row, [I32_ADD], set(right)])),
    each(allSums, ({ sum }) => [...vector(0x0c), ...new Array<number>(16).fill(0), ...set(sum)]),
    constant(0),
    set(OFFSET),
    [LOOP, EMPTY],
    step,
    flat([get(OFFSET), constant(16), [I32_ADD], set(OFFSET)]),
    flat([get(OFFSET), row, [I32_LESS, BR_IF, 0, END]]),
    store(shape),
    flat([get(RIGHT), constant(COLUMNS * shape.rowBytes), [I32_ADD], set(RIGHT)]),
    flat([get(DONE), constant(COLUMNS), [I32_ADD], set(DONE)]),
    flat([get(DONE), get(RIGHT_ROWS), [I32_LESS, BR_IF, 0, END]]),
    [END],
  ])
}

/** The module: one imported memory, one exported function of three whole numbers. */
function moduleBytes(pages: number, shape: Shape): Uint8Array {
  const locals = [2, ...size(POINTERS), I32, ...size(VECTORS), V128]
  const code = [...locals, ...body(shape)]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 3, I32, I32, I32, 0]),
    ...section(2, [1, ...text('js'), ...text('memory'), 2, 0, ...size(pages)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('products'), 0, 0]),
    ...section(10, [1, ...size(code.length), ...code]),
  ])
}

/** Rows held where the vector unit works on them. */
export class VectorRows {
  /** [rows, width], rows padded with zeros to whole panels and columns to whole vectors. */
  readonly values: Float32Array
  readonly width: number
  /** What `multiply` found: [2, rows of its panel]. */
  readonly products: Float32Array
  private readonly call: (left: number, right: number, rows: number) => void

  /** @param longest rows of a panel at most */
  constructor(rows: number, columns: number, longest: number) {
    this.width = Math.ceil(columns / VECTOR_FLOATS) * VECTOR_FLOATS
    const paddedRows = Math.ceil(rows / PANEL_ROWS) * PANEL_ROWS
    const shape = { outAt: paddedRows * this.width * 4, rowBytes: this.width * 4 }
    const pages = Math.ceil((shape.outAt + ROWS * longest * 4) / PAGE_BYTES)
    const memory = new WebAssembly.Memory({ initial: pages })
    const module = new WebAssembly.Module(moduleBytes(pages, shape))
    const { exports } = new WebAssembly.Instance(module, { js: { memory } })
    this.call = exports['products'] as VectorRows['call']
    this.values = new Float32Array(memory.buffer, 0, paddedRows * this.width)
    this.products = new Float32Array(memory.buffer, shape.outAt, ROWS * longest)
  }

  /**
   * products[r · rows + j] = ⟨row left + r, row right + j⟩ for r of 0 and 1.
   * @param left even
   * @param right and rows: whole groups of four
   */
  multiply(left: number, right: number, rows: number): void {
    const rowBytes = this.width * 4
    this.call(left * rowBytes, right * rowBytes, rows)
  }
}
