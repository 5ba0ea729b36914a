import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'
import { PlainFailure } from './say.mjs'

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_HEADER_BYTES = 30

/**
 * The members of a zip file (PKWARE APPNOTE 4.3; files under 4 GB, which wheels are).
 * @returns {Promise<Map<string, {offset: number, compressedBytes: number, sizeBytes: number, method: number}>>}
 */
export async function readZipDirectory(file) {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const tail = await readAt(handle, Math.max(0, size - 65_557), Math.min(size, 65_557))
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
    if (end < 0 || tail.readUInt32LE(end) !== END_OF_DIRECTORY)
      throw new PlainFailure(`${file} is not a zip file.`)
    const directory = await readAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12))
    return parseDirectory(directory, tail.readUInt16LE(end + 10))
  } finally {
    await handle.close()
  }
}

function parseDirectory(directory, count) {
  const members = new Map()
  let at = 0
  for (let index = 0; index < count && directory.readUInt32LE(at) === DIRECTORY_ENTRY; index++) {
    const nameBytes = directory.readUInt16LE(at + 28)
    members.set(directory.toString('utf8', at + 46, at + 46 + nameBytes), {
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      sizeBytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    })
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return members
}

/**
 * Writes one member to `target` and gives its SHA-256 as wheels write it (base64url, no padding).
 * @param {(bytes: number) => void} [onBytes] called with the bytes written so far
 */
export async function extractMember({ file, member, target, onBytes, signal }) {
  const handle = await open(file)
  const header = await readAt(handle, member.offset, LOCAL_HEADER_BYTES).finally(() => handle.close())
  const start = member.offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28)
  const hash = createHash('sha256')
  let written = 0
  async function* watched(chunks) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      written += chunk.length
      onBytes?.(written)
      yield chunk
    }
  }
  mkdirSync(dirname(target), { recursive: true })
  await pipeline(
    createReadStream(file, { start, end: start + member.compressedBytes - 1, highWaterMark: 1 << 20 }),
    member.method === 8 ? createInflateRaw({ chunkSize: 1 << 18 }) : new PassThrough(),
    watched,
    createWriteStream(target),
    { signal },
  )
  return hash.digest('base64url')
}

async function readAt(handle, position, length) {
  const buffer = Buffer.alloc(length)
  await handle.read(buffer, 0, length, position)
  return buffer
}
