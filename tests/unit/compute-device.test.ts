/** How a compute process is told its device and runtime, which GPUs it finds, and what a plan may ask of them. */
import type { BackendReport } from '@shared/compute-api'
import { describe, expect, it } from 'vitest'
import { parseGraphicsProcessors, reportOnGraphics, visibleProcessors } from '../../src/main/compute/graphics'
import { requireDevice } from '../../src/main/core/training/device'
import { computeEnvironment } from '../../src/main/transport/compute-environment'

const SMI = [
  '0, GPU-aaaa, NVIDIA A100-SXM4-40GB, 40960',
  '1, GPU-bbbb, NVIDIA A100-SXM4-40GB, 40960',
  '2, GPU-cccc, NVIDIA GB10, [N/A]',
  '',
].join('\n')

describe('the environment of a compute process', () => {
  it('leaves threads, devices, allocator and compiler to TensorFlow where nothing is asked', () => {
    expect(computeEnvironment({ threads: null }, {})).toEqual({})
    expect(computeEnvironment({ threads: null, device: 'auto', xla: false }, {})).toEqual({})
  })

  it('carries the number of threads, and runs operations one by one where that is one', () => {
    expect(computeEnvironment({ threads: 4 }, {})).toEqual({
      TF_NUM_INTRAOP_THREADS: '4',
      OMP_NUM_THREADS: '4',
    })
    expect(computeEnvironment({ threads: 1 }, {})).toMatchObject({ TF_NUM_INTEROP_THREADS: '1' })
  })

  it('hides all GPUs where the processor is asked for', () => {
    expect(computeEnvironment({ threads: null, device: 'cpu' }, { CUDA_VISIBLE_DEVICES: '0' })).toEqual({
      SCORESCOPE_DEVICE: 'cpu',
      CUDA_VISIBLE_DEVICES: '-1',
    })
  })

  it('shows the one GPU that is asked for, counted among those that were left visible', () => {
    const visible = (given: Record<string, string>, device: string): string | undefined =>
      computeEnvironment({ threads: null, device }, given)['CUDA_VISIBLE_DEVICES']
    expect(visible({}, 'gpu:1')).toBe('1')
    expect(visible({ CUDA_VISIBLE_DEVICES: '3, 5' }, 'gpu:1')).toBe('5')
    expect(visible({ CUDA_VISIBLE_DEVICES: '3' }, 'gpu:1')).toBe('-1')
    expect(visible({ CUDA_VISIBLE_DEVICES: '' }, 'gpu:0')).toBe('-1')
    expect(computeEnvironment({ threads: null, device: 'gpu:0' }, {})['CUDA_DEVICE_ORDER']).toBe('PCI_BUS_ID')
  })

  it('names the allocator and switches XLA on beside other flags', () => {
    expect(computeEnvironment({ threads: null, allocator: 'system' }, {})).toEqual({
      TF_CPU_ALLOCATOR_USE_BFC: '0',
    })
    expect(computeEnvironment({ threads: null, allocator: 'bfc' }, {})).toEqual({
      TF_CPU_ALLOCATOR_USE_BFC: '1',
    })
    const { TF_XLA_FLAGS } = computeEnvironment({ threads: null, xla: true }, { TF_XLA_FLAGS: '--other' })
    expect(TF_XLA_FLAGS).toBe('--other --tf_xla_auto_jit=2 --tf_xla_cpu_global_jit')
  })
})

describe('GPUs', () => {
  it('are read from what nvidia-smi prints, memory in bytes', () => {
    const found = parseGraphicsProcessors(SMI)
    expect(found.map(({ name }) => name)).toEqual([
      'NVIDIA A100-SXM4-40GB',
      'NVIDIA A100-SXM4-40GB',
      'NVIDIA GB10',
    ])
    expect(found.map(({ memoryBytes }) => memoryBytes)).toEqual([40960 * 2 ** 20, 40960 * 2 ** 20, null])
    expect(parseGraphicsProcessors('NVIDIA-SMI has failed because it could not talk to the driver.')).toEqual(
      [],
    )
  })

  it('are those that CUDA_VISIBLE_DEVICES leaves, by number or id, up to the first unknown one', () => {
    const all = parseGraphicsProcessors(SMI)
    const seen = (visible: string | undefined): number[] =>
      visibleProcessors(all, visible).map(({ index }) => index)
    expect(seen(undefined)).toEqual([0, 1, 2])
    expect(seen('2,0')).toEqual([2, 0])
    expect(seen('GPU-bbbb')).toEqual([1])
    expect(seen('-1,0')).toEqual([])
    expect(seen('')).toEqual([])
  })
})

describe('why no GPU is used', () => {
  const facts = { used: false, present: true, gpuBuild: true, platform: 'linux-x64', environment: {} }
  const reason = (changes: Partial<typeof facts> & { environment?: Record<string, string> }): string =>
    reportOnGraphics({ ...facts, ...changes }).reason

  it('is told by the nearest reason', () => {
    expect(reason({ used: true })).toMatch(/computes on the GPU/)
    expect(reason({ environment: { SCORESCOPE_DEVICE: 'cpu' } })).toMatch(/processor was asked for/)
    expect(reason({ platform: 'darwin-arm64' })).toMatch(/Linux x64 only/)
    expect(reason({ present: false })).toMatch(/No NVIDIA driver/)
    expect(reason({ gpuBuild: false })).toMatch(/CPU build: run "npm run setup -- --gpu"/)
    expect(reason({ environment: { CUDA_VISIBLE_DEVICES: '7' } })).toMatch(/CUDA_VISIBLE_DEVICES names \(7\)/)
    expect(reason({})).toMatch(/run nvidia-smi/)
  })
})

describe('what a plan asks of its device', () => {
  const onProcessor: BackendReport = {
    backend: 'tensorflow',
    tensorflow: '2.21.0',
    devices: [],
    device: 'cpu, 2 threads',
    gpu: { used: false, present: false, reason: 'No NVIDIA driver is loaded here.' },
    origin: '',
    versions: {},
  }
  const onGpu: BackendReport = {
    ...onProcessor,
    device: 'gpu:0 X',
    gpu: { used: true, present: true, reason: '' },
  }

  it('is refused in one sentence where there is no such GPU', () => {
    expect(() => {
      requireDevice({ device: 'gpu:1' }, onProcessor)
    }).toThrow('Training on gpu:1 is not possible here (No NVIDIA driver is loaded here)')
    expect(() => {
      requireDevice({ device: 'gpu:0' }, onGpu)
    }).not.toThrow()
  })

  it('is whatever there is where nothing is asked', () => {
    for (const device of ['cpu', 'auto'])
      expect(() => {
        requireDevice({ device }, onProcessor)
      }).not.toThrow()
  })

  it('refuses mixed precision on a processor', () => {
    expect(() => {
      requireDevice({ precision: 'mixed' }, onProcessor)
    }).toThrow('Mixed precision is for GPUs, and training would run on cpu, 2 threads')
    expect(() => {
      requireDevice({ precision: 'mixed' }, onGpu)
    }).not.toThrow()
  })
})
