/** Which pictures of a TIFF are pages: its chain of directories, read by hand (TIFF 6.0 section 2; BigTIFF). */
import { open, type FileHandle } from 'node:fs/promises'
import { pictureProblem } from './picture-problem'

/** More than any book has; what claims more is damaged. */
const MOST_PICTURES = 10_000
const NEW_SUBFILE_TYPE = 254
const REDUCED = 1
const TYPE_SHORT = 3
const MOST_ENTRIES = 4096

/** Where things are in a directory, for classic and for big files. */
interface Layout {
  readonly first: number
  readonly countBytes: number
  readonly entryBytes: number
  readonly valueAt: number
  readonly offsetBytes: number
}

const CLASSIC: Layout = { first: 4, countBytes: 2, entryBytes: 12, valueAt: 8, offsetBytes: 4 }
const BIG: Layout = { first: 8, countBytes: 8, entryBytes: 20, valueAt: 12, offsetBytes: 8 }

/**
 * Numbers of the pictures from 1, without the reduced copies of a page that scanners and pyramids add.
 * @throws AppError corpus/picture-refused
 */
export async function tiffParts(path: string): Promise<readonly number[]> {
  const handle = await open(path, 'r')
  try {
    return await new DirectoryChain(handle).parts()
  } finally {
    await handle.close()
  }
}

class DirectoryChain {
  #little = true
  #layout = CLASSIC

  constructor(private readonly handle: FileHandle) {}

  async parts(): Promise<readonly number[]> {
    const head = await this.#bytes(0, 16)
    this.#little = head.toString('latin1', 0, 2) === 'II'
    this.#layout = this.#number(head, 2, 2) === 43 ? BIG : CLASSIC
    const seen = new Set<number>()
    const parts: number[] = []
    let at = this.#number(head, this.#layout.first, this.#layout.offsetBytes)
    for (let part = 1; at !== 0; part += 1) {
      if (seen.has(at) || part > MOST_PICTURES) throw damaged('its list of pictures leads in a circle')
      seen.add(at)
      const directory = await this.#directory(at)
      if (!directory.reduced) parts.push(part)
      at = directory.next
    }
    if (parts.length === 0) throw damaged('it holds no picture')
    return parts
  }

  async #directory(at: number): Promise<{ readonly reduced: boolean; readonly next: number }> {
    const { countBytes, entryBytes, valueAt, offsetBytes } = this.#layout
    const count = this.#number(await this.#bytes(at, countBytes), 0, countBytes)
    if (count === 0 || count > MOST_ENTRIES) throw damaged('a list of its fields makes no sense')
    const entries = await this.#bytes(at + countBytes, count * entryBytes + offsetBytes)
    let reduced = false
    for (let entry = 0; entry < count * entryBytes; entry += entryBytes) {
      if (this.#number(entries, entry, 2) !== NEW_SUBFILE_TYPE) continue
      const bytes = this.#number(entries, entry + 2, 2) === TYPE_SHORT ? 2 : 4
      reduced = (this.#number(entries, entry + valueAt, bytes) & REDUCED) !== 0
    }
    return { reduced, next: this.#number(entries, count * entryBytes, offsetBytes) }
  }

  async #bytes(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length)
    const { bytesRead } = await this.handle.read(buffer, 0, length, at)
    if (bytesRead < length)
      throw pictureProblem('it is cut short or damaged (a list of its pictures is missing)')
    return buffer
  }

  #number(bytes: Buffer, at: number, length: number): number {
    if (length !== 8) return this.#little ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length)
    const value = this.#little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('it points beyond its end')
    return Number(value)
  }
}

const damaged = (detail: string): Error => pictureProblem(`it is damaged (${detail})`)
