import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { EngineState, ScorescopeBridge } from '@shared/bridge'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putDemoProject } from '../support/demo-project'
import { electronProblem, launchDesktop, type DesktopApp } from '../support/electron-app'
import { ensureBuilt, temporaryFolder, until } from '../support/engine-process'
import { childrenOf } from '../support/processes'
import { ablate, expectAccessible, go, reopen, seeFilter, trainQuick } from './journey'

if (electronProblem !== null) process.stderr.write(`Skipped: the journey in Electron. ${electronProblem}\n`)

describe.skipIf(electronProblem !== null)('in Electron', () => {
  const folder = temporaryFolder()
  const project = join(folder.path, 'Journey.scorescope')
  let desktop: DesktopApp

  beforeAll(async () => {
    await ensureBuilt()
    putDemoProject(project)
    desktop = await launchDesktop({ folder: folder.path, args: [project] })
    desktop.page.setDefaultTimeout(30_000)
  })
  afterAll(async () => {
    await (desktop as DesktopApp | undefined)?.app.close()
    folder.remove()
  })

  it('opens the project that it was started with, and says so in the title', async () => {
    await desktop.page.getByText('Synthetic demo').first().waitFor()
    await expect.poll(() => titleOf(desktop)).toBe('Journey – Scorescope')
  })

  it('gives its page nothing of Node and nothing of Electron but the bridge', async () => {
    const seen = await desktop.page.evaluate(() => ({
      require: typeof Reflect.get(globalThis, 'require'),
      process: typeof Reflect.get(globalThis, 'process'),
      module: typeof Reflect.get(globalThis, 'module'),
      bridge: Object.keys(Reflect.get(globalThis, 'scorescope') as object).sort(),
    }))
    expect(seen).toEqual({
      require: 'undefined',
      process: 'undefined',
      module: 'undefined',
      bridge: [
        'api',
        'cancel',
        'chooseFile',
        'chooseFolder',
        'choosePages',
        'onCommand',
        'onEngineState',
        'onEvent',
        'pathOf',
        'platform',
        'saveFile',
        'setProgress',
        'setTheme',
      ],
    })
    const settings = await desktop.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      // Not documented, and the only place that tells what is in force.
      const read = Reflect.get(contents ?? {}, 'getLastWebPreferences') as () => Record<string, unknown>
      const { sandbox, contextIsolation, nodeIntegration } = read.call(contents)
      return [sandbox, contextIsolation, nodeIntegration]
    })
    expect(settings).toEqual([true, true, false])
  })

  it('passes typed arrays through the bridge, and failures as data', async () => {
    const answers = await desktop.page.evaluate(async () => {
      type Call = (id: number, request: unknown) => Promise<unknown>
      const { api } = Reflect.get(globalThis, 'scorescope') as { api: Record<string, Record<string, Call>> }
      const echo = { floats: Float32Array.of(0.5, 2), bytes: Uint8Array.of(1, 255), nothing: null }
      const reply = (await api['system']?.['ping']?.(1e9, { echo })) as { value: { echo: typeof echo } }
      const wrong = await api['sampling']?.['draw']?.(1e9 + 1, { seed: -1 })
      const { floats, bytes } = reply.value.echo
      return [
        floats instanceof Float32Array && [...floats],
        bytes instanceof Uint8Array && [...bytes],
        (wrong as { error: { code: string } }).error.code,
      ]
    })
    expect(answers).toEqual([[0.5, 2], [1, 255], 'request/invalid'])
  })

  it('trains, shows a filter with the crops that excite it, and redraws without a channel', async () => {
    await trainQuick(desktop.page, 'Journey')
    await seeFilter(desktop.page)
    await ablate(desktop.page)
  })

  it('exports a model and a chart where its dialogs say, and copies to the clipboard', async () => {
    const { page } = desktop
    await go(page, 'Training')
    const model = join(folder.path, 'Journey.onnx')
    await answerSaveDialog(desktop, model)
    await page.getByRole('button', { name: 'Export …' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: 'ONNX' }).check()
    await dialog.getByRole('button', { name: 'Choose…' }).click()
    await expect.poll(() => dialog.getByRole('textbox').inputValue()).toBe(model)
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await dialog.getByText(`Written to ${model}`).waitFor()
    expect(statSync(model).size).toBeGreaterThan(1000)
    await dialog.getByRole('button', { name: 'Close' }).last().click()

    // Without its extension: that of the kind is added.
    await answerSaveDialog(desktop, join(folder.path, 'curves'))
    await chooseExport(page, 'Save as SVG …')
    await page.getByText(`Exported to ${join(folder.path, 'curves.svg')}.`).waitFor()
    const svg = readFileSync(join(folder.path, 'curves.svg'), 'utf8')
    expect(svg).toMatch(/^(<\?xml[^>]*>\s*)?<svg /)
    expect(svg).toContain('Journey')
    expect(svg).not.toMatch(/<script|href="http/)

    await chooseExport(page, 'Copy the caption')
    await page.getByText('Copied the caption.').waitFor()
    expect(await desktop.app.evaluate(({ clipboard }) => clipboard.readText())).toContain('Journey')
    await chooseExport(page, 'Copy the picture')
    await page.getByText('Copied the picture with its caption.').waitFor()
    expect(await desktop.app.evaluate(({ clipboard }) => clipboard.has('image/png'))).toBe(true)

    await go(page, 'Filters')
    await page.getByRole('button', { name: 'Copy the address' }).click()
    await expect
      .poll(() => desktop.app.evaluate(({ clipboard }) => clipboard.readText()))
      .toMatch(/bottleneck/)
  })

  it('has no serious accessibility violation on any screen, light or dark', async () => {
    await expectAccessible(desktop.page)
  })

  it('opens the project again with all that was in it', async () => {
    await reopen(desktop.page, 'Journey', ['Journey', 'quick, seed 1'])
  })

  it('opens what is chosen in its menu and in the dialogs of the system', async () => {
    const other = join(folder.path, 'Other.scorescope')
    await desktop.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
    }, other)
    await chooseInMenu(desktop, 'File', 'New Project')
    await expect.poll(() => titleOf(desktop)).toBe('Other – Scorescope')
    await desktop.app.evaluate(({ dialog }, filePath) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] })
    }, project)
    await chooseInMenu(desktop, 'File', 'Open…')
    await expect.poll(() => titleOf(desktop)).toBe('Journey – Scorescope')
    await chooseInMenu(desktop, 'File', 'Close Project')
    await expect.poll(() => titleOf(desktop)).toBe('Scorescope')
    await chooseInMenu(desktop, 'View', 'Theme', 'Dark')
    await desktop.page.getByRole('radio', { name: 'Dark theme', checked: true }).waitFor()
    await go(desktop.page, 'Start')
  })

  it('goes on with a training when its window is closed, and shows it again when started again', async () => {
    await reopenFromRecent(desktop, 'Journey')
    await expect.poll(() => titleOf(desktop)).toBe('Journey – Scorescope')
    await startEndlessTraining(desktop)
    await expect.poll(() => titleOf(desktop)).toMatch(/^\d+ % .+ – Journey – Scorescope$/)
    await desktop.app.evaluate(({ dialog, BrowserWindow }) => {
      // The first button closes the window.
      dialog.showMessageBoxSync = () => 0
      BrowserWindow.getAllWindows()[0]?.close()
    })
    await expect.poll(() => desktop.app.windows().length).toBe(0)
    const [page] = await Promise.all([desktop.app.waitForEvent('window'), startAgain(desktop)])
    desktop = { ...desktop, page }
    page.setDefaultTimeout(30_000)
    await go(page, 'Training')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.getByRole('button', { name: 'Stop and keep' }).click()
    await page.getByRole('region', { name: 'Run Endless' }).getByText('stopped').waitFor()
    // Its features are computed at once, which is in the title, too.
    await expect.poll(() => titleOf(desktop), { timeout: 120_000 }).toBe('Journey – Scorescope')
  })

  it('says in a sentence that its engine is gone for good, and starts it again when asked to', async () => {
    await until(
      async () => {
        for (const engine of childrenOf(desktop.app.process().pid ?? 0, 'engine.cjs'))
          process.kill(engine, 'SIGKILL')
        return (await engineState(desktop)).state === 'failed'
      },
      'the engine is given up',
      60,
    )
    const { sentence } = await engineState(desktop)
    await desktop.page.getByText(sentence ?? 'no sentence').waitFor()
    await chooseInMenu(desktop, 'Help', 'Start the Engine Again')
    await desktop.page.getByText(sentence ?? 'no sentence').waitFor({ state: 'detached' })
    await expect.poll(async () => (await engineState(desktop)).state, { timeout: 30_000 }).toBe('ready')
    await go(desktop.page, 'Start')
    await desktop.page.getByRole('heading', { name: 'Recent projects' }).waitFor()
  })

  it('asked only for its own page and pictures', () => {
    const own = /^(app:\/\/scorescope\/|page:\/\/picture\/|blob:|data:)/
    expect(desktop.requests.filter((url) => !own.test(url))).toEqual([])
    expect(desktop.output()).not.toContain('refused:')
  })

  it('lets no request leave, whatever its page tries, and lets it go nowhere', async () => {
    const trap = await startTrap()
    const { page } = desktop
    const outcome = await page.evaluate(async (address) => {
      const failed = (promise: Promise<unknown>): Promise<boolean> =>
        promise.then(
          () => false,
          () => true,
        )
      const image = new Image()
      const imageFails = new Promise<boolean>((resolve) => {
        image.onerror = () => resolve(true)
        image.onload = () => resolve(false)
      })
      image.src = `${address}/image.png`
      const socket = new WebSocket(address.replace('http', 'ws'))
      const socketFails = new Promise<boolean>((resolve) => {
        socket.onerror = () => resolve(true)
        socket.onopen = () => resolve(false)
      })
      const opened = window.open(`${address}/window`)
      navigator.sendBeacon(`${address}/beacon`, 'x')
      const link = document.createElement('a')
      link.href = `${address}/link`
      document.body.append(link)
      link.click()
      link.remove()
      const frame = document.createElement('iframe')
      frame.src = `${address}/frame`
      document.body.append(frame)
      const answers = [
        await failed(fetch(`${address}/fetch`)),
        await failed(fetch('https://example.com/')),
        await failed(fetch('file:///etc/passwd')),
        await imageFails,
        await socketFails,
        opened === null,
        (await navigator.permissions.query({ name: 'geolocation' })).state === 'denied',
        await failed(navigator.mediaDevices.getUserMedia({ audio: true })),
      ]
      frame.remove()
      return answers
    }, trap.address)
    expect(outcome).toEqual(Array.from({ length: outcome.length }, () => true))
    expect(page.url()).toMatch(/^app:\/\/scorescope\//)
    expect(desktop.app.windows()).toHaveLength(1)
    await trap.close()
    expect(trap.visits).toEqual([])
  })

  it('runs no code made from strings or written into the page', async () => {
    const outcome = await desktop.page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'globalThis.broken = true'
      document.body.append(script)
      script.remove()
      return typeof Reflect.get(globalThis, 'broken')
    })
    expect(outcome).toBe('undefined')
  })
})

/** What the system's dialog answers from now on. */
function answerSaveDialog({ app }: DesktopApp, filePath: string): Promise<void> {
  return app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path })
  }, filePath)
}

async function chooseExport(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: 'Export the curves' }).click()
  await page.getByRole('menuitem', { name: label }).click()
}

function engineState({ page }: DesktopApp): Promise<EngineState> {
  return page.evaluate(
    () =>
      new Promise<EngineState>((resolve) => {
        const bridge = Reflect.get(globalThis, 'scorescope') as ScorescopeBridge
        const leave = bridge.onEngineState((state) => {
          resolve(state)
          queueMicrotask(() => leave())
        })
      }),
  )
}

async function reopenFromRecent({ page }: DesktopApp, project: string): Promise<void> {
  await go(page, 'Start')
  await page
    .getByRole('listitem')
    .getByRole('button', { name: new RegExp(`^${project}`) })
    .click()
}

async function startEndlessTraining({ page }: DesktopApp): Promise<void> {
  await page.evaluate(async () => {
    type Call = (id: number, request: unknown) => Promise<unknown>
    const { api } = Reflect.get(globalThis, 'scorescope') as { api: Record<string, Record<string, Call>> }
    const plan = { seed: 1, name: 'Endless', spec: '1x4@3,1x4@3', inputSize: 56, epochs: 100_000, limit: 20 }
    await api['training']?.['start']?.(1e9 + 2, plan)
  })
}

/** As a second click on the app's icon: that process ends at once, the first one shows its window. */
async function startAgain({ app }: DesktopApp): Promise<void> {
  const [executable, settings] = await app.evaluate(
    ({ app: main }) => [process.execPath, main.getPath('userData')] as const,
  )
  const second = spawn(executable, ['--no-sandbox', '--disable-gpu'], {
    stdio: 'ignore',
    env: { ...process.env, SCORESCOPE_SETTINGS_FOLDER: settings },
  })
  await new Promise((resolve) => second.once('exit', resolve))
}

function titleOf({ app }: DesktopApp): Promise<string | undefined> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())
}

/** Clicks the item whose path of labels is given, without its marks for the keyboard. */
async function chooseInMenu({ app }: DesktopApp, ...labels: string[]): Promise<void> {
  await app.evaluate(({ Menu }, path) => {
    let items = Menu.getApplicationMenu()?.items ?? []
    let found
    for (const label of path) {
      found = items.find((item) => item.label.replace('&', '').startsWith(label))
      if (found === undefined)
        throw new Error(`The menu has no ${label} among ${items.map((item) => item.label).join(', ')}.`)
      items = found.submenu?.items ?? []
    }
    found?.click()
  }, labels)
}

/** A server that nothing should ever visit. */
async function startTrap(): Promise<{ address: string; visits: string[]; close: () => Promise<void> }> {
  const visits: string[] = []
  const server: Server = createServer((request, response) => {
    visits.push(request.url ?? '')
    response.end()
  })
  server.on('upgrade', (request, socket) => {
    visits.push(`socket ${request.url ?? ''}`)
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    visits,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
