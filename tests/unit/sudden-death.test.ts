/** The process that holds the core is killed at moments drawn by chance: 8 times in every test run, 200 times in the hard one. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildEntries } from '../support/whole-core'
import { type Work, Workshop } from '../support/work'

const HARD = process.env['SCORESCOPE_HARD'] === '1'
const SEED = 20261124

interface Kills {
  readonly work: Work
  readonly kills: number
  /** How much is said in peace, about: a kill comes after a part of it. */
  readonly most: number
  /** Killed again and again in one project, each time where the last kill left it; else each kill begins anew. */
  readonly goesOn: boolean
}

const KILLS: readonly Kills[] = [
  { work: 'import-link', kills: HARD ? 30 : 1, most: 4, goesOn: false },
  { work: 'import-copy', kills: HARD ? 40 : 2, most: 4, goesOn: false },
  { work: 'edit', kills: HARD ? 70 : 2, most: 150, goesOn: false },
  { work: 'sample', kills: HARD ? 30 : 2, most: 7, goesOn: true },
  { work: 'train', kills: HARD ? 30 : 1, most: 60, goesOn: true },
]

let shop: Workshop
let worked = ''

beforeAll(async () => {
  await buildEntries()
  shop = await Workshop.open()
  worked = await shop.prepare('worked', ['import-copy', 'sample', 'train'])
})
afterAll(() => {
  shop.close()
})

describe.each(KILLS)('$kills kills of a process at $work', ({ work, kills, most, goesOn }) => {
  it(
    'lose nothing that was acknowledged and damage nothing',
    { timeout: 60_000 + kills * 15_000 },
    async () => {
      const random = xoroshiro128plus(SEED)
      const origin = work.startsWith('import') ? '' : worked
      let project = shop.copyOf(origin, work)
      let killed = 0
      for (let turn = 1; killed < kills; turn += 1) {
        if (!goesOn) project = shop.copyOf(origin, work)
        const kill = { after: uniformInt(random, 0, most), delayMs: uniformInt(random, 0, 60) }
        const ended = await shop.run({ work, project, seed: turn, kill })
        expect(ended.said.filter(({ failed }) => failed !== undefined)).toEqual([])
        if (ended.signal === 'SIGKILL') killed += 1
        await shop.expectKept(project, ended)
        expect(turn).toBeLessThan(kills * 3 + 5)
      }
      // What was killed can be done to its end.
      const last = await shop.run({ work, project })
      expect(last.said.at(-1)).toEqual({ done: true })
      await shop.expectKept(project, last)
    },
  )
})
