/** What the window may not do: everything but show our page. Nothing is asked of the network, ever. */
import { app, type Session, type WebContents } from 'electron'
import { DEVELOPMENT_SERVER, isOwnAddress } from './schemes'

/** Before Electron is ready. */
export function lockProcess(): void {
  // Root cannot have Chromium's sandbox, which is said on the command line; the window's page has no Node either way.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  const exempt = DEVELOPMENT_SERVER === null ? '' : ', EXCLUDE localhost'
  app.commandLine.appendSwitch('host-resolver-rules', `MAP * ~NOTFOUND${exempt}`)
  app.commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp')
  app.commandLine.appendSwitch('disable-background-networking')
  app.commandLine.appendSwitch('no-pings')
  app.on('web-contents-created', (_, contents) => lockContents(contents))
}

/** @param log told of every request that was refused */
export function lockSession(session: Session, log: (line: string) => void): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(isAllowed(permission)))
  session.setPermissionCheckHandler((_contents, permission) => isAllowed(permission))
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const own = isOwnAddress(url) || isDeveloperTool(url)
    if (!own) log(`refused: a request for ${url.slice(0, 200)}`)
    answer({ cancel: !own })
  })
  void session.setProxy({ mode: 'direct' })
}

/** Figures and addresses can be put on the clipboard, at a click; it can never be read. */
function isAllowed(permission: string): boolean {
  return permission === 'clipboard-sanitized-write'
}

function isDeveloperTool(url: string): boolean {
  return !app.isPackaged && url.startsWith('devtools://')
}

function lockContents(contents: WebContents): void {
  const refuse = (event: { preventDefault: () => void }): void => event.preventDefault()
  contents.on('will-navigate', refuse)
  contents.on('will-redirect', refuse)
  contents.on('will-frame-navigate', refuse)
  contents.on('will-attach-webview', refuse)
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}
