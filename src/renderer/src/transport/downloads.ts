/** What a browser does with a figure or table that is to become a file. */
import type { ExportedFile } from '@shared/bridge'

const MEDIA_TYPES = {
  png: 'image/png',
  svg: 'image/svg+xml',
  csv: 'text/csv;charset=utf-8',
  md: 'text/markdown;charset=utf-8',
  tex: 'application/x-tex;charset=utf-8',
} as const satisfies Record<ExportedFile['kind'], string>

/** Why a file could not be written, in one sentence. */
export class SaveProblem extends Error {
  override readonly name = 'SaveProblem'
}

/** Puts the file among the downloads. Returns where it lies, in words. */
export function download({ name, kind, bytes }: ExportedFile): string {
  const url = URL.createObjectURL(new Blob([bytes.slice()], { type: MEDIA_TYPES[kind] }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser reads it after this; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
  return `${name}, among your downloads`
}
