/**
 * Protocol Buffers' wire format, writing only: the five cases that a TensorFlow graph and an ONNX model need
 * (https://protobuf.dev/programming-guides/encoding/).
 */

/** A message or field, ready to be put into another. */
export type Encoded = Uint8Array

const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

/** Field of type int64, int32, enum or bool. */
export function integerField(field: number, value: number | boolean): Encoded {
  return concatenate([tag(field, VARINT), varint(Number(value))])
}

/** Field of type float. */
export function floatField(field: number, value: number): Encoded {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return concatenate([tag(field, FIXED_32), bytes])
}

/** Field of type string or bytes. */
export function bytesField(field: number, value: string | Uint8Array): Encoded {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  return concatenate([tag(field, LENGTH_DELIMITED), varint(bytes.byteLength), bytes])
}

/** Field that holds a message. */
export function messageField(field: number, parts: readonly Encoded[]): Encoded {
  return bytesField(field, concatenate(parts))
}

/** Field of type repeated int64, packed. */
export function integersField(field: number, values: readonly number[]): Encoded {
  return bytesField(field, concatenate(values.map((value) => varint(value))))
}

/** Puts fields behind one another, which makes a message. */
export function concatenate(parts: readonly Encoded[]): Encoded {
  return Buffer.concat(parts)
}

function tag(field: number, wireType: number): Encoded {
  return varint(field * 8 + wireType)
}

/** Seven bits a byte, least first; negative numbers as 64-bit two's complement. */
function varint(value: number): Encoded {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
