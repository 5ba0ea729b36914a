import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'

export const name = 'threads'
export const description =
  'how far the weights of the same plan differ between one thread, two, and two again'

const SETTINGS = { pages: 40, preset: 'quick', steps: 200, samples: 100, batch: 4, dropout: 0.25, seed: 1 }
/** 100 samples, 20 of them held out: twenty steps an epoch. */
const EPOCHS = SETTINGS.steps / 20

/** The same plan several times through the command line, each in a compute process of its own. */
export async function run({ log, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-threads-'))
  try {
    const images = join(folder, 'images')
    const { source } = await gatherPages(images, args, SETTINGS.pages)
    const project = join(folder, 'bench.scorescope')
    await cli(folder, 'import', project, images)
    await cli(folder, 'sample', project, '--seed', '1')
    const trained = {}
    for (const [title, threads] of Object.entries({ one: 1, oneAgain: 1, two: 2, twoAgain: 2 })) {
      log(`${SETTINGS.steps} steps with ${threads === 1 ? 'one thread' : 'two threads'} …`)
      trained[title] = await train(folder, project, threads)
    }
    const { one, oneAgain, two, twoAgain } = trained
    return {
      settings: { ...SETTINGS, epochs: EPOCHS, corpus: source, parameters: one.values.length },
      figures: {
        secondsWithOne: one.seconds,
        secondsWithTwo: two.seconds,
        oneAgainstOne: compare(one, oneAgain),
        oneAgainstTwo: compare(one, two),
        twoAgainstTwo: compare(two, twoAgain),
        validationMse: Object.fromEntries(
          Object.entries(trained).map(([title, { validationMse }]) => [title, validationMse]),
        ),
      },
      ratios: {},
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function train(folder, project, threads) {
  const { preset, samples, batch, dropout, seed } = SETTINGS
  const choices = { preset, epochs: EPOCHS, limit: samples, batch, dropout, split: 'crop', seed, threads }
  const options = Object.entries(choices).flatMap(([option, value]) => [`--${option}`, String(value)])
  const { json } = await cli(folder, 'train', project, ...options)
  if (json.steps !== SETTINGS.steps) throw new Error(`The run took ${json.steps} steps.`)
  const file = join(folder, `${json.run}.safetensors`)
  await cli(folder, 'export', project, '--run', json.run, '--format', 'safetensors', '--to', file)
  return { values: allValues(file), validationMse: json.validationMse, seconds: json.seconds }
}

/** Every number of a safetensors file: eight bytes of length, a description, then float32 throughout. */
function allValues(file) {
  const bytes = readFileSync(file)
  const values = bytes.subarray(8 + Number(bytes.readBigUInt64LE()))
  return new Float32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength))
}

function compare(one, other) {
  let [largest, difference, whole] = [0, 0, 0]
  for (const [index, value] of one.values.entries()) {
    const apart = Math.abs(value - other.values[index])
    largest = Math.max(largest, apart)
    difference += apart ** 2
    whole += value ** 2
  }
  return {
    largestDifference: largest,
    relativeDifference: Math.sqrt(difference / whole),
    validationMseRatio: other.validationMse / one.validationMse,
  }
}
