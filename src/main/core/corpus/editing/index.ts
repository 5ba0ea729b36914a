/** Editing the catalogue: every verb that changes it is one step that can be undone and done again. */
import type Database from 'better-sqlite3'
import type { LocalApi } from '@shared/api'
import type { EditResult, TagCount } from '@shared/domain/catalogue'
import { AppError } from '@shared/errors'
import type { Clock, ProjectAccess } from '../../ports'
import { findPage } from '../catalogue'
import { type PagePlace, tidy } from '../page-place'
import { writeExcluded, writeRegions } from '../page-regions'
import { parseQuery } from '../query-words'
import { applyList, exportCsv, previewOf, readList } from './catalogue-csv'
import { listEdits, performEdit, readHistory, redoEdit, undoEdit } from './edit-log'
import {
  defineField,
  fieldNamed,
  fittingValue,
  forgetField,
  readFields,
  requireFieldName,
} from './field-definitions'
import { inCommon } from './in-common'
import { addTags, refreshSearchText, removeTags, writeField } from './page-descriptions'
import {
  findNode,
  mergeNodes,
  movePages,
  pagesBelow,
  pieceAt,
  renameNode,
  renumberPieces,
  requireNode,
} from './places'
import { forgetSearch, readSearches, saveSearch } from './saved-searches'

type Api = LocalApi['catalogue']

/** Does some work as one edit; what it returns are the pages whose words may have changed. */
type Edit = (label: string, work: (database: Database.Database) => readonly number[]) => EditResult

export function createEditing(deps: { readonly projects: ProjectAccess; readonly clock: Clock }): {
  readonly api: Api
} {
  const { projects, clock } = deps
  const database = () => projects.required().database
  const changed = (result: EditResult): EditResult => {
    if (result.done !== null) projects.announceChange()
    return result
  }
  const edit: Edit = (label, work) => {
    const here = database()
    return changed(
      performEdit(here, {
        label,
        madeAt: clock.now().toISOString(),
        work: () => refreshSearchText(here, work(here)),
      }),
    )
  }
  return {
    api: {
      ...describingApi(database, edit),
      ...placingApi(database, edit),
      ...exclusionApi(database, edit),
      ...listApi(database, edit),
      history: () => readHistory(database()),
      edits: ({ limit }) => listEdits(database(), limit),
      undo: () => changed(undoEdit(database())),
      redo: () => changed(redoEdit(database())),
      ...searchesApi(database),
    },
  }
}

type DatabaseOf = () => Database.Database

function describingApi(
  database: DatabaseOf,
  edit: Edit,
): Pick<Api, 'setFields' | 'setTags' | 'inCommon' | 'fields' | 'defineField' | 'forgetField' | 'tags'> {
  return {
    setFields({ pages, fields }) {
      requirePages(database(), pages)
      const known = readFields(database())
      const values = Object.entries(fields).map(([name, text]) => {
        requireFieldName(name)
        const field = fieldNamed(known, name)
        return { name: field.name, value: fittingValue(field, text) }
      })
      const label = `${values.map(({ name }) => name).join(', ')} of ${countOfPages(pages)}`
      return edit(label, (here) => {
        for (const value of values) writeField(here, pages, value)
        return pages
      })
    },
    setTags({ pages, add, remove }) {
      requirePages(database(), pages)
      const said = [...add, ...remove.map((tag) => `no ${tag}`)].join(', ')
      return edit(`tag ${said} on ${countOfPages(pages)}`, (here) => {
        removeTags(here, pages, remove)
        addTags(here, pages, add)
        return pages
      })
    },
    inCommon: ({ pages }) => inCommon(database(), pages),
    fields: () => readFields(database()),
    defineField: (field) =>
      edit(`field ${field.name}`, (here) => {
        defineField(here, field)
        return []
      }),
    forgetField: ({ name }) => edit(`field ${name}`, (here) => forgetField(here, name)),
    tags: () =>
      database()
        .prepare<[], TagCount>(
          'SELECT min(tag) AS tag, count(*) AS pages FROM page_tags GROUP BY search_text ORDER BY search_text',
        )
        .all(),
  }
}

function placingApi(
  database: DatabaseOf,
  edit: Edit,
): Pick<Api, 'numberPage' | 'orderPages' | 'rename' | 'merge' | 'movePages'> {
  return {
    numberPage({ page, number }) {
      const [piece] = piecesOf(database(), [page])
      return edit('number of 1 page', (here) => {
        here
          .prepare('UPDATE pages SET stated_number = ? WHERE id = ? AND stated_number IS NOT ?')
          .run(number, page, number)
        if (piece !== undefined) renumberPieces(here, [piece])
        return []
      })
    },
    orderPages({ pages }) {
      const [piece, ...others] = piecesOf(database(), pages)
      if (others.length > 0) throw AppError.of('catalogue/pages-apart', { pieces: others.length + 1 })
      return edit(`order of ${countOfPages(pages)}`, (here) => {
        const state = here.prepare('UPDATE pages SET stated_number = ? WHERE id = ?')
        for (const [at, page] of pages.entries()) state.run(at + 1, page)
        if (piece !== undefined) renumberPieces(here, [piece])
        return []
      })
    },
    rename({ level, id, name: wanted, merge }) {
      const node = requireNode(database(), level, id)
      const name = tidy(wanted)
      const taken = findNode(database(), level, { name, above: node.above })
      if (taken !== null && taken !== id && !merge) throw AppError.of('catalogue/name-taken', { level, name })
      const joined = taken !== null && taken !== id
      const label = joined ? `merging ${level} ${node.name} into ${name}` : `name of ${level} ${node.name}`
      return edit(label, (here) => {
        const pages = pagesBelow(here, level, id)
        if (joined) mergeNodes(here, level, id, taken)
        else renameNode(here, level, { ...node, name })
        return pages
      })
    },
    merge({ level, id, into }) {
      const node = requireNode(database(), level, id)
      const target = requireNode(database(), level, into)
      return edit(`merging ${level} ${node.name} into ${target.name}`, (here) => {
        const pages = pagesBelow(here, level, id)
        if (id !== into) mergeNodes(here, level, id, into)
        return pages
      })
    },
    movePages({ pages, to }) {
      requirePages(database(), pages)
      return edit(`moving ${countOfPages(pages)} to ${targetName(database(), to)}`, (here) => {
        movePages(here, pages, 'pieceId' in to ? () => to.pieceId : placedBy(here, to))
        return pages
      })
    },
  }
}

function exclusionApi(database: DatabaseOf, edit: Edit): Pick<Api, 'setExcluded' | 'setRegions'> {
  return {
    setExcluded({ pages, reason }) {
      requirePages(database(), pages)
      const said = reason === null ? 'sampling again of' : 'no sampling of'
      return edit(`${said} ${countOfPages(pages)}`, (here) => {
        writeExcluded(here, pages, reason === null ? null : tidy(reason))
        return []
      })
    },
    setRegions({ page, regions }) {
      const found = findPage(database(), page)
      return edit(`excluded regions of page ${String(found.page)} of ${found.piece}`, (here) => {
        writeRegions(here, found, regions)
        return []
      })
    },
  }
}

type Target = Parameters<Api['movePages']>[0]['to']

function targetName(database: Database.Database, to: Target): string {
  if ('pieceId' in to) return requireNode(database, 'piece', to.pieceId).name
  return [to.style, to.composer, to.piece].filter((name) => name !== undefined).join(' › ')
}

/** Names that are given, and for the rest those of the piece where a page is now. */
function placedBy(
  database: Database.Database,
  to: Exclude<Target, { readonly pieceId: number }>,
): (page: number, from: number) => number {
  const read = database.prepare<[number], PagePlace>(
    `SELECT styles.name AS style, composers.name AS composer, pieces.name AS piece FROM pieces
       JOIN composers ON composers.id = pieces.composer JOIN styles ON styles.id = composers.style
     WHERE pieces.id = ?`,
  )
  // Pages of one piece go to one piece.
  const targets = new Map<number, number>()
  return (_, from) => {
    const known = targets.get(from)
    if (known !== undefined) return known
    const here = read.get(from)
    if (here === undefined) throw new Error(`Piece ${String(from)} went away while its pages were moved.`)
    const { style = here.style, composer = here.composer, piece = here.piece } = to
    const target = pieceAt(database, { style, composer, piece })
    targets.set(from, target)
    return target
  }
}

function listApi(database: DatabaseOf, edit: Edit): Pick<Api, 'exportCsv' | 'previewCsv' | 'importCsv'> {
  return {
    exportCsv: (selection) => exportCsv(database(), selection),
    previewCsv: ({ csv, limit }) => previewOf(readList(database(), csv), limit),
    importCsv({ csv }) {
      const list = readList(database(), csv)
      const { changedValues, changedPages } = previewOf(list, 0)
      const label = `list with ${String(changedValues)} ${changedValues === 1 ? 'change' : 'changes'} of ${pagesInWords(changedPages)}`
      return edit(label, (here) => applyList(here, list))
    },
  }
}

function searchesApi(database: DatabaseOf): Pick<Api, 'searches' | 'saveSearch' | 'forgetSearch'> {
  return {
    searches: () => readSearches(database()),
    saveSearch(search) {
      parseQuery(search.query)
      saveSearch(database(), search)
      return readSearches(database())
    },
    forgetSearch({ id }) {
      forgetSearch(database(), id)
      return readSearches(database())
    },
  }
}

const countOfPages = (pages: readonly number[]): string => pagesInWords(new Set(pages).size)

function pagesInWords(count: number): string {
  return count === 1 ? '1 page' : `${String(count)} pages`
}

/** @throws AppError corpus/page-unknown */
function requirePages(database: Database.Database, pages: readonly number[]): void {
  const missing = database
    .prepare<[string], { page: number }>(
      'SELECT value AS page FROM json_each(?) WHERE value NOT IN (SELECT id FROM pages) LIMIT 1',
    )
    .get(JSON.stringify(pages))
  if (missing !== undefined) throw AppError.of('corpus/page-unknown', { page: missing.page })
}

/** The pieces of pages, each once. @throws AppError corpus/page-unknown */
function piecesOf(database: Database.Database, pages: readonly number[]): readonly number[] {
  requirePages(database, pages)
  return database
    .prepare<[string], { piece: number }>(
      'SELECT DISTINCT piece FROM pages WHERE id IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify(pages))
    .map(({ piece }) => piece)
}
