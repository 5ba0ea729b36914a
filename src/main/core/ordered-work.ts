/** Several pieces of work under way at once, their results handed on in the order of the items. */

export interface OrderedWorkOptions<Item> {
  /** How many may be under way. */
  readonly concurrency: number
  /** What an item costs, e.g. pixels held in memory; items wait while what is under way weighs `capacity` or more. */
  readonly weigh?: (item: Item) => number
  readonly capacity?: number
}

/**
 * Yields `work(item)` for every item, in order. When the consumer stops early or a piece of work fails, no more is
 * started, and what is under way is waited for before the loop ends.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { concurrency, weigh = () => 0, capacity = Infinity }: OrderedWorkOptions<Item>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: { readonly result: Promise<Result>; readonly weight: number }[] = []
  let weight = 0
  let next = 0
  const startMore = (): void => {
    while (
      next < items.length &&
      underWay.length < concurrency &&
      (underWay.length === 0 || weight < capacity)
    ) {
      const item = items[next] as Item
      next += 1
      const result = work(item)
      // A failure is met where the result is awaited; until then it is nobody's unhandled rejection.
      result.catch(() => undefined)
      underWay.push({ result, weight: weigh(item) })
      weight += weigh(item)
    }
  }
  try {
    startMore()
    for (let first = underWay[0]; first !== undefined; first = underWay[0]) {
      const result = await first.result
      underWay.shift()
      weight -= first.weight
      startMore()
      yield result
    }
  } finally {
    await Promise.allSettled(underWay.map(({ result }) => result))
  }
}
