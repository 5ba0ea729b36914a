/** `npm run demo [-- FOLDER] [--no-open]`: engraves, imports, samples and trains the demo, then opens the app on it. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './support/build.mjs'
import { passThrough } from './support/child.mjs'
import { linkNodeCommand, nodeBinary, nodeEnvironment } from './support/node-binary.mjs'
import { openApp } from './support/open-app.mjs'
import { root } from './support/paths.mjs'
import { runMain, say } from './support/say.mjs'
import { offerTensorFlow } from './support/tensorflow.mjs'

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { browser: { type: 'boolean' }, 'no-open': { type: 'boolean' } },
  })
  const project = resolve(positionals[0] ?? join(homedir(), 'Scorescope demo.scorescope'))
  linkNodeCommand()
  await offerTensorFlow()
  await ensureBuilt()
  if (existsSync(join(project, 'project.sqlite'))) say(`The demo is already in ${project}`)
  else {
    say(`Making the demo in ${project} (a few minutes) …`)
    const cli = join(root, 'out', 'main', 'cli.cjs')
    const code = await passThrough(nodeBinary(), [cli, 'demo', project], { env: nodeEnvironment() })
    if (code !== 0) return code
  }
  if (values['no-open']) return 0
  return openApp({ project, browser: values.browser ?? false })
})
