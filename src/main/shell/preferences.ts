/** What the window remembers: where it was and which theme. A damaged file is as good as none. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { screen, type BrowserWindow, type Rectangle } from 'electron'
import type { Theme } from '@shared/bridge'

export interface Preferences {
  readonly bounds: Rectangle | null
  readonly maximized: boolean
  readonly theme: Theme
}

const INITIAL: Preferences = { bounds: null, maximized: false, theme: 'system' }

export class PreferenceFile {
  #current: Preferences

  constructor(readonly folder: string) {
    this.#current = { ...INITIAL, ...read(this.#file) }
  }

  get #file(): string {
    return join(this.folder, 'window.json')
  }

  get current(): Preferences {
    return this.#current
  }

  change(changes: Partial<Preferences>): void {
    this.#current = { ...this.#current, ...changes }
    const temporary = `${this.#file}.new`
    mkdirSync(this.folder, { recursive: true })
    writeFileSync(temporary, JSON.stringify(this.#current))
    renameSync(temporary, this.#file)
  }

  /** Call before the window is gone. */
  rememberWindow(window: BrowserWindow): void {
    this.change({ bounds: window.getNormalBounds(), maximized: window.isMaximized() })
  }
}

/** The remembered bounds, unless the screen they were on is no longer there. */
export function boundsOnScreen(bounds: Rectangle | null): Partial<Rectangle> {
  if (bounds === null) return {}
  const { workArea } = screen.getDisplayMatching(bounds)
  const visible =
    bounds.x < workArea.x + workArea.width &&
    bounds.x + bounds.width > workArea.x &&
    bounds.y >= workArea.y &&
    bounds.y < workArea.y + workArea.height
  return visible ? bounds : { width: bounds.width, height: bounds.height }
}

function read(file: string): Partial<Preferences> {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    const { bounds, maximized, theme } = found
    return {
      ...(isRectangle(bounds) ? { bounds } : {}),
      ...(typeof maximized === 'boolean' ? { maximized } : {}),
      ...(isTheme(theme) ? { theme } : {}),
    }
  } catch {
    return {}
  }
}

export const isTheme = (value: unknown): value is Theme =>
  value === 'light' || value === 'dark' || value === 'system'

function isRectangle(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false
  const { x, y, width, height } = value as Record<string, unknown>
  return [x, y, width, height].every(Number.isSafeInteger) && Number(width) > 0 && Number(height) > 0
}
