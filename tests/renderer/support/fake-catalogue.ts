/** The catalogue's edits over a fake engine's pages, kept in memory for as long as a test runs. */
import type { LocalApi } from '@shared/api'
import {
  type CatalogueField,
  type CatalogueLevel,
  type CommonValue,
  type EditResult,
  type EditSummary,
  type SavedSearch,
  STANDARD_FIELDS,
  type TagCount,
} from '@shared/domain/catalogue'
import type { Page, StyleNode } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import { fakeTree } from './fake-corpus'
import type { FakeEngine } from './fake-engine'

const NOW = '2025-11-24T08:10:00.000Z'

/** All that edits change. */
type Content = Pick<FakeEngine, 'pages' | 'regions'>

interface Step extends EditSummary {
  readonly before: Content
  readonly after: Content
}

export class FakeCatalogue {
  done: readonly Step[] = []
  undone: readonly Step[] = []
  defined: readonly CatalogueField[] = []
  searches: readonly SavedSearch[] = []
}

export function catalogueApi(engine: FakeEngine): LocalApi['catalogue'] {
  return { ...editVerbs(engine), ...historyVerbs(engine), ...listVerbs(engine) }
}

type Verbs<Verb extends keyof LocalApi['catalogue']> = Pick<LocalApi['catalogue'], Verb>

function resultOf({ catalogue }: FakeEngine, done: EditSummary | null): EditResult {
  return { done, undo: catalogue.done.at(-1) ?? null, redo: catalogue.undone.at(-1) ?? null }
}

function change(
  engine: FakeEngine,
  label: string,
  { pages, to }: { readonly pages: readonly number[]; readonly to: (page: Page) => Page },
): EditResult {
  const after = engine.pages.map((page) => (pages.includes(page.id) ? to(page) : page))
  return record(engine, label, { pages: after, regions: engine.regions })
}

function record(engine: FakeEngine, label: string, after: Content): EditResult {
  const before = { pages: engine.pages, regions: engine.regions }
  Object.assign(engine, after)
  const step: Step = { edit: engine.catalogue.done.length + 1, label, madeAt: NOW, before, after }
  engine.catalogue.done = [...engine.catalogue.done, step]
  engine.catalogue.undone = []
  return resultOf(engine, step)
}

const count = (pages: readonly number[]): string => `${pages.length} page${pages.length === 1 ? '' : 's'}`

function nodeName(tree: readonly StyleNode[], level: CatalogueLevel, id: number): string {
  const composers = tree.flatMap((style) => style.composers)
  const nodes = { style: tree, composer: composers, piece: composers.flatMap((composer) => composer.pieces) }
  const found = nodes[level].find((node) => node.id === id)
  if (found === undefined) throw AppError.of('catalogue/node-unknown', { level, id })
  return found.name
}

function editVerbs(
  engine: FakeEngine,
): Verbs<
  | 'setFields'
  | 'setTags'
  | 'setExcluded'
  | 'setRegions'
  | 'numberPage'
  | 'orderPages'
  | 'rename'
  | 'merge'
  | 'movePages'
  | 'defineField'
  | 'forgetField'
> {
  const below = (level: CatalogueLevel, name: string): readonly number[] =>
    engine.pages.filter((page) => page[level] === name).map(({ id }) => id)
  return {
    setFields: ({ pages, fields }) =>
      change(engine, `${Object.keys(fields).join(', ')} of ${count(pages)}`, {
        pages,
        to: (page) => ({
          ...page,
          fields: Object.fromEntries(
            Object.entries({ ...page.fields, ...fields }).filter(([, value]) => value !== ''),
          ),
        }),
      }),
    setTags: ({ pages, add, remove }) =>
      change(engine, `tag ${[...add, ...remove].join(', ')} on ${count(pages)}`, {
        pages,
        to: (page) => ({
          ...page,
          tags: [...new Set([...page.tags, ...add])].filter((tag) => !remove.includes(tag)).sort(),
        }),
      }),
    numberPage: ({ page, number }) =>
      change(engine, 'number of 1 page', {
        pages: [page],
        to: (known) => ({ ...known, page: number ?? known.page }),
      }),
    orderPages: ({ pages }) =>
      change(engine, `order of ${count(pages)}`, {
        pages,
        to: (page) => ({ ...page, page: pages.indexOf(page.id) + 1 }),
      }),
    rename({ level, id, name, merge }) {
      const before = nodeName(fakeTree(engine.pages), level, id)
      if (!merge && below(level, name).length > 0) throw AppError.of('catalogue/name-taken', { level, name })
      const label = merge ? `merging ${level} ${before} into ${name}` : `name of ${level} ${before}`
      return change(engine, label, {
        pages: below(level, before),
        to: (page) => ({ ...page, [level]: name }),
      })
    },
    merge({ level, id, into }) {
      const tree = fakeTree(engine.pages)
      const [from, to] = [nodeName(tree, level, id), nodeName(tree, level, into)]
      return change(engine, `merging ${level} ${from} into ${to}`, {
        pages: below(level, from),
        to: (page) => ({ ...page, [level]: to }),
      })
    },
    setExcluded: ({ pages, reason }) =>
      change(engine, `${reason === null ? 'sampling again' : 'no sampling'} of ${count(pages)}`, {
        pages,
        to: (page) => ({ ...page, excluded: reason }),
      }),
    setRegions: ({ page, regions }) =>
      record(engine, `excluded regions of page ${page}`, {
        pages: engine.pages,
        regions: new Map(engine.regions).set(page, regions),
      }),
    movePages({ pages, to }) {
      const place =
        'pieceId' in to
          ? engine.pages.find((page) => page.piece === nodeName(fakeTree(engine.pages), 'piece', to.pieceId))
          : to
      const { style, composer, piece } = place ?? {}
      return change(engine, `moving ${count(pages)} to ${piece ?? composer ?? style ?? ''}`, {
        pages,
        to: (page) => ({
          ...page,
          style: style ?? page.style,
          composer: composer ?? page.composer,
          piece: piece ?? page.piece,
        }),
      })
    },
    defineField({ name, type, choices }) {
      const { catalogue } = engine
      catalogue.defined = [
        ...catalogue.defined.filter((field) => field.name !== name),
        { name, type, choices, standard: false, pages: 0 },
      ]
      return change(engine, `field ${name}`, { pages: [], to: (page) => page })
    },
    forgetField({ name }) {
      engine.catalogue.defined = engine.catalogue.defined.filter((field) => field.name !== name)
      return change(engine, `field ${name}`, { pages: [], to: (page) => page })
    },
  }
}

function historyVerbs(engine: FakeEngine): Verbs<'history' | 'edits' | 'undo' | 'redo'> {
  const { catalogue } = engine
  return {
    history: () => resultOf(engine, null),
    edits: ({ limit }) =>
      [...catalogue.done]
        .reverse()
        .slice(0, limit)
        .map((step) => ({ ...step, undone: false })),
    undo() {
      const step = catalogue.done.at(-1)
      if (step === undefined) throw AppError.of('catalogue/nothing-to-undo', {})
      Object.assign(engine, step.before)
      catalogue.done = catalogue.done.slice(0, -1)
      catalogue.undone = [...catalogue.undone, step]
      return resultOf(engine, step)
    },
    redo() {
      const step = catalogue.undone.at(-1)
      if (step === undefined) throw AppError.of('catalogue/nothing-to-redo', {})
      Object.assign(engine, step.after)
      catalogue.undone = catalogue.undone.slice(0, -1)
      catalogue.done = [...catalogue.done, step]
      return resultOf(engine, step)
    },
  }
}

function countTags(pages: readonly Page[]): readonly TagCount[] {
  const tags = pages.flatMap((page) => page.tags)
  return [...Map.groupBy(tags, (tag) => tag)].map(([tag, all]) => ({ tag, pages: all.length }))
}

function listVerbs(
  engine: FakeEngine,
): Verbs<
  | 'inCommon'
  | 'fields'
  | 'tags'
  | 'searches'
  | 'saveSearch'
  | 'forgetSearch'
  | 'exportCsv'
  | 'previewCsv'
  | 'importCsv'
> {
  const { catalogue } = engine
  const having = (name: string): number =>
    engine.pages.filter((page) => page.fields[name] !== undefined).length
  return {
    inCommon({ pages: ids }) {
      const pages = engine.pages.filter(({ id }) => ids.includes(id))
      const names = new Set(pages.flatMap(({ fields }) => Object.keys(fields)))
      const common = (read: (page: Page) => string): CommonValue => {
        const [value = '', ...others] = new Set(pages.map(read))
        return others.length > 0 ? { value: '', mixed: true } : { value, mixed: false }
      }
      return {
        pages: pages.length,
        style: common(({ style }) => style),
        composer: common(({ composer }) => composer),
        piece: common(({ piece }) => piece),
        page: common(({ page }) => String(page)),
        excluded: common(({ excluded }) => excluded ?? ''),
        excludedPages: pages.filter(({ excluded }) => excluded !== null).length,
        fields: Object.fromEntries(
          [...names].map((name) => [name, common(({ fields }) => fields[name] ?? '')]),
        ),
        tags: countTags(pages),
      }
    },
    fields: () => [
      ...STANDARD_FIELDS.map((field) => ({
        ...field,
        choices: [],
        standard: true,
        pages: having(field.name),
      })),
      ...catalogue.defined.map((field) => ({ ...field, pages: having(field.name) })),
    ],
    tags: () => countTags(engine.pages),
    searches: () => catalogue.searches,
    saveSearch({ name, query }) {
      catalogue.searches = [...catalogue.searches, { id: catalogue.searches.length + 1, name, query }]
      return catalogue.searches
    },
    forgetSearch({ id }) {
      catalogue.searches = catalogue.searches.filter((search) => search.id !== id)
      return catalogue.searches
    },
    exportCsv: () => ({ csv: 'file\r\n', pages: engine.pages.length, columns: ['file'] }),
    previewCsv: ({ csv }) => ({
      rows: csv.split('\n').length - 1,
      matchedPages: 1,
      unmatched: ['nowhere.jpg'],
      newFields: ['shelf'],
      changedPages: 1,
      changedValues: 1,
      changes: [{ page: 1, file: engine.pages[0]?.file ?? '', column: 'shelf', before: '', after: 'B 12' }],
    }),
    importCsv: () =>
      change(engine, 'list with 1 change of 1 page', {
        pages: [1],
        to: (page) => ({ ...page, fields: { ...page.fields, shelf: 'B 12' } }),
      }),
  }
}
