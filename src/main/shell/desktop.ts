/** The desktop app: one window, one engine, and what is remembered of both. */
import { join } from 'node:path'
import { app, dialog, nativeTheme, session, type BrowserWindow } from 'electron'
import type { EncodedPicture } from '@shared/api'
import type { HostCommand, Theme } from '@shared/bridge'
import type { ProjectSummary, RecentProject } from '@shared/domain/project'
import { superviseEngine, type EngineSupervisor } from '../transport/engine-supervisor'
import type { Installation } from '../transport/installation'
import { lockSession } from './lockdown'
import { showMenu } from './menu'
import { PreferenceFile } from './preferences'
import { handleSchemes } from './schemes'
import { openWindow } from './window'
import { openWindowChannel, type WindowChannel } from './window-channel'

/** How soon after one job another that belongs to it has started. */
const NEXT_JOB_MS = 3_000

export interface DesktopOptions {
  readonly installation: Installation
  readonly settingsFolder: string
  readonly log: (line: string) => void
}

/** Made once Electron is ready. */
export class Desktop {
  readonly #engine: EngineSupervisor
  readonly #preferences: PreferenceFile
  readonly #channel: WindowChannel
  readonly #log: (line: string) => void
  readonly #jobs = new Map<string, string>()
  #window: BrowserWindow | null = null
  #project: ProjectSummary | null = null
  #recent: readonly RecentProject[] = []
  #progress: { readonly fraction: number | null; readonly title: string } = { fraction: null, title: '' }
  #quitting = false

  constructor({ installation, settingsFolder, log }: DesktopOptions) {
    this.#log = log
    this.#preferences = new PreferenceFile(settingsFolder)
    nativeTheme.themeSource = this.#preferences.current.theme
    this.#engine = superviseEngine({
      installation,
      settingsFolder,
      environment: { ...process.env, SCORESCOPE_ELECTRON: process.versions.electron },
      log: (line) => log(`engine: ${line}`),
    })
    this.#channel = openWindowChannel({
      engine: this.#engine,
      window: () => this.#window,
      onProgress: (fraction, title) => {
        this.#progress = { fraction, title }
        this.#showTitle()
      },
      onTheme: (theme) => this.#chooseTheme(theme),
      log,
    })
    lockSession(session.defaultSession, log)
    handleSchemes(session.defaultSession, {
      rendererFolder: join(app.getAppPath(), 'out', 'renderer'),
      readPicture: async (address) =>
        (await this.#engine.call('pictures', 'read', { address })) as EncodedPicture,
      log,
    })
    this.#followEngine()
    this.#followApp()
    this.show()
  }

  /** Opens the window, or brings the open one to the front. */
  show(): void {
    if (this.#window !== null) {
      if (this.#window.isMinimized()) this.#window.restore()
      this.#window.focus()
      return
    }
    const window = openWindow({ preferences: this.#preferences, log: this.#log })
    this.#window = window
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#channel.pageChanged()
    })
    window.on('close', (event) => {
      if (!this.#quitting && this.#jobs.size > 0 && !this.#mayGoOnAlone(window)) event.preventDefault()
    })
    window.on('closed', () => {
      this.#window = null
      this.#channel.pageChanged()
    })
    this.#showTitle()
    this.#showMenu()
  }

  /** Shows the project, as if it were chosen in the menu. */
  openProject(folder: string): void {
    this.show()
    this.#channel.command({ command: 'open-folder', folder })
  }

  /** Says that work goes on without a window. @returns false when the window should stay */
  #mayGoOnAlone(window: BrowserWindow): boolean {
    const KEEP = 0
    const chosen = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: `${[...this.#jobs.values()].join(', ')}: still running.`,
      detail:
        'It goes on without the window, and Scorescope ends when it is done. Start Scorescope again to see it; quit to stop it. A stopped training can be resumed.',
      buttons: ['Close the window', 'Stay'],
      defaultId: KEEP,
      cancelId: 1,
    })
    return chosen === KEEP
  }

  #followEngine(): void {
    const { events } = this.#engine
    events.on('project/changed', (project) => {
      this.#project = project
      this.#showTitle()
      void this.#readRecent()
    })
    events.on('job/started', (job) => this.#jobs.set(job.job, job.label))
    events.on('job/ended', (job) => {
      this.#jobs.delete(job.job)
      // The next job may follow from this one, as features follow from a training.
      setTimeout(() => this.#quitWhenDone(), NEXT_JOB_MS)
    })
    this.#engine.onState(({ state }) => {
      if (state === 'ready') void this.#readRecent()
      else this.#jobs.clear()
    })
  }

  #quitWhenDone(): void {
    if (this.#jobs.size === 0 && this.#window === null && process.platform !== 'darwin') app.quit()
  }

  #followApp(): void {
    app.on('activate', () => this.show())
    app.on('window-all-closed', () => {
      if (this.#quitting) app.quit()
      else this.#quitWhenDone()
    })
    app.on('before-quit', () => {
      this.#quitting = true
    })
    app.on('will-quit', (event) => {
      // The engine closes the project properly before the app is gone.
      event.preventDefault()
      void this.#engine.stop().finally(() => app.exit(0))
    })
  }

  async #readRecent(): Promise<void> {
    try {
      this.#recent = (await this.#engine.call('project', 'recent', undefined)) as readonly RecentProject[]
    } catch (error) {
      this.#log(`the recent projects could not be read: ${String(error)}`)
    }
    this.#showMenu()
  }

  #chooseTheme(theme: Theme): void {
    nativeTheme.themeSource = theme
    this.#preferences.change({ theme })
    this.#showMenu()
  }

  #showMenu(): void {
    showMenu({
      recent: this.#recent,
      theme: this.#preferences.current.theme,
      projectOpen: this.#project !== null,
      command: (command: HostCommand) => {
        this.show()
        this.#channel.command(command)
      },
      onTheme: (theme) => {
        this.#chooseTheme(theme)
        this.#channel.command({ command: 'theme', theme })
      },
      onRetryEngine: () => this.#engine.retry(),
    })
  }

  #showTitle(): void {
    const { fraction, title } = this.#progress
    const parts = [
      fraction === null ? null : `${Math.floor(fraction * 100)} % ${title}`,
      this.#project?.name ?? null,
      'Scorescope',
    ]
    this.#window?.setTitle(parts.filter((part) => part !== null).join(' – '))
    this.#window?.setProgressBar(fraction ?? -1)
  }
}
