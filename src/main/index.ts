/** The desktop app's entry: wiring only. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog } from 'electron'
import log from 'electron-log/main'
import { Desktop } from './shell/desktop'
import { lockProcess } from './shell/lockdown'
import { projectArgument } from './shell/project-argument'
import { declareSchemes } from './shell/schemes'
import { locateInstallation } from './transport/installation'
import { settingsFolder } from './transport/settings-folder'

const settings = settingsFolder()
// Chromium's own files lie apart from ours; it expects the folder to be there.
const chromiumFolder = join(settings, 'window')
mkdirSync(chromiumFolder, { recursive: true })
app.setPath('userData', settings)
app.setPath('sessionData', chromiumFolder)

if (app.requestSingleInstanceLock()) start()
else app.exit(0)

function start(): void {
  log.transports.file.resolvePathFn = () => join(settings, 'logs', 'scorescope.log')
  log.transports.console.level = app.isPackaged ? false : 'info'
  lockProcess()
  declareSchemes()
  let wanted = projectArgument(process.argv.slice(1), process.cwd())
  let desktop: Desktop | null = null
  const open = (folder: string | null): void => {
    if (desktop === null) wanted = folder ?? wanted
    else if (folder === null) desktop.show()
    else desktop.openProject(folder)
  }
  app.on('second-instance', (_, args, workingFolder) => open(projectArgument(args.slice(1), workingFolder)))
  app.on('open-file', (event, path) => {
    event.preventDefault()
    open(projectArgument([path], '/'))
  })
  void app.whenReady().then(() => {
    try {
      const installation = locateInstallation(__dirname, process.resourcesPath)
      desktop = new Desktop({ installation, settingsFolder: settings, log: (line) => log.info(line) })
      if (wanted !== null) desktop.openProject(wanted)
    } catch (error) {
      log.error(error)
      dialog.showErrorBox('Scorescope cannot start', error instanceof Error ? error.message : String(error))
      app.exit(1)
    }
  })
}
