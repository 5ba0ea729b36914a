/** The built renderer as a closed list of files: what is not on it does not exist, whatever the path looks like. */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

export interface StaticFile {
  readonly mediaType: string
  /** Its name carries a hash of its content. */
  readonly immutable: boolean
  read(): Promise<Uint8Array>
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** @returns the files by URL path; `/` is index.html. Empty when the folder is not there. */
export function listStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  for (const path of pathsBelow(folder)) {
    const mediaType = MEDIA_TYPES[extname(path)]
    if (mediaType === undefined) continue
    const url = `/${relative(folder, path).split(sep).join('/')}`
    const file = { mediaType, immutable: url.startsWith('/assets/'), read: () => readFile(path) }
    files.set(url, file)
    if (url === '/index.html') files.set('/', file)
  }
  return files
}

function pathsBelow(folder: string): string[] {
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return pathsBelow(path)
    return entry.isFile() ? [path] : []
  })
}
