/**
 * safetensors (https://github.com/huggingface/safetensors#format): header length (u64) · header (JSON) · numbers.
 * Read as something hostile: nothing is believed before it was compared with the file.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { z } from 'zod'
import { bytesOf, type NamedTensor } from './model-content'

const LENGTH_BYTES = 8
/** As the reference implementation bounds it. */
const HEADER_LIMIT_BYTES = 100_000_000

/** Says what is wrong with a file; import-model.ts makes a sentence of it. */
export class SafetensorsProblem extends Error {
  override readonly name = 'SafetensorsProblem'
}

/** A tensor as the header announces it; offsets count from the first byte after the header. */
export interface AnnouncedTensor {
  readonly name: string
  readonly type: string
  readonly shape: readonly number[]
  readonly from: number
  readonly to: number
}

/** Tensors in the order given, behind one another; equal input gives equal bytes. */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const { name, shape, values } of tensors) {
    const end = offset + values.byteLength
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] }
    offset = end
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8')
  // Padded, so that the numbers begin at a multiple of 8.
  const text = Buffer.alloc(Math.ceil(json.byteLength / 8) * 8, ' ')
  json.copy(text)
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeBigUInt64LE(BigInt(text.byteLength))
  return Buffer.concat([length, text, ...tensors.map((tensor) => bytesOf(tensor))])
}

const headerSchema = z.record(z.string(), z.unknown())
const metadataSchema = z.record(z.string(), z.string())
const size = z.int().min(0)
const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(size).max(16),
  data_offsets: z.tuple([size, size]),
})

/** A file whose header was read and found sound. */
export class SafetensorsReader {
  private constructor(
    private readonly file: number,
    private readonly dataOffset: number,
    readonly tensors: readonly AnnouncedTensor[],
    readonly metadata: Readonly<Record<string, string>>,
  ) {}

  /** @throws SafetensorsProblem, and file errors as Node gives them */
  static open(path: string): SafetensorsReader {
    const file = openSync(path, 'r')
    try {
      const fileBytes = fstatSync(file).size
      const length = Number(readFully(file, LENGTH_BYTES, 0).readBigUInt64LE())
      if (length > HEADER_LIMIT_BYTES || LENGTH_BYTES + length > fileBytes)
        throw new SafetensorsProblem('it is not a safetensors file')
      const header = parseHeader(readFully(file, length, LENGTH_BYTES))
      const dataOffset = LENGTH_BYTES + length
      checkOffsets(header.tensors, fileBytes - dataOffset)
      return new SafetensorsReader(file, dataOffset, header.tensors, header.metadata)
    } catch (error) {
      closeSync(file)
      throw error
    }
  }

  /** The numbers of a float32 tensor. @throws SafetensorsProblem */
  read({ from, to }: AnnouncedTensor): Float32Array {
    const bytes = readFully(this.file, to - from, this.dataOffset + from)
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  }

  close(): void {
    closeSync(this.file)
  }
}

function parseHeader(bytes: Buffer): Pick<SafetensorsReader, 'tensors' | 'metadata'> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const { __metadata__: metadata = {}, ...entries } = headerSchema.parse(JSON.parse(text))
    const tensors = Object.entries(entries).map(([name, entry]) => {
      const { dtype: type, shape, data_offsets: offsets } = tensorSchema.parse(entry)
      return { name, type, shape, from: offsets[0], to: offsets[1] }
    })
    return { tensors, metadata: metadataSchema.parse(metadata) }
  } catch (error) {
    throw new SafetensorsProblem('its header is damaged', { cause: error })
  }
}

/** The numbers must fill the rest of the file, without gaps or overlaps. */
function checkOffsets(tensors: readonly AnnouncedTensor[], dataBytes: number): void {
  let end = 0
  for (const { name, from, to } of [...tensors].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end || to < from) throw new SafetensorsProblem(`the place of ${name} in it is wrong`)
    end = to
  }
  if (end !== dataBytes)
    throw new SafetensorsProblem(`it holds ${dataBytes} bytes of numbers instead of ${end}`)
}

/** A buffer of its own, so that it can be looked at as numbers. @throws SafetensorsProblem */
function readFully(file: number, length: number, position: number): Buffer {
  const target = Buffer.from(new ArrayBuffer(length))
  for (let done = 0; done < length;) {
    const count = readSync(file, target, done, length - done, position + done)
    if (count === 0) throw new SafetensorsProblem('it ends too early')
    done += count
  }
  return target
}
