/** What each file format and each part of a model is good for. */
import type { ModelFormat, ModelPart } from '@shared/domain/exchange'

export const FORMATS: readonly {
  readonly value: ModelFormat
  readonly label: string
  readonly use: string
}[] = [
  {
    value: 'safetensors',
    label: 'safetensors',
    use: 'The numbers with their names. To archive a model, to go on with it in Python, or to bring it back here.',
  },
  {
    value: 'onnx',
    label: 'ONNX',
    use: 'A model that computes, in any ONNX runtime and most programming languages.',
  },
  {
    value: 'keras',
    label: 'Keras',
    use: 'A model that Keras 3 loads, computes with and can go on training.',
  },
  { value: 'npz', label: 'NumPy', use: 'The numbers with their names, for NumPy alone.' },
]

const PARTS: Readonly<Record<ModelPart, { readonly label: string; readonly use: string }>> = {
  whole: { label: 'Whole', use: 'From the pixels of a crop to its reconstruction.' },
  encoder: { label: 'Encoder', use: 'From pixels to the bottleneck: to compute codes elsewhere.' },
  decoder: {
    label: 'Decoder',
    use: 'From the bottleneck to a picture. It turns codes of your crops back into pages: share the two together only where you would share the pages.',
  },
  classifier: { label: 'Classifier', use: 'From pixels to the probability of each class of the head.' },
}

/** The parts that a model has, in order. As numbers alone, the whole is every parameter. */
export function partsOf(format: ModelFormat, hasHead: boolean) {
  const numbers = format === 'safetensors' || format === 'npz'
  const all = hasHead ? 'Every parameter, those of the head too.' : 'Every parameter.'
  const parts: ModelPart[] = ['whole', 'encoder', 'decoder', ...(hasHead ? ['classifier' as const] : [])]
  return parts.map((value) => {
    const { label, use } = PARTS[value]
    return { value, label, use: value === 'whole' && numbers ? all : use }
  })
}
