import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Job, JobProgress } from '@shared/domain/job'
import { createEventHub } from '../../src/main/core/event-hub'

const progress = (job: string, done: number): JobProgress => ({
  job,
  kind: 'import',
  label: 'Importing pages',
  done,
  total: 100,
  secondsLeft: null,
})

const ended = (job: string): Job => ({
  ...progress(job, 100),
  status: 'finished',
  startedAt: '2026',
  finishedAt: '2026',
  problem: null,
  subject: null,
})

describe('events', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tell progress at most ten times a second, the latest wins, and the last one always arrives', () => {
    const hub = createEventHub()
    const seen: number[] = []
    hub.on('job/progressed', ({ done }) => seen.push(done))
    for (let done = 1; done <= 1000; done += 1) {
      hub.emit('job/progressed', progress('a', done))
      vi.advanceTimersByTime(1)
    }
    expect(seen.length).toBeGreaterThanOrEqual(9)
    expect(seen.length).toBeLessThanOrEqual(11)
    vi.advanceTimersByTime(100)
    expect(seen.at(-1)).toBe(1000)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  it('hold each job back by itself', () => {
    const hub = createEventHub()
    const seen: string[] = []
    hub.on('job/progressed', ({ job, done }) => seen.push(`${job}${done}`))
    hub.emit('job/progressed', progress('a', 1))
    hub.emit('job/progressed', progress('b', 1))
    hub.emit('job/progressed', progress('a', 2))
    expect(seen).toEqual(['a1', 'b1'])
    vi.advanceTimersByTime(100)
    expect(seen).toEqual(['a1', 'b1', 'a2'])
  })

  it('tell the last progress before the end', () => {
    const hub = createEventHub()
    const seen: string[] = []
    hub.on('job/progressed', ({ done }) => seen.push(`progressed ${done}`))
    hub.on('job/ended', () => seen.push('ended'))
    hub.emit('job/progressed', progress('a', 1))
    hub.emit('job/progressed', progress('a', 99))
    hub.emit('job/ended', ended('a'))
    vi.advanceTimersByTime(1000)
    expect(seen).toEqual(['progressed 1', 'progressed 99', 'ended'])
  })

  it('go to nobody who has left, and what is held back is told before closing', () => {
    const hub = createEventHub()
    const seen: number[] = []
    const leave = hub.on('job/progressed', ({ done }) => seen.push(done))
    const stays: number[] = []
    hub.on('job/progressed', ({ done }) => stays.push(done))
    hub.emit('job/progressed', progress('a', 1))
    leave()
    hub.emit('job/progressed', progress('a', 2))
    hub.close()
    expect(seen).toEqual([1])
    expect(stays).toEqual([1, 2])
    expect(vi.getTimerCount()).toBe(0)
  })
})
