import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The folder for what belongs to the user and not to a project, the same for the window and the command line:
 * SCORESCOPE_SETTINGS_FOLDER, or where the system keeps such things.
 */
export function settingsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['SCORESCOPE_SETTINGS_FOLDER']
  if (chosen !== undefined && chosen !== '') return chosen
  return join(folderOfSettings(environment), 'scorescope')
}

function folderOfSettings(environment: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  const chosen = environment['XDG_CONFIG_HOME']
  return chosen === undefined || chosen === '' ? join(homedir(), '.config') : chosen
}
