import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inOrder } from '../../src/main/core/ordered-work'

/** Several turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve()
}

describe('work in order', () => {
  it('hands results on in the order of the items, whichever is done first, few at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5)), fc.integer({ min: 1, max: 4 }), async (items, concurrency) => {
        let started = 0
        const seen: number[] = []
        const work = async (item: number): Promise<number> => {
          started += 1
          // The one being handed on no longer counts.
          expect(started - seen.length).toBeLessThanOrEqual(concurrency + 1)
          await turns(item)
          return item
        }
        for await (const result of inOrder(items, work, { concurrency })) seen.push(result)
        expect(seen).toEqual(items)
      }),
    )
  })

  it('holds no more at once than there is room for, but never waits for room that cannot come', async () => {
    const weights = [10, 10, 10, 500, 10, 10]
    const underWay: number[] = []
    const most: number[] = []
    const work = async (weight: number): Promise<number> => {
      underWay.push(weight)
      most.push(underWay.reduce((sum, one) => sum + one, 0))
      await turns(3)
      underWay.splice(underWay.indexOf(weight), 1)
      return weight
    }
    const options = { concurrency: 4, capacity: 15, weigh: (weight: number) => weight }
    const seen: number[] = []
    for await (const result of inOrder(weights, work, options)) seen.push(result)
    expect(seen).toEqual(weights)
    expect(Math.max(...most)).toBeLessThanOrEqual(510)
    expect(most[1]).toBe(20)
  })

  it('waits for what is under way and starts no more when one fails', async () => {
    const started: number[] = []
    const ended: number[] = []
    const work = async (item: number): Promise<number> => {
      started.push(item)
      await new Promise((resolve) => setImmediate(resolve))
      if (item === 1) throw new Error('the second one failed')
      ended.push(item)
      return item
    }
    const seen: number[] = []
    const read = async (): Promise<void> => {
      for await (const result of inOrder([0, 1, 2, 3, 4, 5], work, { concurrency: 3 })) seen.push(result)
    }
    await expect(read()).rejects.toThrow('the second one failed')
    expect(seen).toEqual([0])
    expect(started.length).toBeLessThan(6)
    expect(ended).toEqual(started.filter((item) => item !== 1))
  })

  it('starts no more when the reader stops', async () => {
    let started = 0
    const work = (item: number): Promise<number> => {
      started += 1
      return Promise.resolve(item)
    }
    for await (const result of inOrder([...Array(100).keys()], work, { concurrency: 2 }))
      if (result === 3) break
    expect(started).toBeLessThan(8)
  })
})
