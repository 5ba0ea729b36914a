/** Every form that a model leaves in: ONNX against onnxruntime, the others against their formats. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import type { ModelPart } from '@shared/domain/exchange'
import { encodeModel } from '../../src/main/core/sharing/write-model'
import { exchangeModel, exchangePixels, largestDifference, layerOutputs } from '../support/exchange-model'

const model = exchangeModel()
const samples = 3

async function runOnnx(part: ModelPart, input: { readonly name: string; readonly tensor: Tensor }) {
  const session = await InferenceSession.create(encodeModel(model, 'onnx', part).bytes, {
    intraOpNumThreads: 1,
  })
  expect(session.inputNames).toEqual([input.name])
  const [name = ''] = session.outputNames
  const output = (await session.run({ [input.name]: input.tensor }))[name]
  if (output === undefined) throw new Error('Nothing came out.')
  return { name, dims: output.dims, data: output.data as Float32Array }
}

describe('a model as ONNX', () => {
  const bytes = exchangePixels(samples)
  const pixels = {
    name: 'pixels',
    tensor: new Tensor(
      'float32',
      Float32Array.from(bytes, (grey) => grey / 255),
      [samples, 16, 16, 1],
    ),
  }

  it('encodes, decodes and does both as our own backend does', async () => {
    const { bottleneck, output } = await layerOutputs(model, bytes)
    const whole = await runOnnx('whole', pixels)
    expect(whole).toMatchObject({ name: 'reconstruction', dims: [samples, 16, 16, 1] })
    expect(largestDifference(whole.data, output)).toBeLessThan(1e-5)
    const encoder = await runOnnx('encoder', pixels)
    expect(encoder).toMatchObject({ name: 'bottleneck', dims: [samples, 4, 4, 6] })
    expect(largestDifference(encoder.data, bottleneck)).toBeLessThan(1e-5)
    const code = { name: 'bottleneck', tensor: new Tensor('float32', bottleneck, [samples, 4, 4, 6]) }
    const decoder = await runOnnx('decoder', code)
    expect(decoder).toMatchObject({ name: 'reconstruction', dims: [samples, 16, 16, 1] })
    expect(largestDifference(decoder.data, output)).toBeLessThan(1e-5)
  })
})
