import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { FindingsState } from '../../src/renderer/src/state/findings.svelte'
import {
  cautionOf,
  describeAlignment,
  describeDelta,
  describeKernel,
  describeStability,
  explainDelta,
  formatEstimate,
  formatProbability,
  formatShareEstimate,
  headline,
} from '../../src/renderer/src/views/findings/findings-words'
import { namingColumns } from '@shared/domain/naming-table'
import { agreementTable } from '../../src/renderer/src/views/findings/naming-words'
import { clusterTable, pairTable } from '../../src/renderer/src/views/findings/recurrence-words'
import { FakeEngine } from './support/fake-engine'
import { fakeContrasts, fakeRecurrence } from './support/fake-findings'
import { fakeRun } from './support/fake-model'
import { MemoryStorage } from './support/memory-storage'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

const SAME = { similarity: 0.97, sign: 1, quarterTurns: 0, shiftRows: 0, shiftColumns: 0 } as const

describe('findings in words', () => {
  test('the sentence says what was found, at which rate, and what shuffled labels found', () => {
    const table = fakeContrasts('r1', 'composer')
    expect(headline(table)).toBe(
      `${table.found} of ${table.channels.length} channels tell composers apart at a false discovery rate of 5 %; with shuffled labels 1 of 20 tables found anything.`,
    )
    const none = { ...table, control: { ...table.control, withFindings: 0 } }
    expect(headline(none)).toContain('none of 20 tables')
  })

  test('numbers have their intervals, where there are any', () => {
    expect(formatEstimate({ value: 0.434, low: 0.2, high: 0.6 })).toBe('0.43 (0.20 to 0.60)')
    expect(formatEstimate({ value: 0.434, low: null, high: null })).toBe('0.43')
    expect(formatShareEstimate({ value: 0.42, low: 0.29, high: 0.52 })).toBe('42 % (29 to 52 %)')
    expect(formatShareEstimate({ value: 0.42, low: null, high: null })).toBe('42 %')
    expect([0.0004, 0.012, 0.4].map(formatProbability)).toEqual(['< 0.001', '0.012', '0.40'])
  })

  test('Cliff’s delta is told as more or less, and as chances out of 100', () => {
    const [row] = fakeContrasts('r1', 'style').channels
    if (row?.standsOut == null) throw new Error('The fake has no row.')
    expect(describeDelta(row)).toBe('answers more in Ragtime than elsewhere')
    const delta = { value: -0.5, low: null, high: null }
    expect(describeDelta({ ...row, standsOut: { ...row.standsOut, delta } })).toContain('answers less')
    expect(describeDelta({ ...row, standsOut: null })).toBe('no class stands out')
    expect(explainDelta(0.5)).toContain('in about 75')
  })

  test('kernels are turned, moved and exchanged in words, and bad fits are called so', () => {
    expect(describeAlignment(SAME)).toBe('')
    expect(describeAlignment({ ...SAME, quarterTurns: 3 })).toBe('turned right by 90°')
    expect(describeAlignment({ ...SAME, quarterTurns: 1, shiftRows: -1, shiftColumns: 2, sign: -1 })).toBe(
      'turned left by 90°, moved 1 up, moved 2 right, with dark and light exchanged',
    )
    expect(describeKernel({ ...SAME, with: 'r2/encoder-1-1/3' })).toBe(
      'its kernel is that of encoder-1-1/3 (0.97)',
    )
    expect(describeKernel({ ...SAME, with: 'r2/encoder-1-1/3', quarterTurns: 2 })).toBe(
      'its kernel, turned by 180°, is that of encoder-1-1/3 (0.97)',
    )
    expect(describeKernel({ ...SAME, with: 'r2/encoder-1-1/3', similarity: 0.7 })).toContain('resembles')
    expect(describeKernel({ ...SAME, with: 'r2/encoder-1-1/3', similarity: 0.2 })).toContain('another')
  })

  test('stability counts seeds, or runs where two began from the same seed', () => {
    const report = fakeRecurrence()
    expect(describeStability(2, report)).toBe('2 of 2 seeds')
    const alike = { ...report, runs: report.runs.map((run) => ({ ...run, seed: 1 })) }
    expect(describeStability(1, alike)).toBe('1 of 2 runs')
  })

  test('Landis and Koch’s word comes with its caution and with the words of its interval', () => {
    expect(cautionOf({ value: 0.68, low: 0.38, high: 0.99 })).toContain(
      'call this “substantial”. The interval reaches from “fair” to “almost perfect”.',
    )
    expect(cautionOf({ value: -0.1, low: null, high: null })).toContain('“poor”')
    expect(cautionOf({ value: 0.5, low: 0.45, high: 0.55 })).not.toContain('interval')
    expect(cautionOf({ value: 0.5, low: 0.45, high: 0.55 })).toContain('no verdict')
  })

  test('tables for files have a column for every name and as many cells in every row', () => {
    const report = fakeRecurrence()
    const naming = {
      run: 'r1',
      raters: ['Ada', 'Ben'],
      rows: [
        {
          address: 'r1/bottleneck/1',
          layer: 'bottleneck',
          channel: 1,
          names: { Ada: 'stem' },
          notes: {},
          lists: ['Stems', 'Lines'],
          density: 0.1,
          styleEffect: null,
          styleQ: null,
          composerEffect: 0.4,
          composerQ: 0.01,
        },
      ],
    }
    const agreement = {
      run: 'r1',
      raters: ['Ada', 'Ben'] as const,
      channels: 2,
      kappa: null,
      observed: 1,
      expected: 1,
      names: ['beam', 'stem'],
      confusion: [
        [1, 0],
        [0, 1],
      ],
      disagreements: [],
      sentence: '',
    }
    const tables = [
      namingColumns(naming),
      agreementTable(agreement),
      pairTable(report),
      clusterTable(report, () => 'stem'),
    ]
    for (const { columns, rows } of tables) {
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(row).toHaveLength(columns.length)
    }
    expect(namingColumns(naming).rows[0]).toEqual([
      'r1/bottleneck/1',
      'bottleneck',
      1,
      'stem',
      '',
      '',
      '',
      'Stems; Lines',
      0.1,
      null,
      null,
      0.4,
      0.01,
    ])
  })
})

async function opened(change: (engine: FakeEngine) => void = () => undefined) {
  const engine = new FakeEngine()
  change(engine)
  const application = new Application(engine.connection, new MemoryStorage())
  const findings = new FindingsState(application)
  ends.push(findings.attach())
  await expect.poll(() => findings.runs.status).toBe('ready')
  findings.follow()
  flushSync()
  return { engine, application, findings }
}

describe('contrasts', () => {
  test('the stored table is shown, those with the smallest q first', async () => {
    const { findings } = await opened((engine) =>
      engine.findings.contrasts.set('r1/composer', fakeContrasts('r1', 'composer')),
    )
    await expect.poll(() => findings.contrasts.table.value?.field).toBe('composer')
    expect(findings.contrasts.rows[0]?.q).toBe(0.01)
  })

  test('the form shows what the stored table was made with', async () => {
    const { findings } = await opened((engine) =>
      engine.findings.contrasts.set(
        'r1/composer',
        fakeContrasts('r1', 'composer', { shuffle: 'within-style', without: ['edition'], permutations: 199 }),
      ),
    )
    const { contrasts } = findings
    await expect.poll(() => contrasts.form.shuffle).toBe('within-style')
    expect(contrasts.form.permutations).toBe(199)
    expect(contrasts.covariates.map(({ name }) => name)).toContain('edition')
  })

  test('rows are narrowed by what was found, by layer and by class, and sorted', async () => {
    const { findings } = await opened((engine) =>
      engine.findings.contrasts.set('r1/composer', fakeContrasts('r1', 'composer')),
    )
    const { contrasts } = findings
    await expect.poll(() => contrasts.rows.length).toBeGreaterThan(0)
    contrasts.narrow({ foundOnly: true })
    expect(contrasts.rows.every((row) => row.channel % 5 === 0)).toBe(true)
    contrasts.narrow({ foundOnly: false, layer: 'bottleneck' })
    expect(new Set(contrasts.rows.map((row) => row.layer))).toEqual(new Set(['bottleneck']))
    contrasts.sortBy('name')
    expect(contrasts.rows.map((row) => row.channel)).toEqual(contrasts.rows.map((_, place) => place))
    contrasts.sortBy('effect')
    expect((contrasts.rows[0]?.channel ?? 1) % 5).toBe(0)
    contrasts.sortBy('delta')
    expect((contrasts.rows[0]?.channel ?? 1) % 5).toBe(0)
    contrasts.narrow({ layer: '', className: 'Nobody' })
    expect(contrasts.rows).toEqual([])
  })

  test('a test asks for what was chosen, can be cancelled, and its table is shown when it has ended', async () => {
    const { engine, findings } = await opened()
    const { contrasts } = findings
    await expect.poll(() => contrasts.table.status).toBe('ready')
    expect(contrasts.table.value).toBeNull()
    contrasts.change({ shuffle: 'within-style', permutations: 199 })
    contrasts.toggleWithout('ink')
    contrasts.start()
    await expect.poll(() => contrasts.job?.kind).toBe('contrasts')
    expect(engine.requests('findings', 'contrasts')).toEqual([
      {
        run: 'r1',
        field: 'composer',
        shuffle: 'within-style',
        permutations: 199,
        shuffles: 20,
        seed: 1,
        without: ['ink'],
      },
    ])
    engine.findings.contrasts.set('r1/composer', fakeContrasts('r1', 'composer'))
    engine.endJob(contrasts.job?.job ?? '')
    await expect.poll(() => contrasts.table.value?.run).toBe('r1')
    contrasts.start()
    await expect.poll(() => contrasts.job).not.toBeNull()
    contrasts.cancel()
    await expect.poll(() => engine.requests('jobs', 'cancel')).toHaveLength(1)
  })

  test('a shuffle that means nothing for styles is given up when styles are chosen', async () => {
    const { findings } = await opened()
    findings.contrasts.change({ shuffle: 'within-style' })
    findings.contrasts.change({ field: 'style' })
    expect(findings.contrasts.form.shuffle).toBe('pieces')
    findings.contrasts.change({ shuffle: 'whole-composers' })
    findings.contrasts.change({ field: 'composer' })
    expect(findings.contrasts.form.shuffle).toBe('pieces')
  })

  test('how pages were printed and scanned can be taken out, but neither composer nor page', async () => {
    const { findings } = await opened()
    await expect.poll(() => findings.contrasts.fields.status).toBe('ready')
    const names = findings.contrasts.covariates.map(({ name }) => name)
    expect(names.slice(0, 2)).toEqual(['ink', 'staff space'])
    for (const name of ['style', 'composer', 'page', 'paperTone']) expect(names).not.toContain(name)
  })
})

describe('recurring filters', () => {
  test('the newest comparison is shown, another when it is chosen', async () => {
    const { findings } = await opened((engine) => {
      engine.findings.recurrences = [
        { ...fakeRecurrence(), recurrence: 2 },
        { ...fakeRecurrence(), recurrence: 1 },
      ]
    })
    await expect.poll(() => findings.recurring.report.value?.recurrence).toBe(2)
    findings.recurring.choose(1)
    findings.chooseTab('recurring')
    findings.follow()
    await expect.poll(() => findings.recurring.report.value?.recurrence).toBe(1)
  })

  test('runs of another sample set make room for the one that is chosen', async () => {
    const other = fakeRun({ run: 'r9', sampleSet: 2 })
    const { findings } = await opened((engine) => {
      engine.runs = [fakeRun(), fakeRun({ run: 'r2', seed: 2 }), other]
    })
    const runs = findings.runs.value ?? []
    const [first, second] = runs
    if (first === undefined || second === undefined) throw new Error('The fake has too few runs.')
    findings.recurring.toggle(first, runs)
    findings.recurring.toggle(second, runs)
    expect(findings.recurring.form.runs).toEqual(['r1', 'r2'])
    findings.recurring.toggle(other, runs)
    expect(findings.recurring.form.runs).toEqual(['r9'])
    findings.recurring.toggle(other, runs)
    expect(findings.recurring.form.runs).toEqual([])
  })

  test('a name for a cluster is given to each of its members', async () => {
    const { engine, findings } = await opened((fake) => {
      fake.findings.recurrences = [fakeRecurrence()]
    })
    await expect.poll(() => findings.recurring.report.value?.clusters.length).toBe(3)
    const [cluster] = findings.recurring.report.value?.clusters ?? []
    if (cluster === undefined) throw new Error('The fake has no cluster.')
    await findings.recurring.nameCluster(cluster, '', 'stem')
    expect(engine.naming.names).toEqual([])
    await findings.recurring.nameCluster(cluster, 'Ada', 'stem')
    expect(engine.naming.names.map(({ address, name, rater }) => [address, name, rater])).toEqual([
      ['r1/encoder-1-1/0', 'stem', 'Ada'],
      ['r2/encoder-1-1/0', 'stem', 'Ada'],
    ])
    expect(findings.recurring.nameOf(cluster)).toBe('stem')
  })
})

describe('names and lists', () => {
  test('a list is made, filled, put in order, renamed and removed', async () => {
    const { engine, findings } = await opened()
    const { naming } = findings
    naming.refresh()
    naming.createList('Stems')
    await expect.poll(() => naming.list?.name).toBe('Stems')
    const place = (channel: number) => ({ run: 'r1', layer: 'bottleneck', channel })
    naming.addToList(1, [place(3), place(1), place(2)])
    await expect.poll(() => naming.list?.channels.length).toBe(3)
    if (naming.list !== null) naming.moveInList(naming.list, 2, 0)
    await expect.poll(() => engine.naming.lists[0]?.channels.map((one) => one.channel)).toEqual([2, 3, 1])
    naming.removeFromList(1, place(3))
    await expect.poll(() => naming.list?.channels.length).toBe(2)
    naming.renameList(1, 'Stems and beams')
    await expect.poll(() => naming.list?.name).toBe('Stems and beams')
    naming.deleteList(1)
    await expect.poll(() => naming.list).toBeNull()
  })

  test('a vocabulary is replaced, and an empty one brings back the one that comes with Scorescope', async () => {
    const { findings } = await opened()
    const { naming } = findings
    naming.saveVocabulary([{ term: 'neume', meaning: 'sign of chant' }])
    await expect.poll(() => naming.vocabulary.value?.map(({ term }) => term)).toEqual(['neume'])
    naming.saveVocabulary([])
    await expect.poll(() => naming.vocabulary.value?.length).toBeGreaterThan(10)
  })

  test('a blind session asks for no names of others, keeps what is said, goes on, skips and goes back', async () => {
    const { engine, findings } = await opened()
    const { session } = findings.naming
    session.change({ count: 3, layer: 'bottleneck' })
    await session.start('r1', 'Ada')
    await expect.poll(() => session.sight.value?.address).toBe(session.item?.address)
    expect(engine.requests('naming', 'names')).toEqual([])
    const first = session.item?.address
    await session.name(' stem ')
    expect(engine.naming.names.map(({ address, name }) => [address, name])).toEqual([[first, 'stem']])
    expect([session.place, session.named]).toEqual([1, 1])
    session.back()
    expect(session.givenTo(session.item?.address ?? '')).toBe('stem')
    session.skip()
    session.skip()
    await session.name('beam')
    expect(session.item).toBeNull()
    expect(session.named).toBe(2)
    await session.start('r1', 'Ada')
    expect(session.place).toBe(1)
  })
})
