/** The compute process, as the engine starts it; and the thread with which it reads samples ahead. */
import { COMPUTE_METHODS, type ComputeApi, type ComputeEvents } from '@shared/compute-api'
import { isMainThread, workerData } from 'node:worker_threads'
import { createCompute } from './compute/index'
import { isReadAheadData, readAheadThread } from './compute/read-ahead-thread'
import { hostOnParentPort } from './transport/host-on-parent'

if (isMainThread) {
  void hostOnParentPort<ComputeApi, ComputeEvents>(
    (emit) =>
      createCompute({
        emit,
        environment: process.env,
        elapsedMs: () => performance.now(),
        readerScript: __filename,
      }),
    COMPUTE_METHODS,
  )
} else if (isReadAheadData(workerData)) readAheadThread(workerData)
