/** A model's file, whichever its form. */
import type { ModelFormat, ModelPart } from '@shared/domain/exchange'
import { encodeKeras } from './keras'
import { factsAsText, type ModelContent, type NamedTensor } from './model-content'
import { encodeNpz } from './npz'
import { encodeOnnx } from './onnx'
import { encodeSafetensors } from './safetensors'

export interface EncodedModel {
  readonly bytes: Uint8Array
  readonly tensors: readonly NamedTensor[]
  /** Parameters of the model that are not in it. */
  readonly leftOut: readonly string[]
}

/** A model in one form, or a part of it; equal models give equal bytes. */
export function encodeModel(content: ModelContent, format: ModelFormat, part: ModelPart): EncodedModel {
  const computes = format === 'onnx' || format === 'keras'
  const belongs = belongsTo(part, computes)
  const tensors = content.tensors.filter(({ name }) => belongs(name))
  const leftOut = content.tensors.filter(({ name }) => !belongs(name)).map(({ name }) => name)
  return { bytes: encode({ ...content, tensors }, format, part), tensors, leftOut }
}

function encode(content: ModelContent, format: ModelFormat, part: ModelPart): Uint8Array {
  switch (format) {
    case 'safetensors':
      return encodeSafetensors(content.tensors, { ...factsAsText(content.facts), part })
    case 'npz':
      return encodeNpz(content.tensors, content.facts)
    case 'onnx':
      return encodeOnnx(content, part)
    case 'keras':
      return encodeKeras(content, part)
  }
}

/** @param computes the form holds operations too: there, the whole is what makes reconstructions, without the head */
function belongsTo(part: ModelPart, computes: boolean): (parameter: string) => boolean {
  const isEncoder = (name: string): boolean => name.startsWith('encoder-')
  const isHead = (name: string): boolean => name.startsWith('head/')
  switch (part) {
    case 'whole':
      return (name) => !computes || !isHead(name)
    case 'encoder':
      return isEncoder
    case 'decoder':
      return (name) => !isEncoder(name) && !isHead(name)
    case 'classifier':
      return (name) => isEncoder(name) || isHead(name)
  }
}
