/** `npm start [-- PROJECT] [--browser] [--no-open]`: the app, in its window or in the browser. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './support/build.mjs'
import { openApp } from './support/open-app.mjs'
import { linkNodeCommand } from './support/node-binary.mjs'
import { runMain } from './support/say.mjs'
import { offerTensorFlow } from './support/tensorflow.mjs'

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { browser: { type: 'boolean' }, 'no-open': { type: 'boolean' } },
  })
  linkNodeCommand()
  await offerTensorFlow({ patient: true })
  await ensureBuilt()
  const project = positionals[0] === undefined ? undefined : resolve(positionals[0])
  return openApp({ project, browser: values.browser ?? false, open: !values['no-open'] })
})
