/** One suite for every way into the engine: what holds in this process holds over every border. */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { RemoteApi } from '@shared/api'
import type { RemoteSide } from '@shared/caller'
import { AppError, Cancelled } from '@shared/errors'
import type { EngineEvents } from '@shared/events'
import type { Job } from '@shared/domain/job'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../support/failure'
import { ensureBuilt, temporaryFolder, until } from '../support/engine-process'
import { makeTinyCorpus } from '../support/tiny-corpus'

export interface Way extends Pick<RemoteSide<RemoteApi, EngineEvents>, 'api' | 'on'> {
  /** Asks by name, as a border does; null in this process, where a request that is not there cannot be asked. */
  readonly call: RemoteSide<RemoteApi, EngineEvents>['call'] | null
  readonly close: () => Promise<void>
}

/** A request whose shape the compiler does not see. */
const unchecked = (method: (request: never) => Promise<unknown>) =>
  method as (request: unknown) => Promise<unknown>

/** @param enter starts an engine whose settings lie in the folder, and goes in this way */
export function describeContract(name: string, enter: (settingsFolder: string) => Promise<Way>): void {
  describe(`the contract, ${name}`, () => {
    const folder = temporaryFolder()
    const projectFolder = join(folder.path, 'One.scorescope')
    let way: Way
    let pages = 0

    beforeAll(async () => {
      await ensureBuilt(['main', 'renderer'])
      pages = await makeTinyCorpus(join(folder.path, 'corpus'))
      way = await enter(join(folder.path, 'settings'))
    })
    afterAll(async () => {
      await way.close()
      folder.remove()
    })

    it('gives back what it was sent: numbers, text in any script, typed arrays, nothing and nulls', async () => {
      const echo = {
        numbers: [0, 1.5, -1e300, Number.MAX_SAFE_INTEGER, NaN, Infinity],
        text: 'Für Elise – 平均律 – \u{1d11e}',
        bytes: Uint8Array.of(0, 127, 255),
        // Not at the start of its buffer, as a part of a larger array would be.
        floats: new Float32Array([9, 0.1, -3.5, NaN]).subarray(1),
        integers: Int32Array.of(-2147483648, 0, 2147483647),
        empty: new Float32Array(0),
        nested: { list: [null, true, { deep: Uint8Array.of(7) }] },
      }
      expect(await way.api.system.ping({ echo })).toEqual({ echo })
      expect(await way.api.system.ping({ echo: null })).toEqual({ echo: null })
    })

    it('carries a million floats whole', async () => {
      const floats = Float32Array.from({ length: 1_000_000 }, (_, index) => Math.sin(index))
      const { echo } = (await way.api.system.ping({ echo: floats })) as { echo: Float32Array }
      expect(echo).toBeInstanceOf(Float32Array)
      expect(Buffer.from(echo.buffer).equals(Buffer.from(floats.buffer))).toBe(true)
    })

    it('answers a hundred requests at once, each with its own answer', async () => {
      const requests = Array.from({ length: 100 }, (_, index) => way.api.system.ping({ echo: index }))
      const answers = await Promise.all(requests)
      expect(answers.map(({ echo }) => echo)).toEqual(Array.from({ length: 100 }, (_, index) => index))
    })

    it('refuses a request of the wrong shape in one sentence', async () => {
      const failure = await failureOf(unchecked(way.api.sampling.draw)({ seed: 1, perPage: 0 }))
      expect(failure).toBeInstanceOf(AppError)
      expect(failure).toMatchObject({ code: 'request/invalid' })
      expect(failure.message).toMatch(/^sampling\.draw: Expected .* samples per page, received 0/)
      expect(await failureOf(unchecked(way.api.project.open)({ folder: 7 }))).toMatchObject({
        code: 'request/invalid',
      })
      expect(await failureOf(unchecked(way.api.corpus.tree)('surplus'))).toMatchObject({
        code: 'request/invalid',
      })
    })

    it('refuses requests that are not in the contract, inherited names included', async ({ skip }) => {
      const { call } = way
      if (call === null) return skip('names are checked by the compiler here')
      const names = [
        ['corpus', 'burn'],
        ['weather', 'today'],
        ['corpus', 'constructor'],
        ['__proto__', 'toString'],
        ['constructor', 'call'],
      ] as const
      for (const [noun, verb] of names)
        expect(await failureOf(call(noun, verb, undefined))).toMatchObject({ code: 'request/unknown' })
    })

    it('fails as expected, with code, details and sentence', async () => {
      const missing = join(folder.path, 'Nowhere.scorescope')
      const failure = await failureOf(way.api.project.open({ folder: missing }))
      expect(failure).toBeInstanceOf(AppError)
      expect(failure).toMatchObject({ code: 'project/not-found', details: { folder: missing } })
      expect(failure.message).toContain(missing)
      expect(await failureOf(way.api.corpus.counts())).toMatchObject({ code: 'project/none-open' })
    })

    it('says what happened before it answers', async () => {
      const heard: unknown[] = []
      const leave = way.on('project/changed', (project) => heard.push(project?.name ?? null))
      await way.api.project.create({ folder: projectFolder })
      await until(() => heard.length > 0, 'the new project was announced')
      expect(heard[0]).toBe('One')
      leave()
    })

    it('does long work as a job, and shows pictures of what it made', async () => {
      const ended: Job[] = []
      const leave = way.on('job/ended', (job) => ended.push(job))
      const reference = await way.api.corpus.import({ folder: join(folder.path, 'corpus') })
      const report = await way.api.jobs.wait({ job: reference.job })
      expect(report).toMatchObject({ pages, added: pages, refused: [] })
      await until(() => ended.length > 0, 'the end of the import was announced')
      expect(ended[0]).toMatchObject({ job: reference.job, kind: 'import', status: 'finished' })
      leave()
      const listing = await way.api.corpus.pages({})
      const picture = await way.api.pictures.read({ address: `thumbnail/${listing.items[0]?.id ?? 0}` })
      expect(picture.bytes).toBeInstanceOf(Uint8Array)
      expect(picture.bytes.byteLength).toBeGreaterThan(50)
      expect(await failureOf(way.api.pictures.read({ address: 'thumbnail/../1' }))).toMatchObject({
        code: 'picture/unknown',
      })
    })

    it('looks for the files of pages, finds those that moved and links to them', async () => {
      const corpus = join(folder.path, 'corpus')
      renameSync(corpus, `${corpus}-moved`)
      const check = await way.api.files.check()
      expect(await way.api.jobs.wait({ job: check.job })).toMatchObject({ pages, missing: pages, changed: 0 })
      const find = await way.api.files.find({ folder: `${corpus}-moved` })
      expect(await way.api.jobs.wait({ job: find.job })).toMatchObject({ sameBytes: pages, notFound: 0 })
      const { amiss, storage } = await way.api.files.overview()
      expect(storage).toBe('link')
      const proposals = amiss.map((file) => file.proposals[0]?.id ?? 0)
      expect(await way.api.files.relink({ proposals })).toEqual({ files: pages, pages, left: [] })
      expect((await way.api.files.overview()).amiss).toEqual([])
      expect(await failureOf(way.api.files.relink({ proposals }))).toMatchObject({
        code: 'files/proposal-unknown',
      })
    })

    it('takes a list as long as a large corpus needs', async () => {
      const csv = `title\n${'x'.repeat(6_000_000)}`
      expect(await failureOf(way.api.catalogue.previewCsv({ csv }))).toMatchObject({
        code: 'catalogue/list-unreadable',
      })
    })

    it('keeps a deadline', async () => {
      const answer = way.api.system.doctor(undefined, { deadlineMs: 1 })
      expect(await failureOf(answer)).toMatchObject({ code: 'request/deadline' })
    })

    it('stops waiting when asked to, and stops the work when asked to', async () => {
      await way.api.project.close()
      const { job } = await way.api.project.demo({ folder: join(folder.path, 'Two.scorescope') })
      const controller = new AbortController()
      const waiting = failureOf(way.api.jobs.wait({ job }, { signal: controller.signal }))
      controller.abort()
      expect(await waiting).toBeInstanceOf(Cancelled)
      expect((await way.api.jobs.get({ job })).status).toBe('running')
      await way.api.jobs.cancel({ job })
      expect(await failureOf(way.api.jobs.wait({ job }))).toBeInstanceOf(Cancelled)
      expect((await way.api.jobs.get({ job })).status).toBe('cancelled')
    })

    it('asks nothing when it was cancelled beforehand', async () => {
      const options = { signal: AbortSignal.abort() }
      expect(await failureOf(way.api.system.ping({ echo: 1 }, options))).toBeInstanceOf(Cancelled)
    })

    it('describes this machine by trying it', async () => {
      const report = await way.api.system.doctor()
      expect(report.natives.map(({ name }) => name)).toEqual(['Node', 'SQLite', 'sharp', 'TensorFlow'])
      expect(report.cores).toBeGreaterThan(0)
      expect(report.backend === 'tensorflow').toBe(report.tensorflow !== null)
      for (const problem of report.problems) expect(problem).toMatch(/[.]$/)
    })
  })
}
