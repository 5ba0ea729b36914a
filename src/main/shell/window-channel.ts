/** What the page may ask of the main process, and what it is told. Only our own page in our own main frame is heard. */
import { basename } from 'node:path'
import { ipcMain, type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron'
import { CHANNELS, type HostCommand, type Theme } from '@shared/bridge'
import { AppError, toWire } from '@shared/errors'
import { ENGINE_EVENTS } from '@shared/events'
import { isAskingFrame, type Outcome } from '@shared/wire'
import type { EngineSupervisor } from '../transport/engine-supervisor'
import { outcomeOf } from '../transport/outcome'
import { chooseFile, chooseFolder, choosePages, isFilePurpose, isFolderPurpose, saveExport } from './dialogs'
import { isTheme } from './preferences'
import { PAGE_ORIGIN } from './schemes'

export interface WindowChannelOptions {
  readonly engine: EngineSupervisor
  /** The window that is open now. */
  readonly window: () => BrowserWindow | null
  readonly onProgress: (fraction: number | null, title: string) => void
  readonly onTheme: (theme: Theme) => void
  readonly log: (line: string) => void
}

export interface WindowChannel {
  /** Sent at once, or as soon as the page listens. */
  command(command: HostCommand): void
  /** The page is new: requests of the old one are cancelled, and commands wait until it listens. */
  pageChanged(): void
}

/** Once, before the first window. */
export function openWindowChannel(options: WindowChannelOptions): WindowChannel {
  const { engine, window, log } = options
  const running = new Map<number, AbortController>()
  const waiting: HostCommand[] = []
  let listening = false

  const send = (channel: string, ...values: unknown[]): void => {
    const contents = window()?.webContents
    if (contents !== undefined && !contents.isDestroyed()) contents.send(channel, ...values)
  }
  const isOwn = (event: IpcMainInvokeEvent | IpcMainEvent): boolean => {
    const frame = event.senderFrame
    const own =
      frame !== null && frame === window()?.webContents.mainFrame && frame.url.startsWith(`${PAGE_ORIGIN}/`)
    if (!own) log(`refused: a message from ${frame?.url.slice(0, 200) ?? 'a frame that is gone'}`)
    return own
  }
  const on = (channel: string, hear: (...values: unknown[]) => void): void => {
    ipcMain.on(channel, (event, ...values: unknown[]) => {
      if (isOwn(event)) hear(...values)
    })
  }

  for (const name of ENGINE_EVENTS) engine.events.on(name, (value) => send(CHANNELS.event, name, value))
  engine.onState((state) => send(CHANNELS.engineState, state))
  ipcMain.handle(CHANNELS.engineStateNow, (event) => (isOwn(event) ? engine.state() : null))
  ipcMain.handle(CHANNELS.request, async (event, frame: unknown): Promise<Outcome> => {
    if (!isOwn(event) || !isAskingFrame(frame) || frame.type !== 'request') return refused()
    const controller = new AbortController()
    running.set(frame.id, controller)
    const { noun, verb, request } = frame
    const outcome = await outcomeOf(
      () => engine.call(noun, verb, request, { signal: controller.signal }),
      (error) => log(`${noun}.${verb} failed unexpectedly: ${String(error)}`),
    )
    if (running.get(frame.id) === controller) running.delete(frame.id)
    return outcome
  })
  on(CHANNELS.cancel, (frame) => {
    if (isAskingFrame(frame)) running.get(frame.id)?.abort()
  })
  on(CHANNELS.listening, () => {
    listening = true
    for (const command of waiting.splice(0)) send(CHANNELS.command, command)
  })
  on(CHANNELS.progress, (fraction, title) => {
    const known = typeof fraction === 'number' && Number.isFinite(fraction)
    options.onProgress(known ? Math.min(1, Math.max(0, fraction)) : null, String(title).slice(0, 200))
  })
  on(CHANNELS.theme, (theme) => {
    if (isTheme(theme)) options.onTheme(theme)
  })
  answerDialogs(isOwn, window)

  return {
    command: (command) => {
      if (listening) send(CHANNELS.command, command)
      else waiting.push(command)
    },
    pageChanged: () => {
      listening = false
      for (const controller of running.values()) controller.abort()
      running.clear()
    },
  }
}

/** The system's dialogs, for the window's own page only. */
function answerDialogs(
  isOwn: (event: IpcMainInvokeEvent) => boolean,
  window: () => BrowserWindow | null,
): void {
  ipcMain.handle(CHANNELS.chooseFolder, async (event, purpose: unknown): Promise<string | null> => {
    const parent = window()
    return isOwn(event) && parent !== null && isFolderPurpose(purpose) ? chooseFolder(parent, purpose) : null
  })
  ipcMain.handle(
    CHANNELS.chooseFile,
    async (event, purpose: unknown, name: unknown): Promise<string | null> => {
      const parent = window()
      if (!isOwn(event) || parent === null || !isFilePurpose(purpose)) return null
      return chooseFile(parent, purpose, basename(String(name)).slice(0, 200))
    },
  )
  ipcMain.handle(CHANNELS.choosePages, async (event): Promise<readonly string[]> => {
    const parent = window()
    return isOwn(event) && parent !== null ? choosePages(parent) : []
  })
  ipcMain.handle(CHANNELS.saveFile, async (event, file: unknown) => {
    const parent = window()
    return isOwn(event) && parent !== null ? saveExport(parent, file) : null
  })
}

function refused(): Outcome {
  return { ok: false, error: toWire(AppError.of('request/unknown', { request: 'from another page' })) }
}
