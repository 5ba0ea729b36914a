/** The grid of the corpus screen in Chromium: opened, scrolled, timed. */
import { chromium } from 'playwright-core'
import { PlainFailure } from '../../support/say.mjs'
import { findChromium } from '../../support/system-programs.mjs'
import { quantiles } from './quantiles.mjs'

/** A wheel turned steadily: 1,200 px a second where every frame is in time. */
export const WHEEL_PIXELS = 20
const FRAME_MS = 1000 / 60
const LONG_MS = 50

export async function startChromium() {
  const executablePath = await findChromium()
  if (executablePath === null)
    throw new PlainFailure('There is no Chromium: install it, or name it in SCORESCOPE_CHROMIUM.')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}

export async function openCorpus(page, url) {
  await page.goto(url)
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Corpus' }).click()
  await page.locator('img').first().waitFor()
}

/**
 * Opens the corpus screen and waits for every picture in view to be painted.
 * @returns {Promise<{sinceAddressMs: number, sinceClickMs: number}>} since the address was opened, since the click
 */
export async function timeOpening(page, url) {
  await page.addInitScript(watchGridInPage)
  await openCorpus(page, url)
  await page.waitForFunction(() => globalThis.gridTimes?.paintedMs !== undefined)
  const { paintedMs, clickedMs } = await page.evaluate(() => globalThis.gridTimes)
  return { sinceAddressMs: paintedMs, sinceClickMs: paintedMs - clickedMs }
}

/** Runs in the page, before anything else: looks at every frame whether all pictures in view are there. */
function watchGridInPage() {
  const { document, requestAnimationFrame } = globalThis
  const times = (globalThis.gridTimes = {})
  document.addEventListener('click', () => (times.clickedMs ??= performance.now()), { capture: true })
  const look = () => {
    const pictures = [...document.querySelectorAll('[data-index] img')].filter((picture) => {
      const { top, bottom } = picture.getBoundingClientRect()
      return bottom > 0 && top < globalThis.innerHeight
    })
    const isWhole =
      pictures.length > 0 && pictures.every(({ complete, naturalWidth }) => complete && naturalWidth > 0)
    // One more frame: then it has been painted.
    requestAnimationFrame(isWhole ? () => (times.paintedMs = performance.now()) : look)
  }
  requestAnimationFrame(look)
}

/**
 * Moves the grid at every frame, up and down again, and takes the time between frames; and the processor time of the
 * longest task of the window's thread, which other work on the machine does not lengthen.
 */
export async function scrollGrid(page, { seconds, pixelsPerFrame = WHEEL_PIXELS }) {
  const browser = page.context().browser()
  await browser.startTracing(page, { categories: ['toplevel'] })
  const { times, seen } = await page.evaluate(scrollInPage, { seconds, pixelsPerFrame })
  const longestTaskCpuMs = longestTask(await browser.stopTracing())
  if (seen < 2) throw new PlainFailure('The grid did not move.')
  const late = times.filter((ms) => ms > 1.5 * FRAME_MS).length
  const framesOver50Ms = times.filter((ms) => ms > LONG_MS).length
  return {
    ...quantiles(times),
    lateFrames: late / times.length,
    framesOver50Ms,
    longestTaskCpuMs,
    picturesSeen: seen,
  }
}

/** Of the threads on which windows run, in a trace of Chromium. */
function longestTask(trace) {
  const { traceEvents } = JSON.parse(trace.toString())
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  )
  const tasks = traceEvents.filter(({ tdur, pid, tid }) => tdur !== undefined && threads.has(`${pid}/${tid}`))
  return Math.max(...tasks.map(({ tdur }) => tdur / 1000))
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
