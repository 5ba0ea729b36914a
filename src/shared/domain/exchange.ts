/** Models on their way out and in: file formats and the parts of a model that can be had alone. Names: docs/model-exchange.md. */
import type { RunSummary } from './run'

/** The file name's extension is the format's name. */
export const MODEL_FORMATS = ['safetensors', 'npz', 'onnx', 'keras'] as const
export type ModelFormat = (typeof MODEL_FORMATS)[number]

/**
 * whole: pixels → reconstruction; encoder: pixels → bottleneck; decoder: bottleneck → reconstruction;
 * classifier: pixels → probability of each class. As weights alone, `whole` is every parameter, the head's too.
 */
export const MODEL_PARTS = ['whole', 'encoder', 'decoder', 'classifier'] as const
export type ModelPart = (typeof MODEL_PARTS)[number]

/** What was written. */
export interface ModelExport {
  readonly run: string
  readonly format: ModelFormat
  readonly part: ModelPart
  readonly file: string
  readonly sizeBytes: number
  readonly tensors: number
  /** Numbers in these tensors, running statistics included. */
  readonly numbers: number
  /** Fingerprint of all the run's weights, as its summary has it. */
  readonly weightsSha256: string
  /** Parameters of the model that are not in the file. */
  readonly leftOut: readonly string[]
}

/** A model that came from a file, as a run. */
export type ImportedModel = RunSummary
