/** A network that begins at one of its layers, whose output is given, for operations that are carried out at once. */
import type { NetworkOperations } from '@shared/domain/network'

/**
 * Everything before the layer is nothing (null): it is made of nothing and costs nothing. Run the network on null.
 * @param blocks of the encoder: the last one's pooling makes the bottleneck
 */
export function resumedOperations<Value>(
  operations: NetworkOperations<Value>,
  resumed: { readonly from: string; readonly given: Value; readonly blocks: number },
): NetworkOperations<Value | null> {
  const { from, given, blocks } = resumed
  let [layer, poolings] = ['', 0]
  type Maybe = Value | null
  const either = (input: Maybe, operate: (value: Value) => Value): Maybe =>
    input === null ? null : operate(input)
  const made = (name: string, output: Maybe): Maybe => (name === from ? given : output)
  return {
    convolve(name, input) {
      layer = name
      return either(input, (value) => operations.convolve(name, value))
    },
    normalize: (name, input) => either(input, (value) => operations.normalize(name, value)),
    rectify: (input) =>
      made(
        layer,
        either(input, (value) => operations.rectify(value)),
      ),
    pool(input) {
      poolings += 1
      const output = either(input, (value) => operations.pool(value))
      return poolings === blocks ? made('bottleneck', output) : output
    },
    upsample: (input) => either(input, (value) => operations.upsample(value)),
    drop: (ordinal, input) => either(input, (value) => operations.drop(ordinal, value)),
    offset: (name, input) => either(input, (value) => operations.offset(name, value)),
    sigmoid: (input) => either(input, (value) => operations.sigmoid(value)),
  }
}
