/** Copies among the pages of a real corpus: altered ones are all found, and no pages that differ. */
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkHealth } from '../../src/main/core/health/check'
import { COPIES_ALIKE } from '../../src/main/core/health/copies'
import { listLikenesses, listPagesToJudge } from '../../src/main/core/health/health-records'
import { HEALTH_METHOD } from '../../src/main/numerics/page-health/measure'
import { ALTERATIONS } from '../support/altered-pages'
import { corpusProject, jobContext } from '../support/corpus-projects'
import { put } from '../support/page-makers'

const corpus = fileURLToPath(new URL('../../../shared/corpus', import.meta.url))
const HARD = process.env['SCORESCOPE_HARD'] === '1'
/** One small style in every test run, all 373 pages in the hard one; every how many-th page is altered. */
const STYLES = HARD
  ? ['Baroque', 'Classical', 'Folk', 'Medieval', 'Rag & Popular', 'Renaissance', 'Romantic']
  : ['Rag & Popular']
const EVERY = HARD ? 9 : 4
/** Different pages that print the same music: a chorus whose bars are repeated. */
const SAME_MUSIC = ['bwv248.64-6/page-002.jpg', 'bwv248.64-6/page-008.jpg']

describe.skipIf(!existsSync(corpus))('copies in the real corpus', () => {
  it('are found, each of them, and nothing else', { timeout: HARD ? 3_600_000 : 300_000 }, async () => {
    const test = await corpusProject()
    for (const style of STYLES)
      cpSync(join(corpus, style), join(test.images, style), { recursive: true, dereference: true })
    await test.importFrom(test.images)
    const originals = listPagesToJudge(test.project.database, HEALTH_METHOD)
    const altered = originals.filter((_, index) => index % EVERY === 0)
    for (const { id, file } of altered)
      for (const [name, alter] of Object.entries(ALTERATIONS))
        put(test.images, `Altered/${name}/copies/${id}.jpg`, await alter(join(test.images, file)))
    await test.importFrom(test.images)
    const { looks } = test.corpus
    await checkHealth({ project: test.project, clock: test.clock, looks }, jobContext())
    const files = new Map(
      listPagesToJudge(test.project.database, HEALTH_METHOD).map(({ sha256, file }) => [sha256, file]),
    )
    const sourceOf = (sha256: string): string => {
      const file = files.get(sha256) ?? ''
      const copied = /^Altered\/.*\/(\d+)\.jpg$/.exec(file)?.[1]
      return copied === undefined ? file : (originals.find(({ id }) => id === Number(copied))?.file ?? '')
    }
    const pairs = listLikenesses(test.project.database, HEALTH_METHOD, COPIES_ALIKE)
    const wrong = pairs
      .map(({ one, other }) => [sourceOf(one), sourceOf(other)])
      .filter(([one, other]) => one !== other)
      .filter((both) => !both.every((file) => SAME_MUSIC.some((same) => file.endsWith(same))))
    expect(wrong).toEqual([])
    const found = new Set(
      pairs
        .filter(({ one, other }) => [one, other].some((sha256) => !files.get(sha256)?.startsWith('Altered')))
        .flatMap(({ one, other }) => [files.get(one), files.get(other)]),
    )
    for (const { id } of altered)
      for (const name of Object.keys(ALTERATIONS))
        expect(found, `page ${String(id)} ${name}`).toContain(`Altered/${name}/copies/${id}.jpg`)
  })
})
