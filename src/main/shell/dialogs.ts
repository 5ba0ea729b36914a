/** Dialogs of the system for folders and files; what is exported is written here, and nothing else. */
import { basename, extname } from 'node:path'
import { dialog, type BrowserWindow } from 'electron'
import type { ExportedFile, FilePurpose, FolderPurpose } from '@shared/bridge'
import { AppError } from '@shared/errors'
import { writeFileAtomically } from '../storage/atomic-file'
import { writeProblem } from '../storage/write-problem'

const DIALOGS = {
  'new-project': { title: 'New project', buttonLabel: 'Create', projectName: 'Untitled.scorescope' },
  demo: { title: 'Folder for the demo', buttonLabel: 'Create', projectName: 'Demo.scorescope' },
  'open-project': { title: 'Open a project', buttonLabel: 'Open', projectName: null },
  import: { title: 'Import a folder of page images', buttonLabel: 'Import', projectName: null },
  'look-in': { title: 'Look for moved files in a folder', buttonLabel: 'Look here', projectName: null },
} as const satisfies Record<FolderPurpose, unknown>

export const isFolderPurpose = (value: unknown): value is FolderPurpose =>
  typeof value === 'string' && Object.hasOwn(DIALOGS, value)

export async function chooseFolder(parent: BrowserWindow, purpose: FolderPurpose): Promise<string | null> {
  const { title, buttonLabel, projectName } = DIALOGS[purpose]
  if (projectName === null) {
    const { filePaths } = await dialog.showOpenDialog(parent, {
      title,
      buttonLabel,
      properties: ['openDirectory'],
    })
    return filePaths[0] ?? null
  }
  // A new project is a folder that does not exist yet: it is named as a file would be.
  const { canceled, filePath } = await dialog.showSaveDialog(parent, {
    title,
    buttonLabel,
    defaultPath: projectName,
    properties: ['createDirectory'],
  })
  if (canceled || filePath === '') return null
  return filePath.endsWith('.scorescope') ? filePath : `${filePath}.scorescope`
}

const OPENED = {
  'import-model': {
    title: 'Import a model',
    filters: [{ name: 'safetensors', extensions: ['safetensors'] }],
  },
  'import-list': { title: 'List of pages', filters: [{ name: 'Table', extensions: ['csv', 'tsv', 'txt'] }] },
} as const satisfies Partial<Record<FilePurpose, unknown>>

export const isFilePurpose = (value: unknown): value is FilePurpose =>
  typeof value === 'string' && (value === 'export-model' || Object.hasOwn(OPENED, value))

/** Page images and PDFs, as many as are marked. */
export async function choosePages(parent: BrowserWindow): Promise<readonly string[]> {
  const extensions = ['jpg', 'jpeg', 'png', 'tif', 'tiff', 'webp', 'pdf']
  const { filePaths } = await dialog.showOpenDialog(parent, {
    title: 'Import page images and PDFs',
    buttonLabel: 'Choose',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'Pages', extensions },
      { name: 'All files', extensions: ['*'] },
    ],
  })
  return filePaths
}

export async function chooseFile(
  parent: BrowserWindow,
  purpose: FilePurpose,
  suggestedName: string,
): Promise<string | null> {
  if (purpose !== 'export-model') {
    const { title, filters } = OPENED[purpose]
    const { filePaths } = await dialog.showOpenDialog(parent, {
      title,
      buttonLabel: 'Choose',
      properties: ['openFile'],
      filters: filters.map(({ name, extensions }) => ({ name, extensions: [...extensions] })),
    })
    return filePaths[0] ?? null
  }
  const { canceled, filePath } = await dialog.showSaveDialog(parent, {
    title: 'Export the model',
    buttonLabel: 'Choose',
    defaultPath: suggestedName,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  })
  return canceled || filePath === '' ? null : filePath
}

const KINDS = {
  png: 'PNG picture',
  svg: 'SVG drawing',
  csv: 'CSV table',
  md: 'Markdown table',
  tex: 'LaTeX table',
} as const satisfies Record<ExportedFile['kind'], string>

function isExport(file: unknown): file is ExportedFile {
  if (typeof file !== 'object' || file === null) return false
  const { name, kind, bytes } = file as Partial<ExportedFile>
  return (
    typeof name === 'string' &&
    bytes instanceof Uint8Array &&
    typeof kind === 'string' &&
    Object.hasOwn(KINDS, kind)
  )
}

/** Asks where a figure or table is to lie, and writes it whole or not at all. */
export async function saveExport(
  parent: BrowserWindow,
  file: unknown,
): Promise<{ readonly path: string } | { readonly problem: string } | null> {
  if (!isExport(file)) return null
  const { canceled, filePath } = await dialog.showSaveDialog(parent, {
    title: 'Export',
    buttonLabel: 'Export',
    defaultPath: basename(file.name).slice(0, 200),
    filters: [{ name: KINDS[file.kind], extensions: [file.kind] }],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  })
  if (canceled || filePath === '') return null
  const path = extname(filePath) === `.${file.kind}` ? filePath : `${filePath}.${file.kind}`
  try {
    writeFileAtomically(path, file.bytes)
    return { path }
  } catch (error) {
    const reason = writeProblem(error)
    if (reason === null) throw error
    return { problem: AppError.of('project/no-write', { folder: path, reason }).message }
  }
}
