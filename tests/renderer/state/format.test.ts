import { describe, expect, it } from 'vitest'
import { countOf, formatBytes, formatDuration, formatTimeLeft } from '../../../src/renderer/src/state/format'

describe('what the window writes', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [3_400_000, '3.4 MB'],
    [812_000_000, '812 MB'],
    [16_000_000_000, '16.0 GB'],
  ])('writes %d bytes as %s', (bytes, written) => expect(formatBytes(bytes)).toBe(written))

  it.each([
    [40, '40 s'],
    [200, '3 min 20 s'],
    [180, '3 min'],
    [7500, '2 h 5 min'],
  ])('writes %d seconds as %s', (seconds, written) => expect(formatDuration(seconds)).toBe(written))

  it.each([
    [null, ''],
    [2, 'a few seconds left'],
    [47, 'about 50 s left'],
    [412, 'about 7 min left'],
    [7000, 'about 2 h 0 min left'],
  ])('writes %s seconds left as "%s"', (seconds, written) => expect(formatTimeLeft(seconds)).toBe(written))

  it('counts one thing and many', () =>
    expect([countOf(1, 'page'), countOf(1302, 'page')]).toEqual(['1 page', '1,302 pages']))
})
