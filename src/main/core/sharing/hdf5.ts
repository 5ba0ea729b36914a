/**
 * HDF5, as little of it as Keras weights need: groups of groups and of contiguous float32 arrays, in the oldest form,
 * which every HDF5 library reads (HDF5 File Format Specification 3.0, sections II.A, III.A, III.B, III.D, IV.A).
 */
import { bytesOf, type NamedTensor } from './model-content'

/** What a group holds, by name: groups and arrays. An array's own name does not matter. */
export interface Hdf5Group {
  readonly children: ReadonlyMap<string, Hdf5Group | NamedTensor>
}

const NOWHERE = 0xffff_ffff_ffff_ffffn
const SUPERBLOCK_BYTES = 96
const SYMBOL_BYTES = 40
/** Half the children of an inner node: the form's default. Our trees have one leaf each. */
const INNER_RANK = 16

/** Numbers of the header messages that are used. */
const MESSAGES = { dataspace: 0x0001, datatype: 0x0003, layout: 0x0008, symbolTable: 0x0011 } as const

interface WrittenGroup {
  readonly header: number
  readonly tree: number
  readonly heap: number
}

export function encodeHdf5(root: Hdf5Group): Uint8Array {
  return new Hdf5File(root).encode()
}

class Hdf5File {
  private readonly parts: Uint8Array[] = []
  private length = SUPERBLOCK_BYTES
  private readonly leafRank: number

  constructor(private readonly root: Hdf5Group) {
    this.leafRank = Math.max(4, Math.ceil(largestGroup(root) / 2))
  }

  encode(): Uint8Array {
    const root = this.writeGroup(this.root)
    return Buffer.concat([this.superblock(root), ...this.parts])
  }

  /** Adds bytes at the next multiple of 8; returns where they begin. */
  private place(bytes: Uint8Array): number {
    const at = this.length
    const room = roundedUp(bytes.byteLength)
    this.parts.push(bytes, Buffer.alloc(room - bytes.byteLength))
    this.length += room
    return at
  }

  private writeGroup(group: Hdf5Group): WrittenGroup {
    // The format sorts names byte by byte.
    const names = [...group.children.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const children = names.map((name) => {
      const child = group.children.get(name)
      if (child === undefined) throw new Error(`The group has no ${name}.`)
      return 'values' in child ? this.writeArray(child) : this.writeGroup(child).header
    })
    const { heap, offsets } = this.writeHeap(names)
    const leaf = this.writeLeaf(offsets, children)
    const tree = this.place(treeNode(leaf, offsets.at(-1) ?? 0))
    const message = new Writer(16).u64(tree).u64(heap).bytes
    return { header: this.place(objectHeader([[MESSAGES.symbolTable, message]])), tree, heap }
  }

  /** Names behind one another, each ended by a zero; the first is empty. */
  private writeHeap(names: readonly string[]): {
    readonly heap: number
    readonly offsets: readonly number[]
  } {
    const offsets: number[] = []
    const texts: Uint8Array[] = [Buffer.alloc(8)]
    let length = 8
    for (const name of names) {
      const text = Buffer.alloc(roundedUp(Buffer.byteLength(name) + 1))
      text.write(name, 'utf8')
      offsets.push(length)
      texts.push(text)
      length += text.byteLength
    }
    const data = this.place(Buffer.concat(texts))
    const noFreeBlock = 1
    const heap = new Writer(32).text('HEAP').u32(0).u64(length).u64(noFreeBlock).u64(data).bytes
    return { heap: this.place(heap), offsets }
  }

  private writeLeaf(nameOffsets: readonly number[], headers: readonly number[]): number {
    const leaf = new Writer(8 + 2 * this.leafRank * SYMBOL_BYTES).text('SNOD').u8(1).u8(0).u16(headers.length)
    for (const [index, header] of headers.entries())
      leaf
        .u64(nameOffsets[index] ?? 0)
        .u64(header)
        .skip(24)
    return this.place(leaf.bytes)
  }

  private writeArray(tensor: NamedTensor): number {
    const { shape, values } = tensor
    const data = this.place(bytesOf(tensor))
    const dataspace = new Writer(8 + 8 * shape.length).u8(1).u8(shape.length).skip(6)
    for (const size of shape) dataspace.u64(size)
    const layout = new Writer(18).u8(3).u8(1).u64(data).u64(values.byteLength).bytes
    return this.place(
      objectHeader([
        [MESSAGES.dataspace, dataspace.bytes],
        [MESSAGES.datatype, float32()],
        [MESSAGES.layout, layout],
      ]),
    )
  }

  private superblock({ header, tree, heap }: WrittenGroup): Uint8Array {
    const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')
    const rest = new Writer(SUPERBLOCK_BYTES - signature.byteLength)
      .skip(5)
      .u8(8)
      .u8(8)
      .skip(1)
      .u16(this.leafRank)
      .u16(INNER_RANK)
      .u32(0)
      .u64(0)
      .u64(NOWHERE)
      .u64(this.length)
      .u64(NOWHERE)
    // The root's entry says where its tree and names are, which readers may rely on.
    rest.u64(0).u64(header).u32(1).u32(0).u64(tree).u64(heap)
    return Buffer.concat([signature, rest.bytes])
  }
}

/** A tree of one leaf. */
function treeNode(leaf: number, lastName: number): Uint8Array {
  const bytes = 24 + 8 * (2 * INNER_RANK + 1) + 8 * 2 * INNER_RANK
  const node = new Writer(bytes).text('TREE').u8(0).u8(0).u16(1).u64(NOWHERE).u64(NOWHERE)
  return node.u64(0).u64(leaf).u64(lastName).bytes
}

function objectHeader(messages: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const encoded = messages.map(([kind, body]) => {
    const room = roundedUp(body.byteLength)
    return Buffer.concat([
      new Writer(8).u16(kind).u16(room).bytes,
      body,
      Buffer.alloc(room - body.byteLength),
    ])
  })
  const bytes = encoded.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const prefix = new Writer(16).u8(1).skip(1).u16(messages.length).u32(1).u32(bytes)
  return Buffer.concat([prefix.bytes, ...encoded])
}

/** IEEE 754 single precision, little-endian. */
function float32(): Uint8Array {
  const [version, float] = [1, 1]
  const [impliedLeadingOne, signBit] = [0x20, 31]
  const type = new Writer(20)
    .u8((version << 4) | float)
    .u8(impliedLeadingOne)
    .u8(signBit)
    .u8(0)
    .u32(4)
  const [exponentAt, exponentBits, mantissaAt, mantissaBits, bias] = [23, 8, 0, 23, 127]
  return type.u16(0).u16(32).u8(exponentAt).u8(exponentBits).u8(mantissaAt).u8(mantissaBits).u32(bias).bytes
}

function largestGroup(group: Hdf5Group): number {
  const inner = [...group.children.values()].map((child) => ('values' in child ? 0 : largestGroup(child)))
  return Math.max(group.children.size, ...inner)
}

function roundedUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}

/** Little-endian numbers behind one another in a piece of fixed size, zero where nothing was written. */
class Writer {
  readonly bytes: Buffer
  private at = 0

  constructor(length: number) {
    this.bytes = Buffer.alloc(length)
  }

  u8(value: number): this {
    this.at = this.bytes.writeUInt8(value, this.at)
    return this
  }

  u16(value: number): this {
    this.at = this.bytes.writeUInt16LE(value, this.at)
    return this
  }

  u32(value: number): this {
    this.at = this.bytes.writeUInt32LE(value, this.at)
    return this
  }

  u64(value: number | bigint): this {
    this.at = this.bytes.writeBigUInt64LE(BigInt(value), this.at)
    return this
  }

  text(value: string): this {
    this.at += this.bytes.write(value, this.at, 'latin1')
    return this
  }

  skip(bytes: number): this {
    this.at += bytes
    return this
  }
}
