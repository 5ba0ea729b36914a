/** The compute process, as the engine starts it. */
import { COMPUTE_METHODS, type ComputeApi, type ComputeEvents } from '@shared/compute-api'
import { createCompute } from './compute/index'
import { hostOnParentPort } from './transport/host-on-parent'

void hostOnParentPort<ComputeApi, ComputeEvents>(
  (emit) => createCompute({ emit, environment: process.env, elapsedMs: () => performance.now() }),
  COMPUTE_METHODS,
)
