/** Models on their way out and in. */
import { z } from 'zod'
import { MODEL_FORMATS, MODEL_PARTS } from '../domain/exchange'
import type { ImportedModel, ModelExport } from '../domain/exchange'
import { id, runId } from './shapes'

export const sharingRequests = {
  /** Writes a trained model to a file whose name ends in the format's name; a file that is there is replaced. */
  exportModel: z.object({
    run: runId,
    format: z.enum(MODEL_FORMATS),
    part: z.enum(MODEL_PARTS).default('whole'),
    file: z.string().min(1).max(4096),
  }),
  /** Makes a run of a safetensors file. What the model is may be left out where the file says it. */
  importModel: z.object({
    file: z.string().min(1).max(4096),
    spec: z.string().max(200).optional(),
    inputSize: z.int().min(8).max(2048).optional(),
    /** The samples that it is looked at with; the newest set unless said otherwise. */
    sampleSet: id.optional(),
    name: z.string().min(1).max(200).optional(),
  }),
} as const

export interface SharingReplies {
  exportModel: ModelExport
  importModel: ImportedModel
}
