/** GPUs of this machine: which there are, by the driver, and why TensorFlow uses none. */
import type { ComputeDevice, GpuReport } from '@shared/compute-api'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

type Environment = Readonly<Record<string, string | undefined>>

/** A GPU as the driver tells it. */
export interface GraphicsProcessor {
  /** As nvidia-smi numbers it. */
  readonly index: number
  readonly uuid: string
  readonly name: string
  readonly memoryBytes: number | null
}

/** Places that exist where an NVIDIA driver is loaded: Linux, and Linux within Windows. */
const DRIVER_PLACES = ['/proc/driver/nvidia/version', '/usr/lib/wsl/lib/libcuda.so.1']
const QUERY = ['--query-gpu=index,uuid,name,memory.total', '--format=csv,noheader,nounits']
const QUERY_MS = 10_000

export function driverIsLoaded(): boolean {
  return DRIVER_PLACES.some((place) => existsSync(place))
}

/** What nvidia-smi lists; nothing where it cannot be asked. */
export function listGraphicsProcessors(): readonly GraphicsProcessor[] {
  try {
    const output = execFileSync('nvidia-smi', QUERY, {
      encoding: 'utf8',
      timeout: QUERY_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return parseGraphicsProcessors(output)
  } catch {
    // Some systems have the driver without its tools: then TensorFlow's own word must do.
    return []
  }
}

/** Lines such as "0, GPU-5e2c…, NVIDIA A100-SXM4-40GB, 40960", memory in MiB. */
export function parseGraphicsProcessors(output: string): readonly GraphicsProcessor[] {
  return output
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 4 && /^\d+$/.test(fields[0] ?? ''))
    .map(([index, uuid = '', name = 'GPU', mebibytes]) => {
      const memory = Number(mebibytes)
      // Where memory belongs to the processor, nvidia-smi writes [N/A].
      const memoryBytes = Number.isFinite(memory) ? memory * 1024 * 1024 : null
      return { index: Number(index), uuid, name, memoryBytes }
    })
}

/** Those that CUDA_VISIBLE_DEVICES leaves, in its order: numbers, or ids; all that follows an unknown one is hidden. */
export function visibleProcessors(
  all: readonly GraphicsProcessor[],
  visible: string | undefined,
): readonly GraphicsProcessor[] {
  if (visible === undefined) return all
  const left: GraphicsProcessor[] = []
  for (const wanted of visible.split(',').map((name) => name.trim())) {
    const found = all.find(
      ({ index, uuid }) => String(index) === wanted || (wanted !== '' && uuid.startsWith(wanted)),
    )
    if (found === undefined) break
    left.push(found)
  }
  return left
}

export function asDevices(processors: readonly GraphicsProcessor[]): readonly ComputeDevice[] {
  return processors.map(({ name, memoryBytes }) => ({ name, type: 'GPU', memoryBytes }))
}

export interface GraphicsFacts {
  readonly used: boolean
  readonly present: boolean
  /** The library was built for GPUs. */
  readonly gpuBuild: boolean
  readonly platform: string
  readonly environment: Environment
}

/** Whether a GPU is used, and the nearest reason why not. */
export function reportOnGraphics(facts: GraphicsFacts): GpuReport {
  const { used, present } = facts
  return { used, present, reason: reasonFor(facts) }
}

function reasonFor({ used, present, gpuBuild, platform, environment }: GraphicsFacts): string {
  if (used) return 'TensorFlow computes on the GPU.'
  if (environment['SCORESCOPE_DEVICE'] === 'cpu') return 'The processor was asked for.'
  if (platform !== 'linux-x64') return `GPUs are used on Linux x64 only, and this is ${platform}.`
  if (!present) return 'No NVIDIA driver is loaded here.'
  if (!gpuBuild) return 'TensorFlow here is the CPU build: run "npm run setup -- --gpu".'
  const hidden = environment['CUDA_VISIBLE_DEVICES']
  if (hidden !== undefined)
    return `TensorFlow finds no GPU that it can use among those that CUDA_VISIBLE_DEVICES names (${hidden === '' ? 'none' : hidden}).`
  return 'TensorFlow finds no GPU that it can use: run nvidia-smi to see whether the driver answers.'
}
