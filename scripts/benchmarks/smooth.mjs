import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from '../support/build.mjs'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'
import { openCorpus, scrollGrid, startChromium, WHEEL_PIXELS } from './support/corpus-grid.mjs'
import { startQuickTraining } from './support/quick-training.mjs'
import { startServe } from './support/serve.mjs'

export const name = 'smooth'
export const description = 'frame times while the corpus grid is scrolled in Chromium during a quick training'

const SETTINGS = { width: 1280, height: 800, idleSeconds: 8, trainingSeconds: 20 }

export async function run({ log, args = [] }) {
  await ensureBuilt()
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-smooth-'))
  try {
    const images = join(folder, 'images')
    const { source, pages } = await gatherPages(images, args)
    const project = join(folder, 'bench.scorescope')
    log(`Importing ${pages.length} pages and sampling …`)
    await cli(folder, 'import', project, images)
    await cli(folder, 'sample', project, '--seed', '1')
    const serve = await startServe(project, join(folder, 'settings'))
    const browser = await startChromium()
    try {
      const { width, height } = SETTINGS
      const page = await browser.newPage({ viewport: { width, height } })
      await openCorpus(page, serve.url)
      const idle = await scrollGrid(page, { seconds: SETTINGS.idleSeconds })
      const training = await startQuickTraining(serve)
      log(`Scrolling for ${SETTINGS.trainingSeconds} s while it trains …`)
      const whileTraining = await scrollGrid(page, { seconds: SETTINGS.trainingSeconds })
      await training.cancel()
      return {
        settings: {
          ...SETTINGS,
          pixelsPerFrame: WHEEL_PIXELS,
          pages: pages.length,
          corpus: source,
          browser: browser.version(),
        },
        figures: { idle, whileTraining },
        ratios: {},
      }
    } finally {
      await browser.close()
      await serve.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
