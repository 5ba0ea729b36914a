/** Carries the engine's events to whoever listens; progress is thinned out, nothing else is. */
import type { EngineEventName, EngineEvents } from '@shared/events'
import type { Emit } from './ports'

type Listener<Name extends EngineEventName> = (value: EngineEvents[Name]) => void

export interface EventHub {
  readonly emit: Emit
  on<Name extends EngineEventName>(name: Name, listener: Listener<Name>): () => void
  /** Delivers what is held back and stops all timers. */
  close(): void
}

/** At most ten a second per kind and subject. */
const PROGRESS_GAP_MS = 100

interface Channel {
  /** Delivers the newest value that is held back. */
  pending: (() => void) | null
  timer: NodeJS.Timeout | null
}

/** Which stream of progress an event belongs to; null for events that are never held back. */
function progressSubject(name: EngineEventName, value: EngineEvents[EngineEventName]): string | null {
  if (value === null) return null
  if (name === 'job/progressed' && 'job' in value) return value.job
  if (name === 'run/step' && 'run' in value) return value.run
  return null
}

/** Which held-back progress must be told before this event: "ended" never overtakes the last "progressed". */
function heraldOf(name: EngineEventName, value: EngineEvents[EngineEventName]): string | null {
  if (value === null) return null
  if (name === 'job/ended' && 'job' in value) return `job/progressed ${value.job}`
  if ((name === 'run/epoch' || name === 'run/changed') && 'run' in value) return `run/step ${value.run}`
  return null
}

/** Latest wins, and the last one always arrives: a value held back is delivered when its gap is over. */
export function createEventHub(): EventHub {
  const listeners = new Map<EngineEventName, Set<(value: never) => void>>()
  const channels = new Map<string, Channel>()

  const deliver = <Name extends EngineEventName>(name: Name, value: EngineEvents[Name]): void => {
    for (const listener of listeners.get(name) ?? []) (listener as Listener<Name>)(value)
  }
  const flush = (key: string): void => {
    const channel = channels.get(key)
    if (channel === undefined) return
    if (channel.timer !== null) clearTimeout(channel.timer)
    channels.delete(key)
    channel.pending?.()
  }
  const settle = (key: string, channel: Channel): void => {
    channel.timer = null
    if (channel.pending === null) {
      channels.delete(key)
      return
    }
    const pending = channel.pending
    channel.pending = null
    channel.timer = setTimeout(settle, PROGRESS_GAP_MS, key, channel)
    pending()
  }
  const emit: Emit = (name, value) => {
    const subject = progressSubject(name, value)
    if (subject === null) {
      const herald = heraldOf(name, value)
      if (herald !== null) flush(herald)
      deliver(name, value)
      return
    }
    const key = `${name} ${subject}`
    const channel = channels.get(key)
    if (channel !== undefined) {
      channel.pending = () => {
        deliver(name, value)
      }
      return
    }
    const opened: Channel = { pending: null, timer: null }
    opened.timer = setTimeout(settle, PROGRESS_GAP_MS, key, opened)
    channels.set(key, opened)
    deliver(name, value)
  }

  return {
    emit,
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener)
      return () => set.delete(listener)
    },
    close() {
      for (const key of [...channels.keys()]) flush(key)
      listeners.clear()
    },
  }
}
