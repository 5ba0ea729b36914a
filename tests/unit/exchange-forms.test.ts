/** Every form that a model leaves in: ONNX against onnxruntime, the others against their formats. */
import { crc32 } from 'node:zlib'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { MODEL_FORMATS, MODEL_PARTS, type ModelPart } from '@shared/domain/exchange'
import type { NamedTensor } from '../../src/main/core/sharing/model-content'
import { encodeModel } from '../../src/main/core/sharing/write-model'
import {
  exchangeModel,
  exchangePixels,
  largestDifference,
  layerOutputs,
  NARROWED,
} from '../support/exchange-model'
import { readZip } from '../support/read-zip'

const model = exchangeModel()
const samples = 3

function tensorNamed(name: string): NamedTensor {
  const tensor = model.tensors.find((known) => known.name === name)
  if (tensor === undefined) throw new Error(`There is no ${name}.`)
  return tensor
}

async function runOnnx(
  part: ModelPart,
  input: { readonly name: string; readonly tensor: Tensor },
  content = model,
) {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 }
  const session = await InferenceSession.create(encodeModel(content, 'onnx', part).bytes, options)
  expect(session.inputNames).toEqual([input.name])
  const [name = ''] = session.outputNames
  const output = (await session.run({ [input.name]: input.tensor }))[name]
  if (output === undefined) throw new Error('Nothing came out.')
  return { name, dims: output.dims, data: output.data as Float32Array }
}

describe('a model as ONNX', () => {
  const bytes = exchangePixels(samples)
  const grey = Float32Array.from(bytes, (byte) => byte / 255)
  const pixels = { name: 'pixels', tensor: new Tensor('float32', grey, [samples, 16, 16, 1]) }

  it.each([
    { what: 'even kernels included', content: model, channels: 6 },
    { what: 'a narrowed bottleneck included', content: exchangeModel(NARROWED), channels: 2 },
  ])('encodes, decodes and does both as our own backend does, $what', async ({ content, channels }) => {
    const { bottleneck, output } = await layerOutputs(content, bytes)
    const whole = await runOnnx('whole', pixels, content)
    expect(whole).toMatchObject({ name: 'reconstruction', dims: [samples, 16, 16, 1] })
    expect(largestDifference(whole.data, output)).toBeLessThan(1e-5)
    const encoder = await runOnnx('encoder', pixels, content)
    expect(encoder).toMatchObject({ name: 'bottleneck', dims: [samples, 4, 4, channels] })
    expect(largestDifference(encoder.data, bottleneck)).toBeLessThan(1e-5)
    const tensor = new Tensor('float32', bottleneck, [samples, 4, 4, channels])
    const decoder = await runOnnx('decoder', { name: 'bottleneck', tensor }, content)
    expect(decoder).toMatchObject({ name: 'reconstruction', dims: [samples, 16, 16, 1] })
    expect(largestDifference(decoder.data, output)).toBeLessThan(1e-5)
  })

  it('classifies by the softmax of the averaged bottleneck', async () => {
    const { bottleneck } = await layerOutputs(model, bytes)
    const [kernel, bias] = [tensorNamed('head/kernel').values, tensorNamed('head/bias').values]
    const expected = Array.from({ length: samples }, (_, sample) => {
      const average = Array.from({ length: 6 }, (_, channel) => {
        const map = bottleneck.subarray(sample * 96, (sample + 1) * 96)
        return map.filter((_, at) => at % 6 === channel).reduce((sum, value) => sum + value, 0) / 16
      })
      const scores = Array.from(bias, (offset, output) =>
        Math.exp(average.reduce((sum, value, at) => sum + value * (kernel[at * 3 + output] ?? NaN), offset)),
      )
      const total = scores.reduce((sum, score) => sum + score, 0)
      return scores.map((score) => score / total)
    }).flat()
    const found = await runOnnx('classifier', pixels)
    expect(found).toMatchObject({ name: 'probabilities', dims: [samples, 3] })
    expect(largestDifference(found.data, expected)).toBeLessThan(1e-5)
  })
})

describe('a model as weights', () => {
  it('is a safetensors file with every number under its name', () => {
    const bytes = Buffer.from(encodeModel(model, 'safetensors', 'whole').bytes)
    const length = Number(bytes.readBigUInt64LE())
    expect(length % 8).toBe(0)
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString('utf8')) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >
    const { __metadata__: metadata, ...tensors } = header
    expect(metadata).toMatchObject({ spec: '1x4@3,2x6@4', inputSize: '16', run: 'abcd2345', part: 'whole' })
    expect(Object.keys(tensors)).toEqual(model.tensors.map(({ name }) => name))
    for (const { name, shape, values } of model.tensors) {
      expect(tensors[name]).toMatchObject({ dtype: 'F32', shape })
      const [from = 0, to = 0] = tensors[name]?.data_offsets ?? []
      const found = Buffer.from(bytes.subarray(8 + length + from, 8 + length + to))
      expect(found.equals(Buffer.from(values.buffer)), name).toBe(true)
    }
  })

  it('is an npz archive of npy arrays, with the facts beside them', () => {
    const entries = readZip(encodeModel(model, 'npz', 'encoder').bytes)
    const names = model.tensors.map(({ name }) => name).filter((name) => name.startsWith('encoder-'))
    expect([...entries.keys()]).toEqual([...names.map((name) => `${name}.npy`), 'metadata.npy'])
    const kernel = entries.get('encoder-2-1/kernel.npy') ?? Buffer.alloc(0)
    const start = 10 + kernel.readUInt16LE(8)
    expect(start % 64).toBe(0)
    expect(kernel.subarray(10, start).toString('latin1').trim()).toBe(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 4, 4, 6,), }",
    )
    expect(kernel.subarray(start).equals(Buffer.from(tensorNamed('encoder-2-1/kernel').values.buffer))).toBe(
      true,
    )
    const facts = entries.get('metadata.npy') ?? Buffer.alloc(0)
    expect(JSON.parse(facts.subarray(10 + facts.readUInt16LE(8)).toString('utf8'))).toEqual(model.facts)
  })
})

describe('a model as a .keras archive', () => {
  const entries = readZip(encodeModel(model, 'keras', 'whole').bytes)

  it('describes a row of layers as Keras does', () => {
    expect([...entries.keys()]).toEqual([
      'metadata.json',
      'config.json',
      'model.weights.h5',
      'scorescope.json',
    ])
    const config = JSON.parse(entries.get('config.json')?.toString('utf8') ?? '') as {
      config: { layers: { class_name: string; config: { name: string } }[] }
    }
    const { layers } = config.config
    expect(layers.slice(0, 6).map((layer) => layer.class_name)).toEqual([
      'InputLayer',
      'Conv2D',
      'BatchNormalization',
      'ReLU',
      'MaxPooling2D',
      'Dropout',
    ])
    expect(layers.at(-1)).toMatchObject({
      class_name: 'Conv2D',
      config: { name: 'output', activation: 'sigmoid' },
    })
    expect(new Set(layers.map((layer) => layer.config.name)).size).toBe(layers.length)
  })

  it('holds HDF5 weights, every array whole and at a multiple of 8', () => {
    const weights = entries.get('model.weights.h5') ?? Buffer.alloc(0)
    expect(weights.subarray(0, 8).toString('latin1')).toBe('\x89HDF\r\n\x1a\n')
    expect(Number(weights.readBigUInt64LE(40))).toBe(weights.byteLength)
    for (const { name, values } of model.tensors.filter((tensor) => !tensor.name.startsWith('head/')))
      expect(weights.indexOf(Buffer.from(values.buffer)) % 8, name).toBe(0)
  })
})

describe('every form', () => {
  it.each(MODEL_FORMATS)('as %s says which parameters it leaves out', (format) => {
    const names = (part: ModelPart) => encodeModel(model, format, part)
    for (const part of MODEL_PARTS) {
      const { tensors, leftOut } = names(part)
      expect([...tensors.map(({ name }) => name), ...leftOut].sort()).toEqual(
        model.tensors.map(({ name }) => name).sort(),
      )
    }
    expect(names('encoder').leftOut).toContain('output/kernel')
    expect(names('decoder').leftOut).toContain('encoder-1-1/kernel')
    expect(names('classifier').leftOut).not.toContain('head/kernel')
    const computes = format === 'onnx' || format === 'keras'
    expect(names('whole').leftOut).toEqual(computes ? ['head/kernel', 'head/bias'] : [])
  })

  it.each(MODEL_FORMATS)('as %s is the same bytes for the same model', (format) => {
    const [one, other] = [0, 1].map(() => encodeModel(exchangeModel(), format, 'whole').bytes)
    expect(crc32(one ?? '')).toBe(crc32(other ?? ''))
  })
})
