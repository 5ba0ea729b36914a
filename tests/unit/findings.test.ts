import { describe, expect, it } from 'vitest'
import type { Contrasts } from '@shared/domain/findings'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { calling } from '../support/corpus-projects'
import { look, type World } from '../support/findings-world'
import { type Answer, ofPiece, plantedPlan, plantedSamples, plantedTables } from '../support/planted-channels'

/** Channel 2 answers to a style, channel 5 to composers within styles, channel 7 to one composer; others to single pieces. */
const planted: Answer = (sample, column) => {
  const own = ofAnyPiece(column)(sample)
  if (column === 2) return own + (sample.style === 'Style 1' ? 4 : 0)
  if (column === 5) return own + 3 * (Number(sample.composer.at(-1)) % 3)
  if (column === 7) return own - (sample.composer === 'Composer 7' ? 9 : 0)
  return own
}
const drawnFor = new Map<number, (sample: SampleWithPage) => number>()
function ofAnyPiece(column: number): (sample: SampleWithPage) => number {
  const drawn = drawnFor.get(column) ?? ofPiece(1000 + column)
  drawnFor.set(column, drawn)
  return drawn
}

const oneRun = (answer: Answer): World => ({
  plans: [plantedPlan('one', 1)],
  tables: { one: plantedTables(answer, { seed: 3, noise: 0.5 }) },
})

describe('contrasts', () => {
  it('put what was planted on top, and shuffled labels find nothing', async () => {
    const { contrasts } = await look(oneRun(planted))
    const found = await contrasts({ run: 'one', field: 'style', seed: 1, shuffles: 100 })
    const [first, second] = found.channels
    expect(first?.address).toBe('one/encoder-1-1/2')
    expect(first?.standsOut).toMatchObject({ className: 'Style 1', pieces: 12 })
    expect(first?.standsOut?.delta.value).toBeGreaterThan(0.9)
    expect(first?.q).toBeLessThan(0.05)
    expect(second?.q).toBeGreaterThan(0.05)
    expect(found.found).toBe(1)
    expect(found.control.shuffles).toBe(100)
    expect(found.control.withFindings).toBeLessThanOrEqual(5)
    expect(found.sentence).toMatch(/^1 of 27 channels tell styles apart/)
  })

  it('find a composer, and count pieces as units', async () => {
    const { contrasts } = await look(oneRun(planted))
    const found = await contrasts({ run: 'one', field: 'composer', seed: 1, shuffle: 'within-style' })
    expect(found.channels[0]).toMatchObject({ address: 'one/encoder-2-1/1', p: 0.001 })
    expect(found.channels[0]?.standsOut).toMatchObject({ pieces: 4 })
    expect(found.channels[0]?.effectByChance).toBeGreaterThan(0.1)
    expect(found.pieces).toBe(36)
    expect(found.classes).toHaveLength(9)
  })

  it('do not take a single composer for a style when composers stay whole', async () => {
    const { contrasts } = await look(oneRun(planted))
    const found = await contrasts({ run: 'one', field: 'style', seed: 1, shuffle: 'whole-composers' })
    const ofComposer = ({ channels }: Contrasts) =>
      channels.find(({ address }) => address === 'one/encoder-2-1/3')
    const loose = await contrasts({ run: 'one', field: 'style', seed: 1 })
    expect(ofComposer(loose)?.standsOut?.className).toBe('Style 2')
    expect(ofComposer(found)?.p).toBeGreaterThan(2 * (ofComposer(loose)?.p ?? 1))
    expect(ofComposer(found)?.p).toBeGreaterThan(0.05)
    expect(found.channels[0]?.address).toBe('one/encoder-1-1/2')
  })

  it('are of the whole layer only where one is named, and the same for the same seed', async () => {
    const { contrasts } = await look(oneRun(planted))
    const request = { run: 'one', field: 'style', seed: 4, layer: 'bottleneck' } as const
    const found = await contrasts(request)
    expect(found.channels.map(({ layer }) => layer)).toEqual(Array(6).fill('bottleneck'))
    expect(await contrasts(request)).toEqual(found)
  })

  it('say nothing of a channel that never differs', async () => {
    const { contrasts } = await look({
      plans: [plantedPlan('one', 1)],
      tables: { one: plantedTables(() => 0.25, { seed: 1, noise: 0 }) },
    })
    const found = await contrasts({ run: 'one', field: 'style', seed: 1 })
    expect(found.channels[0]).toMatchObject({ effect: null, standsOut: null, p: 1, q: 1 })
    expect(found.found).toBe(0)
  })

  it('find what ink and fields of pages hide, when these are taken out', async () => {
    // Pieces differ much in ink, and a little by style.
    const hidden: Answer = (sample, column) =>
      (column === 3 ? 200 : 1) * (sample.whiteness - 0.7) +
      (column === 3 && sample.style === 'Style 1' ? 2 : 0)
    const { contrasts } = await look(oneRun(hidden))
    const request = { run: 'one', field: 'style', seed: 1 } as const
    const addressOfP = ({ channels }: Contrasts) =>
      channels.find(({ address }) => address === 'one/encoder-1-1/3')?.p
    expect(addressOfP(await contrasts(request))).toBeGreaterThan(0.01)
    const without = await contrasts({ ...request, without: ['ink', 'staff space'] })
    expect(addressOfP(without)).toBeLessThan(0.005)
    expect(without.without).toEqual(['ink', 'staff space'])
  })

  it('refuse to take out more than the shuffled units can bear', async () => {
    const { contrasts } = await look(oneRun(planted))
    const many = Array.from({ length: 4 }, () => 'ink')
    const request = { run: 'one', field: 'style', seed: 1, without: many } as const
    await expect(contrasts({ ...request, shuffle: 'whole-composers', without: [...many] })).rejects.toThrow(
      '4 things to be taken out are too many for 9 pieces or composers',
    )
    const { without } = await contrasts({ ...request, without: [...many] })
    expect(without).toHaveLength(4)
  })

  it('refuse to take out a field that no page has', async () => {
    const { contrasts } = await look(oneRun(planted))
    await expect(contrasts({ run: 'one', field: 'style', seed: 1, without: ['scan'] })).rejects.toThrow(
      'No page of these samples has a field "scan"',
    )
  })

  it('are refused where fewer than two classes have two pieces, or a shuffle changes nothing', async () => {
    const alone = plantedSamples.map((sample) => ({ ...sample, style: 'Style 0' }))
    const { contrasts } = await look({ ...oneRun(planted), samples: alone })
    await expect(contrasts({ run: 'one', field: 'style', seed: 1 })).rejects.toThrow(
      'Only 1 style(s) have two or more pieces',
    )
    await expect(
      contrasts({ run: 'one', field: 'composer', seed: 1, shuffle: 'whole-composers' }),
    ).rejects.toMatchObject({ code: 'findings/shuffle-unfit' })
    await expect(contrasts({ run: 'one', field: 'style', layer: 'attic', seed: 1 })).rejects.toMatchObject({
      code: 'exploration/layer-unknown',
    })
  })

  it('leave out classes of one piece and say so', async () => {
    const samples = plantedSamples.map((sample, at) => (at < 5 ? { ...sample, composer: 'Anon' } : sample))
    const { contrasts } = await look({ ...oneRun(planted), samples })
    const found = await contrasts({ run: 'one', field: 'composer', seed: 1 })
    expect(found.leftOut).toEqual(['Anon'])
    expect(found.pieces).toBe(35)
    expect(found.remarks[0]).toContain('Anon')
  })

  it('are kept until the run is trained on, and stand in the channel’s profile', async () => {
    const { contrasts, findings, trainOn } = await look(oneRun(planted))
    const wanted = { run: 'one', field: 'style' } as const
    expect(await findings.api.contrastTable(wanted, calling)).toBeNull()
    const found = await contrasts({ ...wanted, seed: 1 })
    expect(await findings.api.contrastTable(wanted, calling)).toEqual(found)
    const profile = await findings.api.profile({ run: 'one', layer: 'encoder-1-1', channel: 2 }, calling)
    expect(profile.contrasts).toEqual({ style: found.channels[0], composer: null })
    trainOn()
    expect(await findings.api.contrastTable(wanted, calling)).toBeNull()
  })
})

describe('a profile', () => {
  it('gives the means of pieces and of classes, with bounds over pieces', async () => {
    const { findings } = await look(oneRun(planted))
    const profile = await findings.api.profile({ run: 'one', layer: 'encoder-1-1', channel: 2 }, calling)
    expect(profile.pieces).toHaveLength(36)
    const [piece] = profile.pieces
    const table = oneRun(planted).tables['one']
    const own = plantedSamples.filter(
      ({ composer, piece: name }) => composer === piece?.composer && name === piece.piece,
    )
    const mean = own.reduce((sum, { index }) => sum + (table?.means[index * 27 + 2] ?? 0), 0) / own.length
    expect(piece?.mean).toBeCloseTo(mean, 6)
    expect(piece?.samples).toBe(5)
    const style = profile.byStyle.find(({ name }) => name === 'Style 1')
    expect(style?.mean.value).toBeGreaterThan(3)
    expect(style?.mean.low).toBeLessThan(style?.mean.value ?? 0)
    expect(profile.byComposer).toHaveLength(9)
  })
})
