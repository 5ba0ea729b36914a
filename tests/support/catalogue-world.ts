/** A project with sixteen small pages whose catalogue is edited, and sequences of edits from a seed. */
import type Database from 'better-sqlite3'
import fc from 'fast-check'
import type { LocalApi } from '@shared/api'
import type { EditResult } from '@shared/domain/catalogue'
import { AppError } from '@shared/errors'
import { REQUESTS } from '@shared/requests'
import { createEditing } from '../../src/main/core/corpus/editing'
import { TRACKED_TABLES } from '../../src/main/core/corpus/editing/change-recorder'
import { calling, type CorpusProject, corpusProject } from './corpus-projects'
import { putCorpus } from './page-makers'

export interface CatalogueWorld extends CorpusProject {
  readonly catalogue: LocalApi['catalogue']
  readonly database: Database.Database
}

/** Two styles of two composers of two pieces of two pages: ids 1 to 16. */
export async function catalogueWorld(): Promise<CatalogueWorld> {
  const test = await corpusProject()
  const { api: catalogue } = createEditing({ projects: test.projects.access, clock: test.clock })
  await putCorpus(test.images, {}, { width: 40, height: 50 })
  await test.importFrom(test.images)
  return { ...test, catalogue, database: test.project.database }
}

/** Every row that edits may change, in the order of their keys. */
export function dumpOf(database: Database.Database): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(TRACKED_TABLES).map(([table, { key }]) => [
      table,
      database.prepare(`SELECT * FROM ${table} ORDER BY ${key.join(', ')}`).all(),
    ]),
  )
}

/** What a reader sees of every page, without what differs from project to project. */
export async function pagesSeen(world: CatalogueWorld): Promise<readonly unknown[]> {
  const { items } = await world.corpus.api.pages({ offset: 0, limit: 100_000 }, calling)
  return items.map(({ id, file, style, composer, piece, page, fields, tags, excluded }) => ({
    file,
    style,
    composer,
    piece,
    page,
    fields,
    tags,
    excluded,
    regions: world.corpus.api.regions({ page: id }, calling),
  }))
}

/** Names with quotation marks, line breaks, separators, scripts of both directions, accents in two parts. */
const strange = fc
  .oneof(
    fc.constantFrom(
      '"',
      'a,b;c\td',
      'first line\r\nsecond',
      'שלום',
      'موسيقى ٣',
      "Dvořa\u0301k's",
      '—',
      '=1+1',
      '#x',
      '\uFEFFmark',
      ' edge ',
      '你好 🎼',
      'field:x',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  )
  .filter((text) => text.trim() !== '' && !text.includes('\u0000'))
const pages = fc.uniqueArray(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 6 })
const name = fc.oneof(strange, fc.constantFrom('Composer 1', 'Composer 2', 'Piece 1', 'Piece 2', 'Style 2'))
const level = fc.constantFrom('style' as const, 'composer' as const, 'piece' as const)
const tags = fc.array(
  strange.filter((text) => !text.includes(';')),
  { maxLength: 2 },
)
const small = fc.integer({ min: 1, max: 9 })

/** One edit as a verb and its request. */
export const anyEdit = fc.oneof(
  fc.record({
    verb: fc.constant('setFields' as const),
    request: fc.record({
      pages,
      fields: fc.dictionary(
        fc.oneof(fc.constantFrom('publisher', 'notes', 'Ω field'), strange),
        fc.oneof(strange, fc.constant('')),
        { minKeys: 1, maxKeys: 2, noNullPrototype: true },
      ),
    }),
  }),
  fc.record({
    verb: fc.constant('setTags' as const),
    request: fc.record({ pages, add: tags, remove: tags }),
  }),
  fc.record({
    verb: fc.constant('numberPage' as const),
    request: fc.record({ page: fc.integer({ min: 1, max: 16 }), number: fc.option(small) }),
  }),
  fc.record({ verb: fc.constant('orderPages' as const), request: fc.record({ pages }) }),
  fc.record({
    verb: fc.constant('rename' as const),
    request: fc.record({ level, id: small, name, merge: fc.boolean() }),
  }),
  fc.record({ verb: fc.constant('merge' as const), request: fc.record({ level, id: small, into: small }) }),
  fc.record({
    verb: fc.constant('movePages' as const),
    request: fc.record({
      pages,
      to: fc.oneof(
        fc.record({ pieceId: small }),
        fc.record({ style: name, composer: name, piece: name }, { requiredKeys: [] }),
      ),
    }),
  }),
  fc.record({
    verb: fc.constant('setExcluded' as const),
    request: fc.record({ pages, reason: fc.option(strange) }),
  }),
  fc.record({
    verb: fc.constant('setRegions' as const),
    request: fc.record({
      page: fc.integer({ min: 1, max: 16 }),
      regions: fc.array(
        fc.record({
          x: small,
          y: small,
          width: fc.integer({ min: 1, max: 40 }),
          height: small,
          note: strange,
        }),
        { maxLength: 3 },
      ),
    }),
  }),
  fc.record({
    verb: fc.constant('defineField' as const),
    request: fc.record({
      name: fc.oneof(fc.constant('condition'), strange),
      type: fc.constantFrom('text' as const, 'number' as const, 'choice' as const),
      choices: fc.array(strange, { maxLength: 3 }),
    }),
  }),
  fc.record({
    verb: fc.constant('forgetField' as const),
    request: fc.record({ name: fc.oneof(fc.constant('Ω field'), strange) }),
  }),
)

export type AnyEdit = typeof anyEdit extends fc.Arbitrary<infer Edit> ? Edit : never

/** Does an edit as the door would let it in; null where it is refused with a sentence. */
export function attempt({ catalogue }: CatalogueWorld, { verb, request }: AnyEdit): EditResult | null {
  const checked = REQUESTS.catalogue[verb].safeParse(request)
  if (!checked.success) return null
  try {
    // The request belongs to the verb: both come from one record.
    const act = catalogue[verb] as (request: unknown, context: typeof calling) => EditResult
    return act(checked.data, calling)
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** Takes so many steps back. */
export function undoSteps({ catalogue }: CatalogueWorld, steps: number): void {
  for (let step = 0; step < steps; step += 1) void catalogue.undo(undefined, calling)
}
