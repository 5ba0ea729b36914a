/** The one window. */
import { join } from 'node:path'
import { BrowserWindow, app, dialog, nativeTheme } from 'electron'
import { boundsOnScreen, type PreferenceFile } from './preferences'
import { START_PAGE } from './schemes'

const SMALLEST = { width: 900, height: 600 }
const FIRST = { width: 1280, height: 800 }
/** A page that dies again and again is not loaded for ever. */
const RELOADS = 3

export interface WindowOptions {
  readonly preferences: PreferenceFile
  readonly log: (line: string) => void
}

export function openWindow({ preferences, log }: WindowOptions): BrowserWindow {
  const { bounds, maximized } = preferences.current
  const window = new BrowserWindow({
    ...FIRST,
    ...boundsOnScreen(bounds),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: 'Scorescope',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181b' : '#ffffff',
    webPreferences: {
      preload: join(app.getAppPath(), 'out', 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: !app.isPackaged,
    },
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  // The title is ours: it carries progress.
  window.on('page-title-updated', (event) => event.preventDefault())
  window.on('close', () => preferences.rememberWindow(window))
  reviveAfterCrash(window, log)
  window.loadURL(START_PAGE).catch((error: unknown) => {
    log(`the window's page did not load: ${String(error)}`)
    if (!window.isDestroyed())
      dialog.showErrorBox(
        'Scorescope cannot show its window',
        'The files of the window are missing: install Scorescope again, or run "npm run build" in a checkout.',
      )
  })
  return window
}

function reviveAfterCrash(window: BrowserWindow, log: (line: string) => void): void {
  let reloads = 0
  window.webContents.on('render-process-gone', (_, { reason, exitCode }) => {
    log(`the window's page ended: ${reason} (${exitCode})`)
    if (reason === 'clean-exit' || window.isDestroyed()) return
    reloads += 1
    if (reloads <= RELOADS) window.webContents.reload()
    else
      dialog.showErrorBox(
        'Scorescope cannot show its window',
        'Its page stopped several times in a row. Your project is safe: quit Scorescope and start it again.',
      )
  })
}
