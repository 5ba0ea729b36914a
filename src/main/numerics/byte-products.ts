/** Inner products of grey crops, exact: whole numbers until the end, a few crops at a time. */
import type { Pause } from './symmetric-eigen'

/** Crops as rows of bytes [rows, length]. */
export interface ByteMatrix {
  readonly rows: number
  readonly length: number
  readonly bytes: Uint8Array
}

/** 255² · 32,768 is still below 2³¹: sums of this many products fit 32 bits. */
const EXACT_LENGTH = 32_768
const TILE = 4

/**
 * products[i · right.rows + j] = ⟨left i, right j⟩.
 * @param symmetric both are the same crops: only half is computed and mirrored
 */
export async function innerProducts(
  left: ByteMatrix,
  right: ByteMatrix,
  options: { readonly symmetric: boolean; readonly pause: Pause },
): Promise<Float64Array> {
  const products = new Float64Array(left.rows * right.rows)
  const tile = new Int32Array(TILE * TILE)
  for (let i = 0; i < left.rows; i += TILE)
    for (let j = options.symmetric ? i : 0; j < right.rows; j += TILE) {
      for (let from = 0; from < left.length; from += EXACT_LENGTH) {
        const to = Math.min(left.length, from + EXACT_LENGTH)
        multiplyTile(rowsFrom(left, i, from, to), rowsFrom(right, j, from, to), tile)
        addTile(products, tile, { i, j, rows: left.rows, columns: right.rows })
      }
      await options.pause()
    }
  if (options.symmetric) mirror(products, left.rows)
  return products
}

type FourRows = readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array]

/** Rows past the last repeat it; what they give is not kept. */
function rowsFrom({ bytes, rows, length }: ByteMatrix, first: number, from: number, to: number): FourRows {
  const row = (offset: number): Uint8Array => {
    const start = Math.min(first + offset, rows - 1) * length
    return bytes.subarray(start + from, start + to)
  }
  return [row(0), row(1), row(2), row(3)]
}

/** Sixteen sums at once: every byte is read once for four products. Spelt out, which is several times faster. */
function multiplyTile(a: FourRows, b: FourRows, tile: Int32Array): void {
  const a0 = a[0]
  const a1 = a[1]
  const a2 = a[2]
  const a3 = a[3]
  const b0 = b[0]
  const b1 = b[1]
  const b2 = b[2]
  const b3 = b[3]
  let s00 = 0
  let s01 = 0
  let s02 = 0
  let s03 = 0
  let s10 = 0
  let s11 = 0
  let s12 = 0
  let s13 = 0
  let s20 = 0
  let s21 = 0
  let s22 = 0
  let s23 = 0
  let s30 = 0
  let s31 = 0
  let s32 = 0
  let s33 = 0
  for (let k = 0; k < a0.length; k += 1) {
    const y0 = b0[k] ?? 0
    const y1 = b1[k] ?? 0
    const y2 = b2[k] ?? 0
    const y3 = b3[k] ?? 0
    const x0 = a0[k] ?? 0
    s00 = (s00 + Math.imul(x0, y0)) | 0
    s01 = (s01 + Math.imul(x0, y1)) | 0
    s02 = (s02 + Math.imul(x0, y2)) | 0
    s03 = (s03 + Math.imul(x0, y3)) | 0
    const x1 = a1[k] ?? 0
    s10 = (s10 + Math.imul(x1, y0)) | 0
    s11 = (s11 + Math.imul(x1, y1)) | 0
    s12 = (s12 + Math.imul(x1, y2)) | 0
    s13 = (s13 + Math.imul(x1, y3)) | 0
    const x2 = a2[k] ?? 0
    s20 = (s20 + Math.imul(x2, y0)) | 0
    s21 = (s21 + Math.imul(x2, y1)) | 0
    s22 = (s22 + Math.imul(x2, y2)) | 0
    s23 = (s23 + Math.imul(x2, y3)) | 0
    const x3 = a3[k] ?? 0
    s30 = (s30 + Math.imul(x3, y0)) | 0
    s31 = (s31 + Math.imul(x3, y1)) | 0
    s32 = (s32 + Math.imul(x3, y2)) | 0
    s33 = (s33 + Math.imul(x3, y3)) | 0
  }
  tile.set([s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33])
}

function addTile(
  products: Float64Array,
  tile: Int32Array,
  place: { readonly i: number; readonly j: number; readonly rows: number; readonly columns: number },
): void {
  const { i, j, rows, columns } = place
  for (let row = 0; row < TILE && i + row < rows; row += 1)
    for (let column = 0; column < TILE && j + column < columns; column += 1) {
      const at = (i + row) * columns + j + column
      products[at] = (products[at] ?? 0) + (tile[row * TILE + column] ?? 0)
    }
}

/** Copies what is above the diagonal below it. */
function mirror(products: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1)
    for (let j = i + 1; j < size; j += 1) products[j * size + i] = products[i * size + j] ?? 0
}
