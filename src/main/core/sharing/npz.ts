/** NumPy's npz: a ZIP archive of npy files (numpy/lib/format.py, version 1.0). */
import { bytesOf, type ModelFacts, type NamedTensor } from './model-content'
import { encodeZip } from './zip'

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1')
/** The numbers begin at a multiple of this. */
const ALIGNMENT = 64

/** `numpy.load(file)['encoder-1-1/kernel']`; the facts are JSON in the uint8 array `metadata`. */
export function encodeNpz(tensors: readonly NamedTensor[], facts: ModelFacts): Uint8Array {
  const metadata = Buffer.from(JSON.stringify(facts), 'utf8')
  return encodeZip([
    ...tensors.map((tensor) => ({
      name: `${tensor.name}.npy`,
      bytes: encodeArray('<f4', tensor.shape, bytesOf(tensor)),
    })),
    { name: 'metadata.npy', bytes: encodeArray('|u1', [metadata.byteLength], metadata) },
  ])
}

function encodeArray(type: '<f4' | '|u1', shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const sizes = shape.map((size) => `${size},`).join(' ')
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`
  const prefix = MAGIC.byteLength + 2
  const room = Math.ceil((prefix + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT - prefix
  const length = Buffer.alloc(2)
  length.writeUInt16LE(room)
  return Buffer.concat([MAGIC, length, Buffer.from(`${dictionary.padEnd(room - 1)}\n`, 'latin1'), bytes])
}
