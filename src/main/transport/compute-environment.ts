/** How a compute process is told its device, threads, allocator and compiler: TensorFlow reads them from its environment. */
import type { ComputeLaunch } from '../core/ports'

type Runtime = Omit<ComputeLaunch, 'doing'>
type Variables = Readonly<Record<string, string | undefined>>

/** The variables that carry a launch's wishes. @param given the environment they are added to, which may hide GPUs */
export function computeEnvironment(launch: Runtime, given: Variables): Record<string, string> {
  return {
    ...threadsOf(launch.threads),
    ...deviceOf(launch.device ?? 'auto', given),
    ...(launch.allocator === undefined
      ? {}
      : { TF_CPU_ALLOCATOR_USE_BFC: launch.allocator === 'bfc' ? '1' : '0' }),
    ...(launch.xla === true ? { TF_XLA_FLAGS: xlaFlags(given['TF_XLA_FLAGS']) } : {}),
  }
}

function threadsOf(threads: number | null): Record<string, string> {
  if (threads === null) return {}
  return {
    TF_NUM_INTRAOP_THREADS: String(threads),
    OMP_NUM_THREADS: String(threads),
    // With one thread in all, operations run in one order, so that the same plan gives the same weights.
    ...(threads === 1 ? { TF_NUM_INTEROP_THREADS: '1' } : {}),
  }
}

/** gpu:N is the N-th of the GPUs that the environment leaves visible, numbered as nvidia-smi numbers them. */
function deviceOf(device: string, given: Variables): Record<string, string> {
  if (device === 'cpu') return { SCORESCOPE_DEVICE: device, CUDA_VISIBLE_DEVICES: '-1' }
  const number = /^gpu:(\d+)$/.exec(device)?.[1]
  if (number === undefined) return {}
  const visible = given['CUDA_VISIBLE_DEVICES']?.split(',').filter((name) => name.trim() !== '')
  const chosen = visible === undefined ? number : (visible[Number(number)]?.trim() ?? '-1')
  return {
    SCORESCOPE_DEVICE: device,
    CUDA_DEVICE_ORDER: given['CUDA_DEVICE_ORDER'] ?? 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: chosen,
  }
}

/** Clusters are found and compiled by TensorFlow itself, on the CPU too. */
function xlaFlags(given: string | undefined): string {
  return [given, '--tf_xla_auto_jit=2', '--tf_xla_cpu_global_jit'].filter(Boolean).join(' ')
}
