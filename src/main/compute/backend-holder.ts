import type { BackendReport } from '@shared/compute-api'
import type { Architecture } from '@shared/domain/architecture'
import type { BackendKind, RunPlan } from '@shared/domain/run'
import { type Backend, type Environment, loadBackend } from './backend'
import { NativeModel } from './native/native-model'
import { NativeTrainer } from './native/native-trainer'
import type { ParameterValues } from './parameters'
import { loadTensorflowScript } from './script/load-script'
import { ScriptModel } from './script/script-model'
import { ScriptTrainer } from './script/script-trainer'
import type { TrainedModel } from './trained-model'
import type { Trainer } from './trainer'

/** Loads a backend when first asked for one, and makes trainers and models on whichever it is. */
export class BackendHolder {
  private backend: Backend | null = null

  constructor(private readonly environment: Environment) {}

  report(): BackendReport {
    return this.load(null).report
  }

  get kind(): BackendKind {
    return this.load(null).kind
  }

  async createTrainer({
    architecture,
    threads,
    precision,
  }: Pick<RunPlan, 'architecture' | 'threads' | 'precision'>): Promise<Trainer> {
    const backend = this.load(threads)
    if (backend.kind === 'tensorflow') return new NativeTrainer(backend.binding, architecture, precision)
    return new ScriptTrainer(await loadTensorflowScript(), architecture)
  }

  async loadModel(architecture: Architecture, values: ParameterValues): Promise<TrainedModel> {
    const backend = this.load(null)
    if (backend.kind === 'tensorflow') return new NativeModel(backend.binding, architecture, values)
    return new ScriptModel(await loadTensorflowScript(), architecture, values)
  }

  /** What a run's record should say about where it was trained. */
  remarks({ threads, device }: Pick<RunPlan, 'threads' | 'device'>): readonly string[] {
    const backend = this.load(threads)
    const onProcessor = device === 'cpu' ? null : unusedGraphics(backend.report)
    return [...this.threadRemarks(backend, threads), ...(onProcessor === null ? [] : [onProcessor])]
  }

  private threadRemarks(backend: Backend, threads: number | null): readonly string[] {
    if (backend.kind === 'js')
      return [`Trained in plain JavaScript, without TensorFlow's native library. ${backend.report.origin}`]
    if (threads === null || threads === backend.threads) return []
    const has =
      backend.threads === null ? 'as many threads as TensorFlow chose' : `${backend.threads} threads`
    return [`The plan asks for ${threads} threads, but this process was started with ${has}.`]
  }

  private load(threads: number | null): Backend {
    this.backend ??= loadBackend({ environment: this.environment, threads })
    return this.backend
  }
}

/** Only where a GPU could be expected. */
function unusedGraphics({ gpu }: BackendReport): string | null {
  if (gpu.used || !gpu.present) return null
  return `Trained on the processor, although an NVIDIA driver is loaded. ${gpu.reason}`
}
