/**
 * One binary form for sample stores, checkpoints and reconstructions:
 * magic (8 bytes) · version (u32) · header length (u32) · header (JSON, padded) · payload.
 * The header names kind, element type, shape, facts, and the payload's length and SHA-256.
 */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { createPendingFile, type PendingFile } from './atomic-file'

const MAGIC = Buffer.from('SCOPEBIN', 'latin1')
const VERSION = 1
const PREFIX_BYTES = 16
/** Room kept for the header, so that it can be rewritten once the digest is known. */
const HEADER_ROOM_BYTES = 16 * 1024
const DIGEST_CHUNK_BYTES = 8 * 1024 * 1024

export type ContainerKind = 'samples' | 'checkpoint' | 'reconstructions' | 'features' | 'responses' | 'map'

export interface ContainerHeader {
  readonly kind: ContainerKind
  readonly elementType: 'uint8' | 'float32'
  readonly shape: readonly number[]
  /** What else belongs to the payload, e.g. variable names and offsets. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly payloadBytes: number
  readonly sha256: string
}

export type ContainerDescription = Pick<ContainerHeader, 'kind' | 'elementType' | 'facts'>

/** Says what is wrong with a container; callers turn it into the sentence of their own noun. */
export class ContainerProblem extends Error {
  override readonly name = 'ContainerProblem'
}

/** Writes a payload in pieces and seals it with its digest. */
export class ContainerWriter {
  private readonly digest = createHash('sha256')
  private readonly pending: PendingFile
  private readonly headerRoom: number
  private payloadBytes = 0

  constructor(
    path: string,
    private readonly description: ContainerDescription,
  ) {
    this.headerRoom = Math.max(HEADER_ROOM_BYTES, 2 * JSON.stringify(description).length + 1024)
    this.pending = createPendingFile(path)
    try {
      this.pending.write(Buffer.alloc(PREFIX_BYTES + this.headerRoom))
    } catch (error) {
      // Whoever asked has no writer yet that could be discarded.
      this.pending.discard()
      throw error
    }
  }

  write(bytes: Uint8Array): void {
    this.digest.update(bytes)
    this.payloadBytes += bytes.byteLength
    this.pending.write(bytes)
  }

  /** Seals and publishes the file; returns the payload's SHA-256 in hex. */
  commit(shape: readonly number[]): string {
    const sha256 = this.digest.digest('hex')
    const header: ContainerHeader = { ...this.description, shape, payloadBytes: this.payloadBytes, sha256 }
    this.pending.writeAt(encodePrefixAndHeader(header, this.headerRoom), 0)
    this.pending.commit()
    return sha256
  }

  discard(): void {
    this.pending.discard()
  }
}

/** Writes a container whose payload is at hand; returns the payload's SHA-256 in hex. */
export function writeContainer(
  path: string,
  description: ContainerDescription & { readonly shape: readonly number[] },
  payload: Uint8Array,
): string {
  const { shape, ...rest } = description
  const writer = new ContainerWriter(path, rest)
  try {
    writer.write(payload)
    return writer.commit(shape)
  } finally {
    writer.discard()
  }
}

/** A container open for reading at offsets. */
export class ContainerReader {
  private constructor(
    private readonly file: number,
    readonly header: ContainerHeader,
    private readonly payloadOffset: number,
  ) {}

  /** @throws ContainerProblem when the header is not one of ours or the payload is short. */
  static open(path: string, kind: ContainerKind): ContainerReader {
    const file = openSync(path, 'r')
    try {
      const { header, payloadOffset } = readHeader(file)
      if (header.kind !== kind) throw new ContainerProblem(`it holds ${header.kind}, not ${kind}`)
      const expectedBytes = payloadOffset + header.payloadBytes
      const foundBytes = fstatSync(file).size
      if (foundBytes !== expectedBytes)
        throw new ContainerProblem(`it has ${String(foundBytes)} bytes instead of ${String(expectedBytes)}`)
      return new ContainerReader(file, header, payloadOffset)
    } catch (error) {
      closeSync(file)
      throw error
    }
  }

  /** Fills `target` from the payload at `offsetBytes`. */
  readInto(target: Uint8Array, offsetBytes: number): void {
    if (offsetBytes < 0 || offsetBytes + target.byteLength > this.header.payloadBytes)
      throw new ContainerProblem(`bytes ${String(offsetBytes)}… lie outside its payload`)
    readFully(this.file, target, this.payloadOffset + offsetBytes)
  }

  /** @throws ContainerProblem when the payload is not what was written. */
  verify(): void {
    const digest = createHash('sha256')
    const chunk = Buffer.allocUnsafe(Math.min(DIGEST_CHUNK_BYTES, this.header.payloadBytes))
    for (let offset = 0; offset < this.header.payloadBytes; offset += chunk.byteLength) {
      const part = chunk.subarray(0, Math.min(chunk.byteLength, this.header.payloadBytes - offset))
      this.readInto(part, offset)
      digest.update(part)
    }
    if (digest.digest('hex') !== this.header.sha256) throw new ContainerProblem('its checksum does not match')
  }

  close(): void {
    closeSync(this.file)
  }
}

/** Reads a whole container and checks its digest. @throws ContainerProblem */
export function readContainer(
  path: string,
  kind: ContainerKind,
): { readonly header: ContainerHeader; readonly payload: Uint8Array } {
  const reader = ContainerReader.open(path, kind)
  try {
    reader.verify()
    const payload = new Uint8Array(reader.header.payloadBytes)
    reader.readInto(payload, 0)
    return { header: reader.header, payload }
  } finally {
    reader.close()
  }
}

function encodePrefixAndHeader(header: ContainerHeader, room: number): Uint8Array {
  const json = Buffer.from(JSON.stringify(header), 'utf8')
  if (json.byteLength > room) throw new ContainerProblem('its header is larger than the room kept for it')
  const bytes = Buffer.alloc(PREFIX_BYTES + room, ' ')
  MAGIC.copy(bytes, 0)
  bytes.writeUInt32LE(VERSION, 8)
  bytes.writeUInt32LE(room, 12)
  json.copy(bytes, PREFIX_BYTES)
  return bytes
}

function readHeader(file: number): { header: ContainerHeader; payloadOffset: number } {
  const prefix = Buffer.alloc(PREFIX_BYTES)
  readFully(file, prefix, 0)
  if (!prefix.subarray(0, 8).equals(MAGIC)) throw new ContainerProblem('it is not a Scorescope file')
  if (prefix.readUInt32LE(8) !== VERSION) throw new ContainerProblem('it was written by a newer Scorescope')
  const room = prefix.readUInt32LE(12)
  if (room > 64 * 1024 * 1024) throw new ContainerProblem('its header is damaged')
  const json = Buffer.alloc(room)
  readFully(file, json, PREFIX_BYTES)
  try {
    return {
      header: JSON.parse(json.toString('utf8')) as ContainerHeader,
      payloadOffset: PREFIX_BYTES + room,
    }
  } catch {
    throw new ContainerProblem('its header is damaged')
  }
}

function readFully(file: number, target: Uint8Array, position: number): void {
  let done = 0
  while (done < target.byteLength) {
    const count = readSync(file, target, done, target.byteLength - done, position + done)
    if (count === 0) throw new ContainerProblem('it ends too early')
    done += count
  }
}
