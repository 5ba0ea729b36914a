/**
 * Finds and loads native TensorFlow. Where there is none, says why, and the same work is done in plain JavaScript.
 * The addon is loaded directly, without the package's own wrapper: see docs/decisions/0002-training-graph.md.
 */
import type { BackendReport, ComputeDevice } from '@shared/compute-api'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, homedir, totalmem } from 'node:os'
import { join } from 'node:path'
import {
  asDevices,
  driverIsLoaded,
  listGraphicsProcessors,
  reportOnGraphics,
  visibleProcessors,
} from './graphics'
import type { TensorflowBinding } from './native/binding'

export type Environment = Readonly<Record<string, string | undefined>>

export interface NativeBackend {
  readonly kind: 'tensorflow'
  readonly binding: TensorflowBinding
  readonly report: BackendReport
  /** Threads it was loaded with; null left the choice to TensorFlow. */
  readonly threads: number | null
}

export interface ScriptBackend {
  readonly kind: 'js'
  readonly report: BackendReport
}

export type Backend = NativeBackend | ScriptBackend

const ADDON = 'tfjs_binding.node'
const THREADS = 'TF_NUM_INTRAOP_THREADS'

/** Read by TensorFlow when it is loaded (docs/decisions/0002-training-graph.md has the measurements). */
const TENSORFLOW_SETTINGS = {
  TF_CPP_MIN_LOG_LEVEL: '2',
  TF_CPU_ALLOCATOR_USE_BFC: '1',
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
}

/**
 * Loads the native library into this process, once and for all: the number of threads cannot change afterwards.
 * Never fails: what kept it from loading is in the report's origin.
 */
export function loadBackend(options: {
  readonly environment: Environment
  readonly threads: number | null
}): Backend {
  const found = findNativeFolder(options.environment)
  if ('problem' in found) return scriptBackend(found.problem)
  try {
    const manifest = readManifest(found.folder)
    setEnvironment(options)
    if (manifest.gpuBuild) showCompilerParts(found.folder)
    const binding = loadAddon(join(found.folder, ADDON))
    return {
      kind: 'tensorflow',
      binding,
      threads: threadsSet(),
      report: nativeReport(binding, { ...manifest, folder: found.folder, environment: options.environment }),
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return scriptBackend(`The native library in ${found.folder} does not load (${reason}).`)
  }
}

/** Where the addon and TensorFlow's libraries are. */
export function findNativeFolder(
  environment: Environment,
): { readonly folder: string } | { readonly problem: string } {
  const named = environment['SCORESCOPE_NATIVE_FOLDER']
  const resources = environment['SCORESCOPE_RESOURCES']
  const certain = named ?? (resources === undefined ? undefined : join(resources, 'native'))
  if (certain !== undefined && existsSync(join(certain, ADDON))) return { folder: certain }
  if (named !== undefined)
    return { problem: `The folder ${named}, named by SCORESCOPE_NATIVE_FOLDER, holds no ${ADDON}.` }
  const cache = join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'scorescope', 'native')
  const newest = nativeFoldersIn(cache).at(-1)
  if (newest !== undefined) return { folder: newest }
  return { problem: `No native TensorFlow was set up in ${cache}: run "npm run setup".` }
}

/** Folders such as tensorflow-2.21.0-linux-x64 that hold an addon for this machine, oldest version first. */
function nativeFoldersIn(cache: string): readonly string[] {
  if (!existsSync(cache)) return []
  const ours = new RegExp(`^tensorflow-[\\d.]+-${process.platform}-${process.arch}$`)
  return readdirSync(cache)
    .filter((name) => ours.test(name) && existsSync(join(cache, name, ADDON)))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((name) => join(cache, name))
}

interface NativeManifest {
  readonly source: string
  readonly gpuBuild: boolean
}

/** What set-up wrote beside the addon; refuses an addon that is not the one it built. */
function readManifest(folder: string): NativeManifest {
  const file = join(folder, 'native.json')
  if (!existsSync(file)) return { source: 'put there by hand', gpuBuild: false }
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    source?: string
    addonSha256?: string
    build?: string
  }
  const { source = 'unknown source', addonSha256, build } = manifest
  const found = createHash('sha256')
    .update(readFileSync(join(folder, ADDON)))
    .digest('hex')
  if (addonSha256 !== undefined && addonSha256 !== found)
    throw new Error(`${ADDON} is not the file that set-up built`)
  return { source, gpuBuild: build === 'gpu' }
}

function setEnvironment({ threads }: { readonly threads: number | null }): void {
  for (const [name, value] of Object.entries(TENSORFLOW_SETTINGS)) process.env[name] ??= value
  // Whoever started this process may have chosen already.
  if (threads === null || threadsSet() !== null) return
  process.env[THREADS] = process.env['OMP_NUM_THREADS'] = String(threads)
  // With one thread in all, operations run in one order, so that the same plan gives the same weights.
  if (threads === 1) process.env['TF_NUM_INTEROP_THREADS'] = '1'
}

/** XLA compiles for GPUs with parts of CUDA that it does not find by itself. */
function showCompilerParts(folder: string): void {
  const compiler = join(folder, 'nvidia', 'cuda_nvcc')
  if (existsSync(compiler)) process.env['XLA_FLAGS'] ??= `--xla_gpu_cuda_data_dir=${compiler}`
}

function threadsSet(): number | null {
  const set = process.env[THREADS]
  return set === undefined ? null : Number(set)
}

function loadAddon(file: string): TensorflowBinding {
  const addon = { exports: {} }
  process.dlopen(addon, file)
  return addon.exports as TensorflowBinding
}

function nativeReport(
  binding: TensorflowBinding,
  origin: NativeManifest & { readonly folder: string; readonly environment: Environment },
): BackendReport {
  const used = binding.isUsingGpuDevice()
  const graphics = used ? graphicsProcessors(origin.environment) : []
  return {
    backend: 'tensorflow',
    tensorflow: binding.TF_Version,
    devices: [...graphics, processor()],
    device: describeDevice(graphics[0], origin.environment),
    gpu: reportOnGraphics({
      used,
      present: used || driverIsLoaded(),
      gpuBuild: origin.gpuBuild,
      platform: `${process.platform}-${process.arch}`,
      environment: origin.environment,
    }),
    origin: `${origin.folder} (${origin.source})`,
    versions: { tensorflow: binding.TF_Version, node: process.versions.node },
  }
}

function scriptBackend(problem: string): ScriptBackend {
  return {
    kind: 'js',
    report: {
      backend: 'js',
      tensorflow: null,
      devices: [processor()],
      device: 'cpu, plain JavaScript',
      gpu: { used: false, present: driverIsLoaded(), reason: 'TensorFlow is not loaded.' },
      origin: problem,
      versions: { node: process.versions.node },
    },
  }
}

function processor(): ComputeDevice {
  return { name: cpus()[0]?.model.trim() ?? 'CPU', type: 'CPU', memoryBytes: totalmem() }
}

/** The addon says only whether it uses a GPU; which one, and its memory, is the driver's to tell. */
function graphicsProcessors(environment: Environment): readonly ComputeDevice[] {
  const visible = visibleProcessors(listGraphicsProcessors(), environment['CUDA_VISIBLE_DEVICES'])
  return visible.length > 0 ? asDevices(visible) : [{ name: 'GPU', type: 'GPU', memoryBytes: null }]
}

/** In words, for a run's record. */
function describeDevice(gpu: ComputeDevice | undefined, environment: Environment): string {
  if (gpu !== undefined) {
    const asked = environment['SCORESCOPE_DEVICE'] ?? ''
    return `${asked.startsWith('gpu:') ? asked : 'gpu:0'} ${gpu.name}`
  }
  const threads = threadsSet() ?? availableParallelism()
  return `cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}
