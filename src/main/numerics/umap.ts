/**
 * UMAP (McInnes, Healy & Melville 2018, algorithms 4 and 5), started from principal components (Kobak & Linderman 2021),
 * so that the large-scale order is the data's and not chance's. Settings as in umap-learn 0.5.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { type FuzzyGraph, fuzzyNeighbours } from './fuzzy-neighbours'
import type { NeighbourGraph } from './nearest-neighbours'
import type { Pause } from './symmetric-eigen'

export interface UmapOptions {
  /** Where rows lie at first: the first two of their `axes` numbers [rows, axes]. */
  readonly start: Float32Array
  readonly axes: number
  readonly seed: number
  /** How close two rows may come on the map. */
  readonly minimumDistance: number
  readonly pause: Pause
  readonly onEpoch: (done: number, total: number) => void
}

/** Side of the map at the start. */
const EXTENT = 10
const FURTHEST_STEP = 4
const NEGATIVES = 5
/** Of many rows every one is moved often enough in fewer epochs. */
const MANY_ROWS = 10_000
const EPOCHS = { few: 500, many: 200 }
const NUDGE = 0.001

/** Lays a neighbour graph out in the plane [rows, 2]; the same for the same graph and seed. */
export async function umap(graph: NeighbourGraph, options: UmapOptions): Promise<Float32Array> {
  const places = firstPlaces(graph.rows, options)
  const epochs = graph.rows <= MANY_ROWS ? EPOCHS.few : EPOCHS.many
  const layout = new Layout(await fuzzyNeighbours(graph, options.pause), places, { ...options, epochs })
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    await layout.epoch(epoch, options.pause)
    options.onEpoch(epoch + 1, epochs)
  }
  return places
}

function firstPlaces(rows: number, { start, axes }: UmapOptions): Float32Array {
  const places = new Float32Array(rows * 2)
  for (const axis of [0, 1]) {
    const values = Float64Array.from({ length: rows }, (_, row) =>
      axis < axes ? (start[row * axes + axis] ?? 0) : 0,
    )
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
    for (let row = 0; row < rows; row += 1)
      places[2 * row + axis] = high > low ? (EXTENT * ((values[row] ?? 0) - low)) / (high - low) : 0
  }
  return places
}

const ROWS_BETWEEN_PAUSES = 20_000

class Layout {
  private readonly random: RandomGenerator
  private readonly a: number
  private readonly b: number
  /** Epochs between two uses of each pair, and the epoch of its next. */
  private readonly every: Float64Array
  private readonly next: Float64Array
  private readonly nextNegative: Float64Array

  constructor(
    private readonly graph: FuzzyGraph,
    private readonly places: Float32Array,
    private readonly options: UmapOptions & { readonly epochs: number },
  ) {
    const { a, b } = curveFor(options.minimumDistance)
    this.a = a
    this.b = b
    this.random = xoroshiro128plus(options.seed | 0)
    const strongest = graph.weights.reduce((most, weight) => Math.max(most, weight), 0)
    // A pair that would not come up within all epochs is left out.
    this.every = Float64Array.from(graph.weights, (weight) =>
      weight < strongest / options.epochs ? Infinity : strongest / weight,
    )
    this.next = this.every.slice()
    this.nextNegative = this.every.map((every) => every / NEGATIVES)
  }

  async epoch(epoch: number, pause: Pause): Promise<void> {
    const { every, next } = this
    const rate = 1 - epoch / this.options.epochs
    for (let pair = 0; pair < every.length; pair += 1) {
      if ((next[pair] ?? 0) <= epoch) this.use(pair, epoch, rate)
      if (pair % ROWS_BETWEEN_PAUSES === 0) await pause()
    }
  }

  /** Draws a pair together, and its head away from rows met by chance. */
  private use(pair: number, epoch: number, rate: number): void {
    const { graph, every, next, nextNegative } = this
    const head = graph.heads[pair] ?? 0
    const step = every[pair] ?? 0
    this.attract(head, graph.tails[pair] ?? 0, rate)
    next[pair] = (next[pair] ?? 0) + step
    const between = step / NEGATIVES
    const negatives = Math.floor((epoch - (nextNegative[pair] ?? 0)) / between)
    for (let count = 0; count < negatives; count += 1)
      this.repel(head, uniformInt(this.random, 0, graph.rows - 1), rate)
    nextNegative[pair] = (nextNegative[pair] ?? 0) + negatives * between
  }

  private attract(head: number, tail: number, rate: number): void {
    const { places, a, b } = this
    const dx = (places[2 * head] ?? 0) - (places[2 * tail] ?? 0)
    const dy = (places[2 * head + 1] ?? 0) - (places[2 * tail + 1] ?? 0)
    const squared = dx * dx + dy * dy
    if (squared === 0) return
    const power = squared ** b
    const pull = (-2 * a * b * power) / (squared * (a * power + 1))
    const [moveX, moveY] = [rate * clipped(pull * dx), rate * clipped(pull * dy)]
    this.move(head, moveX, moveY)
    this.move(tail, -moveX, -moveY)
  }

  private repel(head: number, other: number, rate: number): void {
    if (head === other) return
    const { places, a, b } = this
    const dx = (places[2 * head] ?? 0) - (places[2 * other] ?? 0)
    const dy = (places[2 * head + 1] ?? 0) - (places[2 * other + 1] ?? 0)
    const squared = dx * dx + dy * dy
    if (squared === 0) return
    const push = (2 * b) / ((NUDGE + squared) * (a * squared ** b + 1))
    this.move(head, rate * clipped(push * dx), rate * clipped(push * dy))
  }

  private move(row: number, x: number, y: number): void {
    const { places } = this
    places[2 * row] = (places[2 * row] ?? 0) + x
    places[2 * row + 1] = (places[2 * row + 1] ?? 0) + y
  }
}

function clipped(step: number): number {
  return step > FURTHEST_STEP ? FURTHEST_STEP : step < -FURTHEST_STEP ? -FURTHEST_STEP : step
}

const CURVE_POINTS = 300
const CURVE_REACH = 3
const CURVE_STEPS = 200

/**
 * a and b of 1 / (1 + a·x^(2b)) nearest, by least squares, to 1 up to the minimum distance and exp(−(x − it)) beyond;
 * by the Gauss–Newton method with damping (Levenberg 1944).
 */
export function curveFor(minimumDistance: number): { readonly a: number; readonly b: number } {
  const curve = Array.from({ length: CURVE_POINTS }, (_, at) => {
    const x = (CURVE_REACH * at) / (CURVE_POINTS - 1)
    return { x, y: x < minimumDistance ? 1 : Math.exp(-(x - minimumDistance)) }
  }).slice(1)
  const errorOf = (a: number, b: number): number =>
    curve.reduce((sum, { x, y }) => sum + (y - 1 / (1 + a * x ** (2 * b))) ** 2, 0)
  let [a, b, damping] = [1, 1, 1e-3]
  for (let round = 0; round < CURVE_STEPS; round += 1) {
    const { aa, ab, bb, ra, rb } = slopes(curve, a, b)
    const determinant = aa * (1 + damping) * bb * (1 + damping) - ab * ab
    const nextA = a + (ra * bb * (1 + damping) - rb * ab) / determinant
    const nextB = b + (rb * aa * (1 + damping) - ra * ab) / determinant
    const improves = nextA > 0 && nextB > 0 && errorOf(nextA, nextB) <= errorOf(a, b)
    if (improves) [a, b] = [nextA, nextB]
    damping *= improves ? 0.3 : 10
  }
  return { a, b }
}

/** Sums of products of the derivatives by a and b with each other and with the residual. */
function slopes(curve: readonly { readonly x: number; readonly y: number }[], a: number, b: number) {
  const sums = { aa: 0, ab: 0, bb: 0, ra: 0, rb: 0 }
  for (const { x, y } of curve) {
    const power = x ** (2 * b)
    const value = 1 / (1 + a * power)
    const byA = -power * value * value
    const byB = -2 * a * power * Math.log(x) * value * value
    sums.aa += byA * byA
    sums.ab += byA * byB
    sums.bb += byB * byB
    sums.ra += byA * (y - value)
    sums.rb += byB * (y - value)
  }
  return sums
}
