/** `npm run -s cli -- <command>`: builds what has changed, then the command in its own Node 24. */
import { join } from 'node:path'
import { ensureBuilt } from './support/build.mjs'
import { passThrough } from './support/child.mjs'
import { nodeBinary, nodeEnvironment } from './support/node-binary.mjs'
import { root } from './support/paths.mjs'
import { runMain } from './support/say.mjs'
import { offerTensorFlow } from './support/tensorflow.mjs'

/** Commands that compute: they set TensorFlow up first if it is not there. */
const COMPUTING = ['doctor', 'demo', 'train', 'reconstruct', 'features', 'map', 'probe', 'serve']

await runMain(async () => {
  const args = process.argv.slice(2)
  if (COMPUTING.includes(args[0]) && !args.includes('--help')) await offerTensorFlow({ patient: true })
  await ensureBuilt(args[0] === 'serve' ? undefined : ['main'])
  return passThrough(nodeBinary(), [join(root, 'out', 'main', 'cli.cjs'), ...args], {
    env: nodeEnvironment(),
  })
})
