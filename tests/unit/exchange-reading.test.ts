/** Weights that come in: written by Python, by us, and by nobody who means well. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import type { NamedTensor } from '../../src/main/core/sharing/model-content'
import { readModel } from '../../src/main/core/sharing/read-model'
import { encodeSafetensors } from '../../src/main/core/sharing/safetensors'
import { encodeModel } from '../../src/main/core/sharing/write-model'
import {
  EXCHANGED,
  exchangeModel,
  largestDifference,
  layerOutputs,
  NARROWED,
} from '../support/exchange-model'
import { temporaryFolder } from '../support/projects'

const model = exchangeModel()
const FACTS = { spec: '1x4@3,2x6@4', inputSize: '16', head: JSON.stringify(model.facts.head) }

function written(bytes: Uint8Array): string {
  const file = join(temporaryFolder(), 'model.safetensors')
  writeFileSync(file, bytes)
  return file
}

/** The code and sentence that a file is refused with, its folder left out. */
function refusal(
  file: string,
  choices: { readonly spec?: string; readonly inputSize?: number } = {},
): readonly [code: string, sentence: string] {
  try {
    readModel({ file, ...choices })
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.message.replaceAll(file, 'FILE')]
    throw error
  }
  throw new Error('It was not refused.')
}

const refusedTensors = (
  change: (tensors: NamedTensor[]) => readonly NamedTensor[],
  facts: Readonly<Record<string, string>> = FACTS,
): readonly [code: string, sentence: string] =>
  refusal(written(encodeSafetensors(change([...model.tensors]), facts)))

describe('weights that come in', () => {
  it('come back as they left', () => {
    const back = readModel({ file: written(encodeModel(model, 'safetensors', 'whole').bytes) })
    expect(back.architecture).toEqual({ ...EXCHANGED, head: { ...model.facts.head, weight: 0 } })
    expect(back.tensors).toEqual(model.tensors)
    expect(back.origin).toBe('abcd2345')
  })

  it('come back with the bottleneck that they were narrowed to', () => {
    const narrowed = exchangeModel(NARROWED)
    const file = written(encodeModel(narrowed, 'safetensors', 'whole').bytes)
    const back = readModel({ file })
    expect(back.architecture.blocks).toEqual(NARROWED.blocks)
    expect(back.tensors).toEqual(narrowed.tensors)
    expect(refusal(file, { spec: '1x4@3,2x6@4' })[0]).toBe('sharing/tensor-shape')
  })

  it('compute what Keras computed before it wrote them', async () => {
    const folder = new URL('../fixtures/exchange/', import.meta.url)
    const known = JSON.parse(readFileSync(new URL('from-keras.json', folder), 'utf8')) as {
      pixels: string
      reconstruction: string
    }
    const back = readModel({ file: fileURLToPath(new URL('from-keras.safetensors', folder)) })
    expect(back).toMatchObject({ architecture: { inputSize: 32, head: null }, origin: null })
    const { output } = await layerOutputs(
      { ...model, architecture: back.architecture, tensors: back.tensors },
      Buffer.from(known.pixels, 'base64'),
    )
    const expected = Buffer.from(known.reconstruction, 'base64')
    const floats = new Float32Array(new Uint8Array(expected).buffer)
    expect(largestDifference(output, floats)).toBeLessThan(1e-5)
  })

  it('say what lacks, what is too much and what has another shape', () => {
    expect(refusedTensors((tensors) => tensors.slice(6))).toEqual([
      'sharing/tensor-missing',
      'FILE lacks encoder-1-1/kernel, encoder-1-1/scale, encoder-1-1/offset, encoder-1-1/mean and 2 more: a model 1x4@3,2x6@4 needs every name in docs/model-exchange.md.',
    ])
    const bias = { name: 'encoder-1-1/bias', shape: [4], values: new Float32Array(4) }
    expect(refusedTensors((tensors) => [...tensors, bias])).toEqual([
      'sharing/tensor-unknown',
      'FILE holds encoder-1-1/bias, which a model 1x4@3,2x6@4 does not have: leave it out, or say the right model.',
    ])
    const turned = ([first, ...rest]: NamedTensor[]): NamedTensor[] =>
      first === undefined ? [] : [{ ...first, shape: [4, 1, 3, 3] }, ...rest]
    expect(refusedTensors(turned)).toEqual([
      'sharing/tensor-shape',
      'encoder-1-1/kernel in FILE is 4×1×3×3 where 3×3×1×4 is needed: transpose it, or say the right model.',
    ])
    const { head: _, ...headless } = FACTS
    expect(refusedTensors((tensors) => tensors, headless)[1]).toContain('holds head/kernel, head/bias, which')
  })

  it('say when a value is no number, and when a type is another', () => {
    const broken = ([first, ...rest]: NamedTensor[]): NamedTensor[] =>
      first === undefined
        ? []
        : [{ ...first, values: first.values.map((_, at) => (at === 5 ? NaN : 0)) }, ...rest]
    expect(refusedTensors(broken)[0]).toBe('sharing/tensor-not-finite')
    const bytes = Buffer.from(encodeSafetensors(model.tensors, FACTS))
    bytes.write('F16', bytes.indexOf('F32'))
    expect(refusal(written(bytes))).toEqual([
      'sharing/tensor-type',
      'encoder-1-1/kernel in FILE is F16: write it as F32.',
    ])
  })

  it('ask for what the file does not say, and believe what is said beside it', () => {
    const bare = written(encodeSafetensors(model.tensors, {}))
    expect(refusal(bare)[1]).toContain('does not say the specification of its model')
    expect(refusal(bare, { spec: '1x4@3,2x6@4' })[1]).toContain('does not say the input size')
    expect(refusal(bare, { spec: 'many', inputSize: 16 })[0]).toBe('model/spec-unreadable')
    expect(refusal(bare, { spec: '1x4@3,2x6@4', inputSize: 18 })[0]).toBe('model/size-indivisible')
    const damaged = { ...FACTS, inputSize: '1e9', head: '{"field"', dropout: 'much', run: '../../x' }
    expect(refusedTensors((tensors) => tensors, damaged)[1]).toContain('does not say the input size')
  })

  it.each([
    ['nothing', () => new Uint8Array(0), 'it ends too early'],
    [
      'other things',
      () => Buffer.from('PK\x03\x04 and so on and on', 'latin1'),
      'it is not a safetensors file',
    ],
    [
      'a header longer than itself',
      () => Buffer.from('ffffffffffffff7f7b7d', 'hex'),
      'it is not a safetensors file',
    ],
    ['no JSON', () => Buffer.from('0400000000000000ffffffff', 'hex'), 'its header is damaged'],
    [
      'half its numbers',
      () => encodeSafetensors(model.tensors, FACTS).slice(0, -64),
      /bytes of numbers instead of/,
    ],
  ])('refuse a file that holds %s', (_, make, problem) => {
    const [code, sentence] = refusal(written(make()))
    expect(code).toBe('sharing/file-unreadable')
    expect(sentence).toMatch(problem)
  })

  it('refuse numbers that lie over one another or outside', () => {
    const entry = (from: number, to: number) => ({
      dtype: 'F32',
      shape: [(to - from) / 4],
      data_offsets: [from, to],
    })
    const file = (header: object): Buffer => {
      const text = Buffer.from(JSON.stringify(header))
      const length = Buffer.alloc(8)
      length.writeUInt32LE(text.byteLength)
      return Buffer.concat([length, text, Buffer.alloc(16)])
    }
    const problem = (header: object): string => refusal(written(file(header)))[1]
    expect(problem({ a: entry(0, 8), b: entry(4, 16) })).toContain('the place of b in it is wrong')
    expect(problem({ a: entry(0, 8), b: entry(12, 16) })).toContain('the place of b in it is wrong')
    expect(problem({ a: entry(0, 1600) })).toContain('it holds 16 bytes of numbers instead of 1600')
    expect(problem({ a: { ...entry(0, 16), shape: [-4] } })).toContain('its header is damaged')
  })

  it('refuse what is not there, and a folder', () => {
    const folder = temporaryFolder()
    expect(refusal(join(folder, 'none.safetensors'))[1]).toContain('there is no such file')
    mkdirSync(join(folder, 'model.safetensors'))
    expect(refusal(join(folder, 'model.safetensors'))[1]).toContain('it is a folder')
  })
})
