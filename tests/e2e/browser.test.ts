import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumProblem, launchChromium } from '../support/chromium'
import { putDemoProject } from '../support/demo-project'
import { ensureBuilt, temporaryFolder } from '../support/engine-process'
import { startServeProcess, type ServeProcess } from '../support/serve-process'
import { ablate, expectAccessible, go, reopen, seeFilter, trainQuick } from './journey'

if (chromiumProblem !== null) process.stderr.write(`Skipped: the journey in a browser. ${chromiumProblem}\n`)

describe.skipIf(chromiumProblem !== null)('in a browser, through serve', () => {
  const folder = temporaryFolder()
  const project = join(folder.path, 'Journey.scorescope')
  const requests: string[] = []
  const complaints: string[] = []
  let serve: ServeProcess
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    await ensureBuilt()
    putDemoProject(project)
    serve = await startServeProcess(join(folder.path, 'settings'))
    browser = await launchChromium()
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(30_000)
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(serve.url)
  })
  afterAll(async () => {
    await browser.close()
    await serve.stop()
    folder.remove()
  })

  it('begins on Start, and the token is gone from the address', async () => {
    await page.getByRole('heading', { name: 'Scorescope' }).waitFor()
    expect(page.url()).toBe(`${new URL(serve.url).origin}/`)
    expect(await page.evaluate(() => document.cookie)).toBe('')
  })

  it('starts to make the demo, shows how far it is, and stops when asked to', async () => {
    await page.getByRole('button', { name: 'Open the demo…' }).click()
    await page.getByRole('textbox', { name: /^Folder/ }).fill(join(folder.path, 'Begun'))
    await page.getByRole('button', { name: 'Make the demo' }).click()
    await page.getByText('Synthetic demo').first().waitFor()
    await go(page, 'Start')
    await page.getByRole('heading', { name: 'The demo is being made' }).waitFor()
    await page.getByRole('progressbar', { name: 'Engraving the demo corpus' }).first().waitFor()
    await page.getByRole('button', { name: /^Cancel: / }).click()
    await page.getByRole('heading', { name: 'The demo is being made' }).waitFor({ state: 'detached' })
  })

  it('opens a project by its path', async () => {
    await go(page, 'Start')
    await page.getByRole('button', { name: 'Open…', exact: true }).click()
    await page.getByRole('textbox', { name: /^Folder/ }).fill(project)
    await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click()
    await page.getByText('Synthetic demo').first().waitFor()
  })

  it('trains, shows a filter with the crops that excite it, and redraws without a channel', async () => {
    await trainQuick(page, 'Journey')
    await seeFilter(page)
    await ablate(page)
  })

  it('has no serious accessibility violation on any screen, light or dark', async () => {
    await expectAccessible(page)
  })

  it('opens the project again with all that was in it', async () => {
    await reopen(page, 'Journey', ['Journey', 'quick, seed 1'])
  })

  it('asked nobody but its own server, and had nothing to complain about', () => {
    const own = new URL(serve.url).origin
    expect(requests.filter((url) => !url.startsWith(own) && !/^(blob|data):/.test(url))).toEqual([])
    expect(complaints).toEqual([])
  })
})
