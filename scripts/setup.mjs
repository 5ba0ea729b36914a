/** `npm run setup`: obtains TensorFlow's library, builds the addon, proves it. Does nothing when all is done. */
import { parseArgs } from 'node:util'
import { linkNodeCommand } from './support/node-binary.mjs'
import { runMain, say } from './support/say.mjs'
import { offerTensorFlow } from './support/tensorflow.mjs'

await runMain(async () => {
  const { values } = parseArgs({ options: { require: { type: 'boolean' }, again: { type: 'boolean' } } })
  linkNodeCommand()
  const done = await offerTensorFlow({ again: values.again ?? false })
  if (done && !done.fresh) say(`TensorFlow ${done.record.tensorflow} is set up in ${done.folder}`)
  return !done && values.require ? 1 : 0
})
