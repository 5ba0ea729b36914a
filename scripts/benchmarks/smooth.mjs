import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ensureBuilt } from '../support/build.mjs'
import { PlainFailure } from '../support/say.mjs'
import { findChromium } from '../support/system-programs.mjs'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'
import { quantiles } from './support/quantiles.mjs'
import { startQuickTraining } from './support/quick-training.mjs'
import { startServe } from './support/serve.mjs'

export const name = 'smooth'
export const description = 'frame times while the corpus grid is scrolled in Chromium during a quick training'

/** A wheel turned steadily: 20 px a frame, 1,200 px a second where every frame is in time. */
const SETTINGS = { width: 1280, height: 800, pixelsPerFrame: 20, idleSeconds: 8, trainingSeconds: 20 }
const FRAME_MS = 1000 / 60

export async function run({ log, args = [] }) {
  const executablePath = await findChromium()
  if (executablePath === null)
    throw new PlainFailure('There is no Chromium: install it, or name it in SCORESCOPE_CHROMIUM.')
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
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    try {
      const { width, height } = SETTINGS
      const page = await browser.newPage({ viewport: { width, height } })
      await openCorpus(page, serve.url)
      const idle = await scroll(page, SETTINGS.idleSeconds)
      const training = await startQuickTraining(serve)
      log(`Scrolling for ${SETTINGS.trainingSeconds} s while it trains …`)
      const whileTraining = await scroll(page, SETTINGS.trainingSeconds)
      await training.cancel()
      return {
        settings: { ...SETTINGS, pages: pages.length, corpus: source, browser: browser.version() },
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

async function openCorpus(page, url) {
  await page.goto(url)
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Corpus' }).click()
  await page.locator('img').first().waitFor()
}

/** Moves the grid at every frame, up and down again, and takes the time between frames. */
async function scroll(page, seconds) {
  const { times, seen } = await page.evaluate(scrollInPage, {
    seconds,
    pixelsPerFrame: SETTINGS.pixelsPerFrame,
  })
  if (seen < 2) throw new PlainFailure('The grid did not move.')
  const late = times.filter((ms) => ms > 1.5 * FRAME_MS).length
  return { ...quantiles(times), lateFrames: late / times.length, picturesSeen: seen }
}

/** Runs in the page. */
async function scrollInPage({ seconds, pixelsPerFrame }) {
  const { document, getComputedStyle, requestAnimationFrame } = globalThis
  const scrollers = [...document.querySelectorAll('main *, main')].filter(
    (element) =>
      element.querySelector('img') !== null &&
      element.scrollHeight > element.clientHeight + 100 &&
      /auto|scroll/.test(getComputedStyle(element).overflowY),
  )
  const grid = scrollers.at(-1)
  if (grid === undefined) throw new Error('There is no grid that scrolls.')
  const pictures = new Set()
  const times = []
  let direction = 1
  let last = performance.now()
  const endMs = last + seconds * 1000
  while (last < endMs) {
    grid.scrollTop += direction * pixelsPerFrame
    if (grid.scrollTop <= 0) direction = 1
    if (grid.scrollTop >= grid.scrollHeight - grid.clientHeight - 1) direction = -1
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const now = performance.now()
    times.push(now - last)
    last = now
    for (const picture of grid.querySelectorAll('img')) if (picture.complete) pictures.add(picture.src)
  }
  return { times, seen: pictures.size }
}
