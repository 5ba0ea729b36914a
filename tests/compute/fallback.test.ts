/** Without the native library: everything still works, slowly, and says so. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findNativeFolder, loadBackend } from '../../src/main/compute/backend'
import { context, createInProcess, train, valuesOf, WITHOUT_NATIVE } from './support/in-process'
import { nativeIsThere } from './support/native'
import { createTinyRun } from './support/tiny-run'

/** Small enough for plain JavaScript. */
const small = { spec: '1x3@3', cropSize: 16, samples: 12, batchSize: 4, microBatch: 2, dropout: 0.1 } as const

describe('without a native library', () => {
  it('says why, in a sentence that says what to do', () => {
    const { report } = loadBackend({ environment: WITHOUT_NATIVE, threads: null })
    expect(report).toMatchObject({ backend: 'js', tensorflow: null })
    expect(report.origin).toMatch(/\/nowhere, named by SCORESCOPE_NATIVE_FOLDER, holds no tfjs_binding\.node/)
    const empty = mkdtempSync(join(tmpdir(), 'scorescope-test-'))
    const nothing = loadBackend({ environment: { XDG_CACHE_HOME: empty }, threads: null })
    expect(nothing.report.origin).toMatch(/No native TensorFlow was set up in .*: run "npm run setup"/)
    rmSync(empty, { recursive: true })
  })

  it('says so too where the library does not load, or is not the one that was built', () => {
    const folder = mkdtempSync(join(tmpdir(), 'scorescope-test-'))
    writeFileSync(join(folder, 'tfjs_binding.node'), 'not a library')
    const environment = { SCORESCOPE_NATIVE_FOLDER: folder }
    expect(loadBackend({ environment, threads: null }).report.origin).toMatch(/does not load \(/)
    writeFileSync(join(folder, 'native.json'), JSON.stringify({ source: 'a wheel', addonSha256: '00' }))
    expect(loadBackend({ environment, threads: null }).report.origin).toMatch(
      /is not the file that set-up built/,
    )
    rmSync(folder, { recursive: true })
  })

  it('trains, remarks on it, resumes exactly, and can be explored', async () => {
    const process = createInProcess(WITHOUT_NATIVE)
    const { run: undisturbed, done: removeUndisturbed } = createTinyRun({ ...small, epochs: 4 })
    const whole = await train(process, undisturbed)
    expect(whole).toMatchObject({ status: 'finished', epochs: 4, backend: 'js' })
    expect(whole.remarks[0]).toMatch(/Trained in plain JavaScript, without TensorFlow's native library/)
    const epochs = valuesOf(process, 'compute/epoch')
    expect(epochs.at(-1)?.trainMse).toBeLessThan(epochs[0]?.trainMse ?? 0)

    const { run, done } = createTinyRun({ ...small, epochs: 4 })
    let steps = 0
    process.onEvent = ({ name }) => {
      if (name === 'compute/step' && ++steps === 4) void process.compute.training.stop(undefined, context())
    }
    await train(process, run)
    process.onEvent = () => undefined
    expect((await train(process, run, { resume: true })).weightsSha256).toBe(whole.weightsSha256)

    const reconstruct = { ...run, index: 1, channels: [{ layer: 'bottleneck', channel: 0, scale: 0 }] }
    const { mse } = await process.compute.model.reconstruct(reconstruct, context())
    expect(mse).toBeGreaterThan(0)
    done()
    removeUndisturbed()
  })

  it.skipIf(!nativeIsThere)('starts from the same weights and takes nearly the same steps', async () => {
    const [script, native] = [createInProcess(WITHOUT_NATIVE), createInProcess()]
    const losses = []
    for (const process of [script, native]) {
      const { run, done } = createTinyRun({ ...small, epochs: 1, dropout: 0 })
      await train(process, run)
      losses.push(valuesOf(process, 'compute/step').map(({ trainMse }) => trainMse))
      done()
    }
    const [here, there] = losses
    expect(here).toEqual(there?.map((loss) => expect.closeTo(loss, 4) as number))
  })
})

describe('the native folder', () => {
  it('is the one named, else the packaged one, else the newest in the cache', () => {
    const folder = mkdtempSync(join(tmpdir(), 'scorescope-test-'))
    const make = (...parts: string[]): string => {
      const made = join(folder, ...parts)
      mkdirSync(made, { recursive: true })
      writeFileSync(join(made, 'tfjs_binding.node'), '')
      return made
    }
    const machine = `${process.platform}-${process.arch}`
    const older = make('cache', 'scorescope', 'native', `tensorflow-2.9.1-${machine}`)
    const newer = make('cache', 'scorescope', 'native', `tensorflow-2.21.0-${machine}`)
    make('cache', 'scorescope', 'native', 'tensorflow-3.0.0-elsewhere-x64')
    const packaged = make('resources', 'native')
    const cache = { XDG_CACHE_HOME: join(folder, 'cache') }
    expect(findNativeFolder(cache)).toEqual({ folder: newer })
    const installed = { ...cache, SCORESCOPE_RESOURCES: join(folder, 'resources') }
    expect(findNativeFolder(installed)).toEqual({ folder: packaged })
    expect(findNativeFolder({ ...installed, SCORESCOPE_NATIVE_FOLDER: older })).toEqual({ folder: older })
    rmSync(folder, { recursive: true })
  })
})
