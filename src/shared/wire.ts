/**
 * What crosses a border: five kinds of frame over a port. A port is a child process's channel, a WebSocket or the window's
 * bridge; typed arrays cross as they are, by structured clone or as MessagePack extensions.
 */
import type { WireError } from './errors'

/** How a request ended, as data. */
export type Outcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }

export interface RequestFrame {
  readonly type: 'request'
  /** Counted up by the asking side; unique per port. */
  readonly id: number
  readonly noun: string
  readonly verb: string
  readonly request?: unknown
}

export type Frame =
  | RequestFrame
  /** Nobody waits for this request any more: its signal is aborted over there; it is still answered. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'reply'; readonly id: number; readonly outcome: Outcome }
  | { readonly type: 'event'; readonly name: string; readonly value: unknown }
  /** The first frame of a child process: it can be asked now, or why it never can. */
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly error: WireError }

/** The name of the event that tells a browser's page how the engine behind serve is doing (bridge.ts, EngineState). */
export const ENGINE_STATE = 'engine/state'

/** What a port tells its one reader. */
export interface PortReader {
  frame(frame: Frame): void
  /** The last call: nothing arrives any more. `failureOf` makes the failure of a request that was not answered. */
  closed(failureOf: (request: string) => Error): void
}

export interface Port {
  /** @throws when the value cannot be cloned; a frame for a port that has closed is dropped, its reader already knows. */
  send(frame: Frame): void
  read(reader: PortReader): void
}

/** Whether data from outside is a frame that an asking side may send. */
export function isAskingFrame(data: unknown): data is RequestFrame | { type: 'cancel'; id: number } {
  if (typeof data !== 'object' || data === null) return false
  const frame = data as Partial<Record<string, unknown>>
  if (!Number.isSafeInteger(frame['id'])) return false
  if (frame['type'] === 'cancel') return true
  return frame['type'] === 'request' && typeof frame['noun'] === 'string' && typeof frame['verb'] === 'string'
}

const TYPED_ARRAYS = [
  { type: 1, view: Float32Array },
  { type: 2, view: Int32Array },
  { type: 3, view: Float64Array },
  { type: 4, view: Uint16Array },
  { type: 5, view: Uint32Array },
  { type: 6, view: Int8Array },
] as const

interface ExtensionCodec {
  register(extension: {
    type: number
    encode: (input: unknown) => Uint8Array | null
    decode: (data: Uint8Array) => unknown
  }): void
}

/**
 * Teaches a MessagePack extension codec the typed arrays that it does not know (Uint8Array it does).
 * Elements are little-endian, as on every platform that is shipped.
 */
export function registerTypedArrays<Codec extends ExtensionCodec>(codec: Codec): Codec {
  for (const { type, view: View } of TYPED_ARRAYS) {
    codec.register({
      type,
      encode: (input) =>
        input instanceof View ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : null,
      // A copy: the element size may not divide the offset within the message. (A Buffer's own slice would be none.)
      decode: (data) => new View(new Uint8Array(data).buffer),
    })
  }
  return codec
}
