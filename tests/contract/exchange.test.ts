/** Model exchange with real parts: a trained run out in every form, compared outside, and back in; and the command line. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MODEL_FORMATS, MODEL_PARTS } from '@shared/domain/exchange'
import type { RunSummary } from '@shared/domain/run'
import type { Core } from '../../src/main/core'
import { runCommand } from '../support/command-line'
import { largestDifference } from '../support/exchange-model'
import { makeTinyCorpus } from '../support/tiny-corpus'
import { buildEntries, newFolder, wholeCore } from '../support/whole-core'

const place = newFolder()
const settings = join(place.folder, 'settings')
const project = join(place.folder, 'Private project.scorescope')
const out = join(place.folder, 'out')
const SIZE = 16
const PIXELS = SIZE * SIZE
const SAMPLES = [0, 5, 11]

const script = fileURLToPath(new URL('../../scripts/exchange/load_in_keras.py', import.meta.url))
const python = process.env['SCORESCOPE_PYTHON'] ?? 'python3'
const pythonHasKeras =
  spawnSync(python, ['-c', 'import keras, tensorflow, safetensors'], { timeout: 60_000 }).status === 0

let core: Core
let trained: RunSummary

beforeAll(async () => {
  await buildEntries()
  const corpus = join(place.folder, 'corpus')
  await makeTinyCorpus(corpus)
  core = wholeCore(settings, { featuresAfterTraining: false })
  const { api } = core
  await api.project.create({ folder: project })
  await api.jobs.wait(await api.corpus.import({ folder: corpus }))
  await api.jobs.wait(await api.sampling.draw({ seed: 7, size: 32, perPage: 3 }))
  const head = { head: 'style', headWeight: 0.01 } as const
  const { job } = await api.training.start({
    ...head,
    seed: 1,
    name: 'A private name',
    // A bottleneck narrower than its block.
    spec: '1x4@3,1x8@3>5',
    inputSize: SIZE,
    dropout: 0.1,
    batch: 4,
    epochs: 5,
    threads: 1,
    split: 'page',
  })
  trained = (await api.jobs.wait({ job })) as RunSummary
})
afterAll(async () => {
  await core.close()
  place.remove()
})

const outFile = (format: string, part = 'whole'): string => join(out, `${part}.${format}`)

/** Grey bytes and our own unrounded reconstructions of some samples, one after another. */
async function ownReconstructions(run: string): Promise<{ pixels: Uint8Array; output: Float32Array }> {
  const pixels = new Uint8Array(SAMPLES.length * PIXELS)
  const output = new Float32Array(SAMPLES.length * PIXELS)
  for (const [slot, index] of SAMPLES.entries()) {
    pixels.set((await core.api.exploration.reconstruct({ run, index })).original, slot * PIXELS)
    const { maps } = await core.api.exploration.activations({ run, layer: 'output', index })
    output.set(maps, slot * PIXELS)
  }
  return { pixels, output }
}

describe('model exchange', () => {
  it('writes every part in every form, and says what is in it', async () => {
    for (const format of MODEL_FORMATS)
      for (const part of MODEL_PARTS) {
        const file = outFile(format, part)
        const written = await core.api.sharing.exportModel({ run: trained.run, format, part, file })
        expect(written).toMatchObject({ run: trained.run, format, part, file })
        expect(written.weightsSha256).toBe(trained.weightsSha256)
        expect(written.sizeBytes).toBe(readFileSync(file).byteLength)
      }
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('writes nothing that says where, by whom or under which name it was made', () => {
    const secrets = ['Private project', 'A private name', place.folder, hostname(), '/home/', '/tmp/']
    for (const name of readdirSync(out))
      for (const secret of secrets)
        expect(readFileSync(join(out, name)).includes(secret), `${secret} in ${name}`).toBe(false)
  })

  it('writes ONNX that reconstructs as we do, in onnxruntime', async () => {
    const { pixels, output } = await ownReconstructions(trained.run)
    const session = await InferenceSession.create(outFile('onnx'), { intraOpNumThreads: 1 })
    const grey = Float32Array.from(pixels, (byte) => byte / 255)
    const found = await session.run({
      pixels: new Tensor('float32', grey, [SAMPLES.length, SIZE, SIZE, 1]),
    })
    expect(largestDifference(found['reconstruction']?.data as Float32Array, output)).toBeLessThan(1e-5)
  })

  it.skipIf(!pythonHasKeras)('writes forms that Keras loads and that compute the same there', async () => {
    const { pixels, output } = await ownReconstructions(trained.run)
    const folder = join(place.folder, 'keras')
    mkdirSync(folder)
    for (const format of MODEL_FORMATS)
      writeFileSync(join(folder, `model.${format}`), readFileSync(outFile(format)))
    writeFileSync(join(folder, 'pixels.npy'), npy('|u1', pixels))
    writeFileSync(join(folder, 'reconstruction.npy'), npy('<f4', output))
    const compared = spawnSync(python, [script, folder], { encoding: 'utf8' })
    expect(compared.status, compared.stderr).toBe(0)
    const differences = JSON.parse(compared.stdout) as Record<string, number>
    for (const form of ['safetensors', 'keras', 'npz']) expect(differences[form], form).toBeLessThan(1e-5)
  })

  it('takes a model back in as a run that can be looked into', async () => {
    const { api } = core
    const changed: string[] = []
    const leave = core.on('run/changed', ({ run }) => changed.push(run))
    const imported = await api.sharing.importModel({ file: outFile('safetensors') })
    leave()
    expect(changed).toEqual([imported.run])
    expect(imported).toMatchObject({
      name: 'whole',
      status: 'finished',
      spec: trained.spec,
      inputSize: SIZE,
      parameters: trained.parameters,
      weightsSha256: trained.weightsSha256,
      hasWeights: true,
      epochs: 0,
      epochsPlanned: 0,
      validationMse: null,
      problem: null,
    })
    expect(imported.remarks[0]).toBe(
      `Imported from whole.safetensors, where it was run ${trained.run}; how it was trained is not known here.`,
    )
    expect((await api.training.runs())[0]?.run).toBe(imported.run)
    const [here, there] = [await ownReconstructions(trained.run), await ownReconstructions(imported.run)]
    expect(there.output).toEqual(here.output)
    await api.jobs.wait(await api.exploration.computeFeatures({ run: imported.run }))
    expect(await api.exploration.features({ run: imported.run, layer: 'bottleneck' })).toHaveLength(5)
    await expect(api.training.resume({ run: imported.run })).rejects.toMatchObject({
      code: 'training/not-resumable',
    })
    const again = await api.sharing.exportModel({
      run: imported.run,
      format: 'safetensors',
      file: join(out, 'again.safetensors'),
    })
    expect(again.weightsSha256).toBe(trained.weightsSha256)
  })

  it('takes in what Keras wrote, of a model never trained here', async () => {
    const file = fileURLToPath(new URL('../fixtures/exchange/from-keras.safetensors', import.meta.url))
    const imported = await core.api.sharing.importModel({ file, name: 'From Keras' })
    expect(imported).toMatchObject({ name: 'From Keras', spec: '1x4@3,1x8@3', inputSize: 32 })
    expect((await core.api.exploration.reconstruct({ run: imported.run, index: 0 })).mse).toBeGreaterThan(0)
  })

  it('refuses in one sentence, and leaves nothing behind', async () => {
    const { api } = core
    const before = [await api.training.runs(), readdirSync(join(project, 'runs'))]
    const file = outFile('safetensors')
    const refusals = [
      [() => api.sharing.importModel({ file, spec: '1x4@3' }), 'sharing/tensor-unknown'],
      [() => api.sharing.importModel({ file, inputSize: 24 }), 'model/size-not-reducible'],
      [() => api.sharing.importModel({ file, sampleSet: 99 }), 'sampling/set-unknown'],
      [() => api.sharing.importModel({ file: outFile('onnx') }), 'sharing/file-unreadable'],
      [
        () =>
          api.sharing.exportModel({
            run: trained.run,
            format: 'onnx',
            file: join(project, 'project.sqlite'),
          }),
        'sharing/extension',
      ],
      [
        () => api.sharing.exportModel({ run: 'none', format: 'onnx', file: outFile('onnx') }),
        'training/run-unknown',
      ],
      [
        () =>
          api.sharing.exportModel({ run: trained.run, format: 'onnx', file: join(file, 'in-a-file.onnx') }),
        'project/no-write',
      ],
    ] as const
    for (const [ask, code] of refusals) await expect(ask(), code).rejects.toMatchObject({ code })
    expect([await api.training.runs(), readdirSync(join(project, 'runs'))]).toEqual(before)
  })

  it('is there on the command line', async () => {
    await core.close()
    const file = join(out, 'from-cli.safetensors')
    const written = await runCommand(
      settings,
      ...['export', project, '--run', trained.run, '--format', 'safetensors', '--to', file, '--json'],
    )
    expect(written.code, written.errors).toBe(0)
    expect(JSON.parse(written.output)).toMatchObject({ run: trained.run, file, leftOut: [] })
    expect(existsSync(file)).toBe(true)
    const back = await runCommand(settings, 'import-model', project, file, '--name', 'Back', '--json')
    expect(back.code, back.errors).toBe(0)
    expect(JSON.parse(back.output)).toMatchObject({ name: 'Back', weightsSha256: trained.weightsSha256 })
    const refused = await runCommand(settings, 'import-model', project, outFile('npz'), '--json')
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.output)).toMatchObject({ error: { code: 'sharing/file-unreadable' } })
    const wrong = await runCommand(
      settings,
      ...['export', project, '--run', trained.run, '--format', 'pdf', '--to', 'x.pdf'],
    )
    expect(wrong).toMatchObject({ code: 1, output: '' })
    expect(wrong.errors).toContain('Expected one of safetensors, npz, onnx, keras for format')
  })
})

/** The samples as a NumPy file. */
function npy(type: string, values: Uint8Array | Float32Array): Uint8Array {
  const shape = `(${values.length / PIXELS}, ${SIZE}, ${SIZE})`
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117)
  const header = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${text}\n`, 'latin1')
  return Buffer.concat([header, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)])
}
