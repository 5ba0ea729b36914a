import type * as Tensorflow from '@tensorflow/tfjs'

/** @tensorflow/tfjs as a value that is handed around, so that it is loaded only where it is used. */
export type TensorflowScript = typeof Tensorflow

/** Loads TensorFlow in plain JavaScript: slow, but there on every machine. */
export async function loadTensorflowScript(): Promise<TensorflowScript> {
  const script: TensorflowScript = await import('@tensorflow/tfjs')
  // Otherwise it advertises its native sibling on the terminal.
  script.enableProdMode()
  await script.setBackend('cpu')
  return script
}

/** Does some work and lets go of every tensor that was made in it; `tidy` with plain values as its result. */
export function tidied<Result>(tf: TensorflowScript, work: () => Result): Result {
  tf.engine().startScope()
  try {
    return work()
  } finally {
    tf.engine().endScope()
  }
}
