/**
 * ZIP archives whose entries are stored as they are (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16).
 * Without compression and with one fixed date, equal content gives equal bytes.
 */
import { crc32 } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly bytes: Uint8Array
}

const VERSION_NEEDED = 20
/** Names are UTF-8. */
const FLAGS = 0x0800
/** The first of January 1980, the earliest that the form can say. */
const DATE = 0x0021
/** Beyond this the larger form ZIP64 would be needed; no model that trains here comes near. */
const LIMIT_BYTES = 0xffff_ffff

export function encodeZip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const entry of entries) {
    const shared = sharedHeader(entry)
    const name = Buffer.from(entry.name, 'utf8')
    const local = Buffer.concat([signature(0x04034b50), shared, name])
    parts.push(local, entry.bytes)
    directory.push(Buffer.concat([signature(0x02014b50), directoryHeader(shared, offset), name]))
    offset += local.byteLength + entry.bytes.byteLength
  }
  const directoryBytes = directory.reduce((sum, { byteLength }) => sum + byteLength, 0)
  if (offset + directoryBytes > LIMIT_BYTES) throw new Error('An archive of this size cannot be written.')
  return Buffer.concat([...parts, ...directory, end(entries.length, directoryBytes, offset)])
}

/** What an entry's own header and its line in the directory have in common. */
function sharedHeader({ name, bytes }: ZipEntry): Buffer {
  const header = Buffer.alloc(26)
  header.writeUInt16LE(VERSION_NEEDED, 0)
  header.writeUInt16LE(FLAGS, 2)
  header.writeUInt16LE(DATE, 8)
  header.writeUInt32LE(crc32(bytes), 10)
  header.writeUInt32LE(bytes.byteLength, 14)
  header.writeUInt32LE(bytes.byteLength, 18)
  header.writeUInt16LE(Buffer.byteLength(name, 'utf8'), 22)
  return header
}

function directoryHeader(shared: Buffer, offset: number): Buffer {
  const madeBy = Buffer.alloc(2)
  madeBy.writeUInt16LE(VERSION_NEEDED)
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(offset, 10)
  return Buffer.concat([madeBy, shared, rest])
}

function end(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(entries, 8)
  record.writeUInt16LE(entries, 10)
  record.writeUInt32LE(directoryBytes, 12)
  record.writeUInt32LE(directoryOffset, 16)
  return record
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
