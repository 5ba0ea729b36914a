/**
 * surveys/<key>.squares: what the squares are like that drawing would look at, page by page. Derived: it can be deleted.
 *
 * Records of one length, appended: SHA-256 of the page's bytes (32), CRC-32 of the rest of the record and it (4), then x, y,
 * sum of grey and pixels of ink of every draw, each as an array of u32. A record that a crash tore is cut off at the next
 * opening, with all that follow.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'

/** The squares of a page's draws, in their order. */
export interface SurveyedSquares {
  readonly xs: Uint32Array
  readonly ys: Uint32Array
  readonly grey: Uint32Array
  readonly ink: Uint32Array
}

const HASH_BYTES = 32
const HEAD_BYTES = 36
const FIELDS = ['xs', 'ys', 'grey', 'ink'] as const

/** Where the pages' records lie in a file of this length. */
export interface SurveyIndex {
  readonly sizeBytes: number
  readonly offsets: Map<string, number>
}

export class SurveyFile {
  readonly #file: number
  readonly #record: Uint8Array<ArrayBuffer>
  #index: SurveyIndex

  /**
   * @param draws of each page
   * @param known what was read of the file before; read again where the file has changed since
   */
  private constructor(file: number, draws: number, known: SurveyIndex | undefined) {
    this.#file = file
    this.#record = new Uint8Array(HEAD_BYTES + FIELDS.length * 4 * draws)
    const { size } = fstatSync(file)
    this.#index = known?.sizeBytes === size ? known : this.#readIndex(size)
  }

  /** Null where nothing was surveyed yet. */
  static openToRead(path: string, draws: number, known?: SurveyIndex): SurveyFile | null {
    return existsSync(path) ? new SurveyFile(openSync(path, 'r'), draws, known) : null
  }

  static openToAppend(path: string, draws: number, known?: SurveyIndex): SurveyFile {
    mkdirSync(dirname(path), { recursive: true })
    const survey = new SurveyFile(openSync(path, existsSync(path) ? 'r+' : 'w+'), draws, known)
    ftruncateSync(survey.#file, survey.#index.sizeBytes)
    return survey
  }

  get index(): SurveyIndex {
    return this.#index
  }

  has(sha256: string): boolean {
    return this.#index.offsets.has(sha256)
  }

  /** Valid until the next read; null of a page that is not in it. */
  read(sha256: string): SurveyedSquares | null {
    const offset = this.#index.offsets.get(sha256)
    if (offset === undefined || !this.#fill(offset)) return null
    return this.#squares()
  }

  append(sha256: string, squares: SurveyedSquares): void {
    const parts = this.#squares()
    for (const field of FIELDS) parts[field].set(squares[field])
    this.#record.set(Buffer.from(sha256, 'hex'))
    new DataView(this.#record.buffer).setUint32(HASH_BYTES, this.#checksum(), true)
    const offset = this.#index.sizeBytes
    for (let done = 0; done < this.#record.length;)
      done += writeSync(this.#file, this.#record, done, this.#record.length - done, offset + done)
    this.#index.offsets.set(sha256, offset)
    this.#index = { ...this.#index, sizeBytes: offset + this.#record.length }
  }

  close(): void {
    closeSync(this.#file)
  }

  #readIndex(size: number): SurveyIndex {
    const offsets = new Map<string, number>()
    let offset = 0
    while (offset + this.#record.length <= size && this.#fill(offset)) {
      const written = new DataView(this.#record.buffer).getUint32(HASH_BYTES, true)
      if (written !== this.#checksum()) break
      offsets.set(Buffer.from(this.#record.subarray(0, HASH_BYTES)).toString('hex'), offset)
      offset += this.#record.length
    }
    return { sizeBytes: offset, offsets }
  }

  /** False where the file ends before the record does. */
  #fill(offset: number): boolean {
    for (let done = 0; done < this.#record.length;) {
      const count = readSync(this.#file, this.#record, done, this.#record.length - done, offset + done)
      if (count === 0) return false
      done += count
    }
    return true
  }

  #checksum(): number {
    return crc32(this.#record.subarray(HEAD_BYTES), crc32(this.#record.subarray(0, HASH_BYTES)))
  }

  #squares(): SurveyedSquares {
    const draws = (this.#record.length - HEAD_BYTES) / FIELDS.length / 4
    const part = (field: number): Uint32Array =>
      new Uint32Array(this.#record.buffer, HEAD_BYTES + 4 * draws * field, draws)
    return { xs: part(0), ys: part(1), grey: part(2), ink: part(3) }
  }
}
