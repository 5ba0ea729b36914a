/**
 * `npm test`: sets up what the tests need, builds, and runs every test. What cannot be had here is said, and the
 * tests that need it are skipped. Arguments go to vitest: `npm test -- tests/unit/split.test.ts`.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './support/build.mjs'
import { passThrough } from './support/child.mjs'
import { ensureTestElectron } from './support/electron-runtime.mjs'
import { linkNodeCommand, nodeBinary, nodeEnvironment } from './support/node-binary.mjs'
import { root } from './support/paths.mjs'
import { PlainFailure, runMain, say } from './support/say.mjs'
import { ensureChromium, ensureWindowLibraries } from './support/system-programs.mjs'
import { offerTensorFlow } from './support/tensorflow.mjs'
import { countTests, countsLine } from './support/test-counts.mjs'
import { startVirtualDisplay } from './support/virtual-display.mjs'

/** Journeys through the whole app run after everything else, so that they have the machine to themselves. */
const STAGES = [['unit', 'contract', 'compute', 'renderer'], ['e2e']]
const NEEDS_CHROMIUM = 'renderer'

async function orNull(obtain, consequence) {
  try {
    return (await obtain()) ?? true
  } catch (error) {
    if (!(error instanceof PlainFailure)) throw error
    say(`${error.message} ${consequence}`)
    return null
  }
}

async function runStages(args, environment) {
  const projects = (names) => names.flatMap((name) => (skipped(name, environment) ? [] : ['--project', name]))
  const stages = args.length > 0 ? [args] : STAGES.map(projects).filter((list) => list.length > 0)
  const reports = []
  let code = 0
  for (const [index, stage] of stages.entries()) {
    const report = join(root, '.cache', `test-report-${index}.json`)
    rmSync(report, { force: true })
    const output = [
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      '--passWithNoTests',
    ]
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const ended = await passThrough(nodeBinary(), [vitest, 'run', ...output, ...stage], {
      cwd: root,
      env: nodeEnvironment(environment),
    })
    code ||= ended
    reports.push(report)
  }
  return { code, reports }
}

const skipped = (name, environment) => name === NEEDS_CHROMIUM && !environment.SCORESCOPE_CHROMIUM

async function runTests(args) {
  linkNodeCommand()
  await offerTensorFlow()
  const chromium = await orNull(ensureChromium, 'Tests in a browser are skipped.')
  const skipWindows = 'Tests in Electron are skipped.'
  if (await orNull(() => ensureWindowLibraries({ display: true }), skipWindows))
    await orNull(ensureTestElectron, skipWindows)
  await ensureBuilt()
  const display = await startVirtualDisplay()
  try {
    const hard = args.includes('--hard') ? { SCORESCOPE_HARD: '1' } : {}
    const browser = chromium ? { SCORESCOPE_CHROMIUM: chromium } : {}
    const rest = args.filter((name) => name !== '--hard')
    return await runStages(rest, { ...display.environment, ...hard, ...browser })
  } finally {
    display.stop()
  }
}

await runMain(async () => {
  try {
    const { code, reports } = await runTests(process.argv.slice(2))
    const counts = countTests(reports)
    if (code !== 0 && counts.failed === 0)
      say(`Vitest ended with ${code} although no test failed: see above.`)
    process.stdout.write(`${countsLine(counts)}\n`)
    return code
  } catch (error) {
    say(error instanceof PlainFailure ? error.message : error.stack)
    process.stdout.write(`${countsLine({ passed: 0, failed: 1, skipped: 0 })}\n`)
    return 1
  }
})
