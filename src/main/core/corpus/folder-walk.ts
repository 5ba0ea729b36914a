/** Finds the files below a folder that may be page images, and says why others that look so are not. */
import type { Dirent } from 'node:fs'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { RefusedFile } from '@shared/domain/page'
import { throwIfCancelled } from '@shared/errors'
import { type ImageFormat, isNamedLikeImage, recogniseFile } from './image-format'
import { compareKeys, naturalKey } from './natural-order'

export interface FoundFile {
  /** Path below the imported folder, with forward slashes. */
  readonly file: string
  /** Absolute. */
  readonly path: string
  readonly format: ImageFormat
  readonly sizeBytes: number
  readonly modifiedMs: number
}

export interface FolderWalk {
  /** In natural order. */
  readonly found: readonly FoundFile[]
  readonly refused: readonly RefusedFile[]
}

/** Looks into every folder once; links are followed after everything that is really there. */
export async function walkFolder(root: string, signal: AbortSignal): Promise<FolderWalk> {
  const walker = new Walker(root, signal)
  await walker.walk('')
  return inNaturalOrder(walker.found, walker.refused)
}

/**
 * Files and folders taken one by one. A folder keeps its name as the first level of what is in it; a file keeps the
 * folders that may say where it belongs: piece, composer and style above a picture, composer and style above a PDF.
 */
export async function walkGiven(paths: readonly string[], signal: AbortSignal): Promise<FolderWalk> {
  const found = new Map<string, FoundFile>()
  const refused: RefusedFile[] = []
  for (const path of paths.map((given) => resolve(given))) {
    const isFolder = await stat(path).then(
      (state) => state.isDirectory(),
      () => false,
    )
    const root = isFolder ? dirname(path) : rootOfLoose(path)
    const walker = new Walker(root, signal)
    if (isFolder) await walker.walk(basename(path))
    else await walker.single(relative(root, path).split(sep).join('/'))
    for (const file of walker.found) found.set(file.path, file)
    refused.push(...walker.refused)
  }
  return inNaturalOrder([...found.values()], refused)
}

/** The folder below which a loose file is named. */
export function rootOfLoose(path: string): string {
  let root = dirname(path)
  const levels = /\.pdf$/i.test(path) ? 2 : 3
  for (let level = 0; level < levels; level += 1) root = dirname(root)
  return root
}

function inNaturalOrder(files: readonly FoundFile[], refused: readonly RefusedFile[]): FolderWalk {
  const found = files.map((file) => ({ file, key: naturalKey(file.file) }))
  return {
    found: found.sort((a, b) => compareKeys(a.key, b.key)).map(({ file }) => file),
    refused: [...refused].sort((a, b) => compareKeys(naturalKey(a.file), naturalKey(b.file))),
  }
}

/** What systems and programs put beside pages, and our own projects. */
export const PASSED_OVER = /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini|.*\.scorescope)$/i

class Walker {
  readonly found: FoundFile[] = []
  readonly refused: RefusedFile[] = []
  private readonly visited = new Set<string>()
  private readonly links: string[] = []

  constructor(
    private readonly root: string,
    private readonly signal: AbortSignal,
  ) {}

  /** A file that was asked for by name: whatever is wrong with it is told. */
  async single(file: string): Promise<void> {
    const before = this.refused.length + this.found.length
    await this.file(file)
    if (this.refused.length + this.found.length === before)
      this.refuse(file, 'it is not a JPEG, PNG, TIFF, WebP or PDF file, or cannot be read')
  }

  async walk(from: string): Promise<void> {
    await this.folder(from)
    for (let link = this.links.shift(); link !== undefined; link = this.links.shift()) await this.link(link)
  }

  /** `file` is the path below the root with forward slashes, '' for the root itself. */
  private async folder(file: string): Promise<void> {
    throwIfCancelled(this.signal)
    let entries: Dirent[]
    try {
      this.visited.add(await realpath(this.absolute(file)))
      entries = await readdir(this.absolute(file), { withFileTypes: true })
    } catch (error) {
      this.refuse(file, `its folder cannot be read: ${readProblem(error)}`)
      return
    }
    for (const entry of entries) {
      if (PASSED_OVER.test(entry.name)) continue
      await this.entry(entry, file === '' ? entry.name : `${file}/${entry.name}`)
    }
  }

  private async entry(entry: Dirent, file: string): Promise<void> {
    if (entry.isSymbolicLink()) this.links.push(file)
    else if (entry.isDirectory()) await this.subfolder(file)
    else if (entry.isFile()) await this.file(file)
    else if (isNamedLikeImage(file)) this.refuse(file, 'it is a device or a pipe, not a file')
  }

  private async subfolder(file: string): Promise<void> {
    if (isNamedLikeImage(file))
      this.refuse(file, 'it is a folder with the name of an image: rename it to import what is in it')
    else await this.folder(file)
  }

  private async link(file: string): Promise<void> {
    try {
      const target = await realpath(this.absolute(file))
      const isFolder = (await stat(target)).isDirectory()
      if (!isFolder) await this.file(file)
      else if (this.visited.has(target))
        this.refuse(file, 'it is a link to a folder that is already part of this import')
      else await this.subfolder(file)
    } catch (error) {
      this.refuse(file, `it is a link that leads nowhere: ${readProblem(error)}`)
    }
  }

  private async file(file: string): Promise<void> {
    throwIfCancelled(this.signal)
    const path = this.absolute(file)
    try {
      const handle = await open(path, 'r')
      try {
        const { size, mtimeMs } = await handle.stat()
        const seen = await recogniseFile(handle)
        if (seen.format !== null)
          this.found.push({ file, path, format: seen.format, sizeBytes: size, modifiedMs: mtimeMs })
        else if (seen.image || isNamedLikeImage(file)) this.refuse(file, seen.reason)
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (isNamedLikeImage(file)) this.refuse(file, `it cannot be read: ${readProblem(error)}`)
    }
  }

  private refuse(file: string, reason: string): void {
    this.refused.push({ file: file === '' ? '.' : file, reason })
  }

  private absolute(file: string): string {
    return join(this.root, ...file.split('/'))
  }
}

const READ_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  ENOENT: 'it is not there',
  ELOOP: 'links lead in a circle',
  ENAMETOOLONG: 'its path is too long',
  EIO: 'the disk reported an error',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  EMFILE: 'too many files are open',
  EBUSY: 'another program holds it',
}

/** Why reading failed, in words that fit after a colon. */
export function readProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return READ_PROBLEMS[code] ?? error.message
}
