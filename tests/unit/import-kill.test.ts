import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { calling, corpusProject } from '../support/corpus-projects'
import { killedProcess } from '../support/killed-process'
import { putCorpus } from '../support/page-makers'
import { temporaryFolder } from '../support/projects'

const KILLS = 6
const runAndKill = killedProcess('import-process.ts')

/** Imports in a process of its own. Killed after so many acknowledgements; returns the last count it told. */
const importInProcess = (base: string, killAfter: number): Promise<number> =>
  runAndKill(
    ['settings', 'killed.scorescope', 'images'].map((name) => join(base, name)),
    killAfter,
  )

describe('an import whose process is killed again and again', () => {
  it('loses no page that was acknowledged, and ends with all of them', async () => {
    const base = temporaryFolder()
    const files = await putCorpus(
      join(base, 'images'),
      { styles: 3, composers: 5, pieces: 5, pages: 4 },
      { width: 64, height: 64 },
    )
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const acknowledged = await importInProcess(base, 1 + kill)
      const test = await corpusProject(temporaryFolder())
      const opened = await test.projects.api.open({ folder: join(base, 'killed.scorescope') }, calling)
      expect(opened.counts.pages).toBeGreaterThanOrEqual(acknowledged)
      const { database } = test.projects.access.required()
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(database.pragma('foreign_key_check')).toEqual([])
      await test.projects.close()
    }
    await importInProcess(base, Infinity)
    const test = await corpusProject(temporaryFolder())
    await test.projects.api.open({ folder: join(base, 'killed.scorescope') }, calling)
    expect(await test.importFrom(join(base, 'images'))).toMatchObject({
      added: 0,
      skipped: files.length,
      pages: 300,
    })
    for (const page of [1, 150, 300]) await test.corpus.decodePage(page)
    const left = readdirSync(join(base, 'killed.scorescope'), { recursive: true, encoding: 'utf8' })
    expect(left.filter((name) => name.includes('.partial-'))).toEqual([])
  })
})
