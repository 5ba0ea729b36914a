/** What the preload puts into the desktop window as `window.scorescope`: plain data and functions, nothing of Node or Electron. */
import type { Noun, Verb } from './api'
import type { Outcome } from './wire'

export type Theme = 'light' | 'dark' | 'system'

/** Why a folder is asked for: decides the dialog's title and button. */
export type FolderPurpose = 'new-project' | 'open-project' | 'import' | 'look-in' | 'demo'

/** Why a file is asked for: decides the dialog. To export is to name one that may not exist yet. */
export type FilePurpose = 'export-model' | 'import-model' | 'import-list'

/** A figure or a table on its way to a file; which kinds there are is all that the main process writes. */
export interface ExportedFile {
  /** Without folders, with the extension of its kind. */
  readonly name: string
  readonly kind: 'png' | 'svg' | 'csv' | 'md' | 'tex'
  readonly bytes: Uint8Array
}

/** Whether the engine can be asked now. `sentence` says what is going on where it cannot, for the user. */
export type EngineState =
  | { readonly state: 'starting' | 'ready'; readonly sentence: null }
  /** It stopped and is started again; requests wait. */
  | { readonly state: 'restarting'; readonly sentence: string }
  /** It cannot be started: the sentence says what to do. */
  | { readonly state: 'failed'; readonly sentence: string }

/** What was chosen in the window's menu, or on the command line that started the app. */
export type HostCommand =
  | { readonly command: 'new-project' | 'open-project' | 'close-project' | 'import' | 'help' }
  | { readonly command: 'open-folder'; readonly folder: string }
  | { readonly command: 'theme'; readonly theme: Theme }

export interface ScorescopeBridge {
  readonly platform: string
  /** One function per request of the contract. `id` names the request for `cancel`; it is unique per window. */
  readonly api: {
    readonly [N in Noun]: {
      readonly [V in Verb<N>]: (id: number, request: unknown) => Promise<Outcome>
    }
  }
  readonly cancel: (id: number) => void
  /** Everything the engine says unasked. */
  readonly onEvent: (listener: (name: string, value: unknown) => void) => () => void
  /** Called at once with the state now, then whenever it changes. */
  readonly onEngineState: (listener: (state: EngineState) => void) => () => void
  readonly onCommand: (listener: (command: HostCommand) => void) => () => void
  /** An absolute path, or null when the dialog was cancelled. */
  readonly chooseFolder: (purpose: FolderPurpose) => Promise<string | null>
  /** The same for a file. `suggestedName` is a file name without folders; where a file is opened, it is not used. */
  readonly chooseFile: (purpose: FilePurpose, suggestedName: string) => Promise<string | null>
  /** Pages to import one by one: absolute paths, none when the dialog was cancelled. */
  readonly choosePages: () => Promise<readonly string[]>
  /** Where a file or folder lies that was dropped onto the window. */
  readonly pathOf: (dropped: File) => string
  /** Asks where to, and writes. Null when the dialog was cancelled, else where it lies. Fails with a plain sentence. */
  readonly saveFile: (
    file: ExportedFile,
  ) => Promise<{ readonly path: string } | { readonly problem: string } | null>
  /** Progress in the title bar and taskbar: 0 to 1, or null for none. `title` is what is being done. */
  readonly setProgress: (fraction: number | null, title: string) => void
  readonly setTheme: (theme: Theme) => void
}

/** Names of what crosses between the window and the main process; nothing else is listened to. */
export const CHANNELS = {
  request: 'scorescope:request',
  cancel: 'scorescope:cancel',
  event: 'scorescope:event',
  engineState: 'scorescope:engine-state',
  engineStateNow: 'scorescope:engine-state-now',
  command: 'scorescope:command',
  /** The window listens to commands now: those that waited are sent. */
  listening: 'scorescope:listening',
  chooseFolder: 'scorescope:choose-folder',
  chooseFile: 'scorescope:choose-file',
  choosePages: 'scorescope:choose-pages',
  saveFile: 'scorescope:save-file',
  progress: 'scorescope:progress',
  theme: 'scorescope:theme',
} as const
