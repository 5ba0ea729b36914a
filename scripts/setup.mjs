/** `npm run setup`: obtains TensorFlow's library, builds the addon, proves it. Does nothing when all is done. */
import { parseArgs } from 'node:util'
import { linkNodeCommand } from './support/node-binary.mjs'
import { setUpTensorFlow } from './support/tensorflow.mjs'
import { PlainFailure, runMain, say } from './support/say.mjs'

await runMain(async () => {
  linkNodeCommand()
  const { values } = parseArgs({ options: { require: { type: 'boolean' }, again: { type: 'boolean' } } })
  try {
    const { folder, record, fresh } = await setUpTensorFlow({ again: values.again ?? false })
    if (!fresh) say(`TensorFlow ${record.tensorflow} is set up in ${folder}`)
    return 0
  } catch (error) {
    if (!(error instanceof PlainFailure)) throw error
    say(error.message)
    if (values.require) return 1
    say('Scorescope will use the pure JavaScript engine, which is slow: choose the quick preset.')
    return 0
  }
})
