/** What an import would find and where its pages would go, from names alone: no file is opened. */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { FolderLevel, ImportPreview, ListMeaning, ListPreview } from '@shared/domain/page'
import { throwIfCancelled } from '@shared/errors'
import { PASSED_OVER, rootOfLoose } from './folder-walk'
import { isNamedLikeImage } from './image-format'
import { importable, type ImportRequest, LIST_FILE } from './import'
import { compareKeys, naturalKey } from './natural-order'
import { namedMeaning, readTable } from './page-list'
import { GUESSED_LEVELS, type PagePlace, placeOf, type Placing } from './page-place'

/** Enough to see how a tree is made; larger ones are shown in part. */
const MOST_FILES = 20_000
const MOST_FOLDERS = 5_000
const NAMES_SHOWN = 4
const PAGES_SHOWN = 8

type Asked = Pick<ImportRequest, 'folder' | 'files'> & Placing

/** @throws AppError corpus/folder-missing, corpus/nothing-given */
export async function previewImport(request: Asked, signal: AbortSignal): Promise<ImportPreview> {
  const { folder, files = [], levels, place } = importable(request)
  const names = new NameWalk(signal)
  if (folder !== undefined) await names.folder(folder, '')
  else for (const file of files) await names.given(file)
  const found = names.files
    .map((file) => ({ file, key: naturalKey(file) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ file }) => file)
  const depth = found.reduce((most, file) => Math.max(most, file.split('/').length - 1), 0)
  const used = Array.from({ length: depth }, (_, index) => levels?.[index] ?? guessed(index))
  const places = found.map((file) => placeOf(file, { levels: used, place }, /\.pdf$/i.test(file)))
  return {
    files: found.length,
    complete: names.complete,
    levels: used,
    folders: used.map((_, index) => folderNames(found, index)),
    styles: distinct(places, ['style']),
    composers: distinct(places, ['style', 'composer']),
    pieces: distinct(places, ['style', 'composer', 'piece']),
    pages: found.slice(0, PAGES_SHOWN).map((file, index) => ({ file, ...(places[index] ?? placeOf(file)) })),
    hasList: folder !== undefined && existsSync(join(folder, LIST_FILE)),
  }
}

const guessed = (depth: number): FolderLevel => GUESSED_LEVELS[depth] ?? 'piece'

/** Walks names only, breadth first, so that a large tree is seen from its top. */
class NameWalk {
  readonly files: string[] = []
  complete = true
  private folders = 0

  constructor(private readonly signal: AbortSignal) {}

  async given(path: string): Promise<void> {
    const isFolder = await stat(path).then(
      (state) => state.isDirectory(),
      () => false,
    )
    if (isFolder) await this.folder(dirname(path), basename(path))
    else this.files.push(relative(rootOfLoose(path), path).split(sep).join('/'))
  }

  async folder(root: string, start: string): Promise<void> {
    const waiting = [start]
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      throwIfCancelled(this.signal)
      this.folders += 1
      this.complete &&= this.folders <= MOST_FOLDERS && this.files.length < MOST_FILES
      if (!this.complete) return
      const entries = await readdir(join(root, ...file.split('/')), { withFileTypes: true }).catch(() => [])
      for (const entry of entries) {
        if (PASSED_OVER.test(entry.name)) continue
        const name = file === '' ? entry.name : `${file}/${entry.name}`
        if (entry.isDirectory()) waiting.push(name)
        else if (isNamedLikeImage(entry.name)) this.files.push(name)
      }
    }
  }
}

function folderNames(files: readonly string[], depth: number): ImportPreview['folders'][number] {
  const names = new Set<string>()
  for (const file of files) {
    const folders = file.split('/').slice(0, -1)
    const name = folders[depth]
    if (name !== undefined) names.add(name)
  }
  return { names: [...names].slice(0, NAMES_SHOWN), count: names.size }
}

function distinct(places: readonly PagePlace[], levels: readonly (keyof PagePlace)[]): number {
  return new Set(places.map((place) => JSON.stringify(levels.map((level) => place[level])))).size
}

const ROWS_SHOWN = 4

/** Words that lists use for what Scorescope calls otherwise; the researcher confirms them. */
const LIKELY: readonly (readonly [ListMeaning, RegExp])[] = [
  ['file', /^(file ?name|path|image|image file|scan|page file|datei|fichier)$/i],
  ['style', /^(period|epoch|era|genre|epoche|stil)$/i],
  ['composer', /^(author|artist|creator|komponist|compositeur)$/i],
  ['piece', /^(work|composition|werk|oeuvre|œuvre)$/i],
  ['page', /^(page ?no\.?|page ?number|seite)$/i],
]

/** A list's columns with what they are likely to mean. @throws AppError corpus/csv-unreadable */
export async function previewList(csv: string): Promise<ListPreview> {
  const { columns, rows } = await readTable(resolve(csv))
  const taken = new Set(columns.map(namedMeaning))
  return {
    rows: rows.length,
    columns: columns.map((name, position) => {
      const likely = LIKELY.find(([meaning, pattern]) => pattern.test(name) && !taken.has(meaning))
      if (likely !== undefined) taken.add(likely[0])
      const samples = rows.slice(0, ROWS_SHOWN).map((row) => (row[position] ?? '').slice(0, 80))
      return { name, meaning: likely?.[0] ?? namedMeaning(name), samples }
    }),
  }
}
