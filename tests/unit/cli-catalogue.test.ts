/** The built command line over a catalogue: importing, files of pages, copies and repair. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandLineProject } from '../support/command-line-project'

const { cli, json, folder, corpus, project } = commandLineProject()

describe('the command line of a catalogue', () => {
  it('imports again without adding, and lists pages', async () => {
    expect(await json('import', project, corpus)).toMatchObject({
      code: 0,
      value: { project, styles: 2, composers: 4, pieces: 8, pages: 8, added: 0, skipped: 8, refused: [] },
    })
    const all = (await json('pages', project)).value as readonly Record<string, unknown>[]
    expect(all).toHaveLength(8)
    expect(all[0]).toMatchObject({
      id: 1,
      style: 'Style 0',
      composer: 'Composer 0-0',
      piece: 'Piece 0',
      page: 1,
      width: 120,
      height: 120,
    })
    const some = (await json('pages', project, '--where', 'composer:"Composer 1-1"')).value
    expect(some).toHaveLength(2)
    expect((await cli('pages', project)).output.trim().split('\n')).toHaveLength(8)
  })

  it('says which files are missing, finds them elsewhere, links anew, copies and links back', async () => {
    renameSync(corpus, `${corpus}-moved`)
    expect((await json('files', project)).value).toMatchObject({
      check: { pages: 8, missing: 8 },
      find: null,
    })
    const found = await json('files', project, '--look-in', `${corpus}-moved`, '--relink')
    expect(found).toMatchObject({
      code: 0,
      value: { find: { sameBytes: 8 }, relink: { files: 8, pages: 8, left: [] }, amiss: [] },
    })
    const copied = await json('consolidate', project, '--to', 'copy')
    expect(copied.value).toMatchObject({ to: 'copy', files: 8, pages: 8, left: [] })
    expect((await cli('consolidate', project, '--to', 'link')).output).toMatch(
      /^8 files of 8 pages \([\d.]+ MB\) linked to their originals in /,
    )
    renameSync(`${corpus}-moved`, corpus)
    const back = await cli('files', project, '--look-in', corpus, '--relink')
    expect(back.output).toContain('8 files of 8 pages are linked anew')
    expect((await cli('consolidate', project)).code).toBe(2)
    expect((await cli('import', project, corpus, '--copy', '--link')).code).toBe(2)
  })

  it('makes a copy of the catalogue, lists copies, and repairs a damaged project with one or without', async () => {
    const damaged = join(folder, 'damaged.scorescope')
    await cli('import', damaged, corpus)
    const { value } = await json('backup', damaged)
    const { backups } = value as { readonly backups: readonly { readonly name: string }[] }
    expect(backups[0]).toMatchObject({ problem: null, counts: { pages: 8 } })
    expect(await json('repair', damaged, '--recover')).toMatchObject({
      code: 0,
      value: { counts: { pages: 8 } },
    })
    writeFileSync(join(damaged, 'project.sqlite'), 'not a catalogue')
    expect((await json('pages', damaged)).value).toMatchObject({ error: { code: 'project/damaged' } })
    expect((await json('repair', damaged, '--recover')).code).toBe(1)
    expect((await cli('repair', damaged)).output).toContain('it is not a SQLite file')
    const repaired = await cli('repair', damaged, '--backup', backups[0]?.name ?? '')
    expect(repaired).toMatchObject({ code: 0 })
    expect(repaired.output).toContain('The files of before are in set-aside-')
    expect((await json('pages', damaged)).value).toHaveLength(8)
    expect((await cli('repair', damaged, '--recover', '--backup', 'x')).code).toBe(2)
  })
})
