/** The menu: what is chosen in it is a command to the page, which does it and shows what comes of it. */
import { Menu, app, type MenuItemConstructorOptions } from 'electron'
import type { HostCommand, Theme } from '@shared/bridge'
import type { RecentProject } from '@shared/domain/project'

export interface MenuContent {
  readonly recent: readonly RecentProject[]
  readonly theme: Theme
  readonly projectOpen: boolean
  readonly command: (command: HostCommand) => void
  readonly onTheme: (theme: Theme) => void
  readonly onRetryEngine: () => void
}

export function showMenu(content: MenuContent): void {
  const { command } = content
  const isMac = process.platform === 'darwin'
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' as const }] : []),
      {
        label: '&File',
        submenu: [
          item('&New Project…', 'CmdOrCtrl+N', () => command({ command: 'new-project' })),
          item('&Open…', 'CmdOrCtrl+O', () => command({ command: 'open-project' })),
          { label: 'Open &Recent', submenu: recentItems(content) },
          { type: 'separator' },
          {
            ...item('&Import Pages…', 'CmdOrCtrl+I', () => command({ command: 'import' })),
            enabled: content.projectOpen,
          },
          { type: 'separator' },
          {
            ...item('&Close Project', 'CmdOrCtrl+W', () => command({ command: 'close-project' })),
            enabled: content.projectOpen,
          },
          isMac ? { role: 'close', accelerator: 'Shift+Cmd+W' } : { role: 'quit' },
        ],
      },
      { role: 'editMenu' },
      { label: '&View', submenu: viewItems(content) },
      { role: 'windowMenu' },
      {
        role: 'help',
        label: '&Help',
        submenu: [
          item('Scorescope &Help', 'F1', () => command({ command: 'help' })),
          { label: 'Start the &Engine Again', click: () => content.onRetryEngine() },
          { label: '&About Scorescope', click: () => app.showAboutPanel() },
        ],
      },
    ]),
  )
}

function item(label: string, accelerator: string, click: () => void): MenuItemConstructorOptions {
  return { label, accelerator, click }
}

function recentItems({ recent, command }: MenuContent): MenuItemConstructorOptions[] {
  const present = recent.filter((project) => project.exists)
  if (present.length === 0) return [{ label: 'No recent projects', enabled: false }]
  return present.map(({ name, folder }) => ({
    label: name.replaceAll('&', '&&'),
    toolTip: folder,
    click: () => command({ command: 'open-folder', folder }),
  }))
}

const THEMES: readonly { readonly theme: Theme; readonly label: string }[] = [
  { theme: 'system', label: 'Like the &system' },
  { theme: 'light', label: '&Light' },
  { theme: 'dark', label: '&Dark' },
]

function viewItems(content: MenuContent): MenuItemConstructorOptions[] {
  return [
    {
      label: '&Theme',
      submenu: THEMES.map(({ theme, label }) => ({
        label,
        type: 'radio',
        checked: content.theme === theme,
        click: () => content.onTheme(theme),
      })),
    },
    { type: 'separator' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'resetZoom' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    ...(app.isPackaged ? [] : ([{ role: 'toggleDevTools' }] satisfies MenuItemConstructorOptions[])),
  ]
}
