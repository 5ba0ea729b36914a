/**
 * The window's one way to the engine: `connect()` once, at start. In the desktop window it goes over the preload's bridge,
 * in a browser (`scorescope serve`) over a WebSocket; everything built on it is the same.
 */
import type { RemoteApi } from '@shared/api'
import type {
  EngineState,
  ExportedFile,
  FilePurpose,
  FolderPurpose,
  HostCommand,
  Theme,
} from '@shared/bridge'
import type { EngineEventName, EngineEvents } from '@shared/events'
import type { PictureAddress } from '@shared/pictures'
import { connectBrowser } from './transport/browser'
import { connectDesktop } from './transport/desktop'

/** What surrounds the page: Scorescope's own window, or a browser. */
export interface Host {
  readonly kind: 'desktop' | 'browser'
  /** As Node names it (linux, darwin, win32); in a browser 'browser'. */
  readonly platform: string
  /** Shows the system's dialog and gives an absolute path, or null when it was cancelled. Null in a browser: let the path be typed. */
  readonly chooseFolder: ((purpose: FolderPurpose) => Promise<string | null>) | null
  /** The same for a file: to be opened, or to be written under a suggested name. */
  readonly chooseFile: ((purpose: FilePurpose, suggestedName: string) => Promise<string | null>) | null
  /** Pages to import one by one; none when it was cancelled. Null in a browser. */
  readonly choosePages: (() => Promise<readonly string[]>) | null
  /** Where something lies that was dropped onto the window. Null in a browser, which does not tell. */
  readonly pathOf: ((dropped: File) => string) | null
  /** Writes a figure or a table: where, the system's dialog asks; a browser puts it among its downloads. Null when cancelled, else in words where it lies. Fails with a plain sentence. */
  readonly saveFile: (file: ExportedFile) => Promise<string | null>
  /** Progress in the title bar and, on the desktop, the taskbar: 0 to 1, or null for none. `title` is what is being done. */
  readonly setProgress: (fraction: number | null, title: string) => void
  /** Tells the surroundings which theme was chosen: menus and dialogs follow it on the desktop. */
  readonly setTheme: (theme: Theme) => void
  /**
   * Called at once with the state now, then whenever it changes. When it becomes `ready` after `restarting`,
   * what is on screen may be old: ask again.
   */
  readonly onEngineState: (listener: (state: EngineState) => void) => () => void
  /** What was chosen in the desktop's menu; never called in a browser. */
  readonly onCommand: (listener: (command: HostCommand) => void) => () => void
}

export interface Connection {
  readonly api: RemoteApi
  readonly on: <Name extends EngineEventName>(
    name: Name,
    listener: (value: EngineEvents[Name]) => void,
  ) => () => void
  /** For `src` of an image; the same address always gives the same picture. */
  readonly pictureUrl: (address: PictureAddress) => string
  readonly host: Host
}

/** Resolves once requests can be made; requests wait while the engine starts. */
export function connect(): Promise<Connection> {
  return window.scorescope === undefined
    ? connectBrowser(window.location)
    : Promise.resolve(connectDesktop(window.scorescope))
}
