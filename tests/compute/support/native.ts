/** The native library for tests, or one printed sentence saying why its tests are left out. */
import { type Backend, loadBackend, type NativeBackend } from '../../../src/main/compute/backend'

/** One thread, so that sums are always taken in the same order. */
const backend: Backend = loadBackend({ environment: process.env, threads: 1 })

export const nativeIsThere = backend.kind === 'tensorflow'

if (backend.kind === 'js') console.warn(`Tests of native TensorFlow are left out. ${backend.report.origin}`)

export function native(): NativeBackend {
  if (backend.kind === 'js') throw new Error(backend.report.origin)
  return backend
}
