/**
 * `npm run setup`: obtains TensorFlow's library, builds the addon, proves it. Does nothing when all is done.
 * `--gpu` fetches the build for NVIDIA GPUs with its CUDA libraries instead (also without a driver, with `--force`),
 * `--cpu` goes back.
 */
import { parseArgs } from 'node:util'
import { driverProblem } from './support/graphics-driver.mjs'
import { linkNodeCommand } from './support/node-binary.mjs'
import { PlainFailure, runMain, say } from './support/say.mjs'
import { offerTensorFlow, setUpTensorFlow } from './support/tensorflow.mjs'

await runMain(async () => {
  const names = ['require', 'again', 'gpu', 'cpu', 'force']
  const options = Object.fromEntries(names.map((name) => [name, { type: 'boolean', default: false }]))
  const { values } = parseArgs({ options })
  if (values.gpu && values.cpu) throw new PlainFailure('Choose one of --gpu and --cpu.')
  linkNodeCommand()
  const { again, force } = values
  // A build that was asked for is a wish whose failure is told; what is set up stays as it is.
  const done =
    values.gpu || values.cpu
      ? await setUpTensorFlow({ again, force, build: values.gpu ? 'gpu' : 'cpu' })
      : await offerTensorFlow({ again })
  if (done && !done.fresh) say(`TensorFlow ${done.record.tensorflow} is set up in ${done.folder}`)
  if (done?.fresh && done.record.build === 'gpu' && !done.record.gpu) say(await whyNoGpu())
  return !done && values.require ? 1 : 0
})

async function whyNoGpu() {
  const problem = await driverProblem()
  if (problem !== null) return `No GPU can be used yet (${problem}): training stays on the processor.`
  return 'TensorFlow finds no GPU that it can use: run nvidia-smi to see whether the driver answers.'
}
