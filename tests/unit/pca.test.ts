import { describe, expect, it } from 'vitest'
import { type ByteMatrix, innerProducts } from '../../src/main/numerics/byte-products'
import { fitPca } from '../../src/main/numerics/pca'
import { symmetricEigen } from '../../src/main/numerics/symmetric-eigen'
import { numbers, references } from '../support/reference-numbers'

const pause = (): Promise<void> => Promise.resolve()
const matrix = (seed: number, rows: number, length: number): ByteMatrix => {
  return { rows, length, bytes: numbers(seed, rows * length) }
}
const row = ({ bytes, length }: ByteMatrix, at: number) => bytes.subarray(at * length, (at + 1) * length)
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? NaN) * (b[at] ?? NaN)
  return sum
}

describe('inner products of grey crops', () => {
  it.each([
    [1, 1, 5],
    [4, 4, 16],
    [7, 3, 33],
    [5, 9, 40_000],
  ])('are exact for %i by %i crops of %i pixels', async (rows, others, length) => {
    const [left, right] = [matrix(3, rows, length), matrix(4, others, length)]
    left.bytes.fill(255, 0, length)
    right.bytes.fill(255, 0, length)
    const products = await innerProducts(left, right, { symmetric: false, pause })
    const own = await innerProducts(left, left, { symmetric: true, pause })
    for (let i = 0; i < rows; i += 1) {
      for (let j = 0; j < others; j += 1)
        expect(products[i * others + j]).toBe(dot(row(left, i), row(right, j)))
      for (let j = 0; j < rows; j += 1) expect(own[i * rows + j]).toBe(dot(row(left, i), row(left, j)))
    }
  })
})

describe('eigenvalues and eigenvectors', () => {
  it('are LAPACK’s', async () => {
    const { size, seed, values: expected } = references.eigen
    const square = Float64Array.from(numbers(seed, size * size))
    const symmetric = square.map(
      (value, at) => value + (square[(at % size) * size + Math.floor(at / size)] ?? 0),
    )
    const { values, vectors } = await symmetricEigen(symmetric.slice(), size, pause)
    ;[...values]
      .sort((a, b) => a - b)
      .forEach((value, at) => {
        expect(value).toBeCloseTo(expected[at] ?? NaN, 8)
      })
    for (let i = 0; i < size; i += 1) {
      const vector = vectors.subarray(i * size, (i + 1) * size)
      expect(dot(vector, vector)).toBeCloseTo(1, 10)
      for (let j = 0; j < size; j += 1)
        expect(dot(symmetric.subarray(j * size, (j + 1) * size), vector)).toBeCloseTo(
          (values[i] ?? NaN) * (vector[j] ?? NaN),
          7,
        )
    }
  })

  it('are found where there is nothing to turn', async () => {
    const diagonal = Float64Array.from([3, 0, 0, 0, 1, 0, 0, 0, 2])
    expect([...(await symmetricEigen(diagonal, 3, pause)).values].sort()).toEqual([1, 2, 3])
    expect([...(await symmetricEigen(Float64Array.of(7), 1, pause)).values]).toEqual([7])
    expect([...(await symmetricEigen(new Float64Array(16), 4, pause)).values]).toEqual([0, 0, 0, 0])
  })
})

describe('principal components', () => {
  it.each(references.pca)(
    'are scikit-learn’s: $components of $rows crops of $length pixels',
    async ({ rows, length, components, variances, errors, first }) => {
      const held = matrix(rows + 1, 6, length)
      const pca = await fitPca(matrix(rows, rows, length), components, pause)
      expect(pca.components).toBe(components)
      for (const [at, variance] of variances.entries()) expect(pca.variances[at]).toBeCloseTo(variance, 10)
      const painted = await pca.reconstruct(held, pause)
      for (const [at, value] of first.entries()) expect(painted[at]).toBeCloseTo(value, 6)
      for (const [at, error] of errors.entries()) {
        const own = [...row(held, at)].map(
          (byte, pixel) => byte / 255 - (painted[at * length + pixel] ?? NaN),
        )
        expect(dot(own, own) / length).toBeCloseTo(error, 7)
      }
    },
  )

  it('give training crops back when there are as many as the crops have', async () => {
    const train = matrix(9, 7, 50)
    const pca = await fitPca(train, 50, pause)
    expect(pca.components).toBe(6)
    const painted = await pca.reconstruct(train, pause)
    for (const [at, byte] of train.bytes.entries()) expect(painted[at]).toBeCloseTo(byte / 255, 6)
  })

  it('do not count directions in which nothing varies', async () => {
    const bytes = Uint8Array.from([
      ...numbers(1, 20),
      ...numbers(1, 20),
      ...numbers(2, 20),
      ...numbers(2, 20),
    ])
    const pca = await fitPca({ rows: 4, length: 20, bytes }, 3, pause)
    expect(pca.components).toBe(1)
    const same = await fitPca({ rows: 3, length: 2, bytes: new Uint8Array(6).fill(9) }, 2, pause)
    expect(same.components).toBe(0)
    expect([
      ...(await same.reconstruct({ rows: 1, length: 2, bytes: Uint8Array.of(0, 255) }, pause)),
    ]).toEqual([9 / 255, 9 / 255].map(Math.fround))
  })
})
