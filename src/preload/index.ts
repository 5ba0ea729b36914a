/** The bridge into the sandboxed window: one function per request of the contract, and what a desktop adds. */
import { METHODS } from '@shared/api'
import { CHANNELS, type EngineState, type HostCommand, type ScorescopeBridge } from '@shared/bridge'
import type { Outcome } from '@shared/wire'
import { contextBridge, ipcRenderer, webUtils } from 'electron'

const ask =
  (noun: string, verb: string) =>
  (id: number, request: unknown): Promise<Outcome> =>
    ipcRenderer.invoke(CHANNELS.request, { type: 'request', id, noun, verb, request }) as Promise<Outcome>

const nouns = Object.entries(METHODS).map(([noun, verbs]) => [
  noun,
  Object.fromEntries(verbs.map((verb) => [verb, ask(noun, verb)])),
])

function listen<Values extends readonly unknown[]>(
  channel: string,
  listener: (...values: Values) => void,
): () => void {
  const receive = (_: unknown, ...values: unknown[]): void => listener(...(values as unknown as Values))
  ipcRenderer.on(channel, receive)
  return () => ipcRenderer.off(channel, receive)
}

const bridge: ScorescopeBridge = {
  platform: process.platform,
  api: Object.fromEntries(nouns) as ScorescopeBridge['api'],
  cancel: (id) => ipcRenderer.send(CHANNELS.cancel, { type: 'cancel', id }),
  onEvent: (listener) => listen(CHANNELS.event, listener),
  onEngineState: (listener) => {
    void ipcRenderer.invoke(CHANNELS.engineStateNow).then((state) => listener(state as EngineState))
    return listen(CHANNELS.engineState, listener)
  },
  onCommand: (listener: (command: HostCommand) => void) => {
    const leave = listen(CHANNELS.command, listener)
    ipcRenderer.send(CHANNELS.listening)
    return leave
  },
  chooseFolder: (purpose) => ipcRenderer.invoke(CHANNELS.chooseFolder, purpose) as Promise<string | null>,
  chooseFile: (purpose, suggestedName) =>
    ipcRenderer.invoke(CHANNELS.chooseFile, purpose, suggestedName) as Promise<string | null>,
  choosePages: () => ipcRenderer.invoke(CHANNELS.choosePages) as Promise<readonly string[]>,
  pathOf: (dropped) => webUtils.getPathForFile(dropped),
  saveFile: (file) => ipcRenderer.invoke(CHANNELS.saveFile, file) as ReturnType<ScorescopeBridge['saveFile']>,
  setProgress: (fraction, title) => ipcRenderer.send(CHANNELS.progress, fraction, title),
  setTheme: (theme) => ipcRenderer.send(CHANNELS.theme, theme),
}

contextBridge.exposeInMainWorld('scorescope', bridge)
