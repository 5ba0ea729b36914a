import { afterEach, describe, expect, it, vi } from 'vitest'
import { STUDY_RULES } from '@shared/domain/sampling-rules'
import { AppError } from '@shared/errors'
import { verdictShares, verdictsOf } from '../../../src/renderer/src/pictures/place-verdicts'
import { acceptedShare } from '../../../src/renderer/src/state/acceptance-forecast.svelte'
import { Application } from '../../../src/renderer/src/state/application.svelte'
import { STUDY_CHOICES } from '../../../src/renderer/src/state/sampling-form.svelte'
import { Studio } from '../../../src/renderer/src/state/studio.svelte'
import { FakeEngine } from '../support/fake-engine'
import { fakeField } from '../support/fake-sampling'
import { MemoryStorage } from '../support/memory-storage'
import { following } from '../support/reactive.svelte'

let end: () => void = () => undefined
afterEach(() => end())

/** A studio as the screen has it: it follows its own rules. */
async function begin(
  prepare: (engine: FakeEngine) => void = () => undefined,
): Promise<{ engine: FakeEngine; application: Application; studio: Studio }> {
  const engine = new FakeEngine()
  prepare(engine)
  const application = new Application(engine.connection, new MemoryStorage())
  await application.project.start()
  const studio = application.stateOf('studio', () => new Studio(application))
  studio.load()
  end = following(() => studio.follow())
  application.jobs.onEnded((job) => studio.jobEnded(job))
  await vi.waitFor(() => expect(studio.map.shownField).not.toBeNull())
  return { engine, application, studio }
}

describe('the rules', () => {
  it('are the study’s at first, and again when they are asked for', async () => {
    const { studio } = await begin()
    expect(studio.form.isStudy).toBe(true)
    studio.form.choose({ margin: 0.05, where: 'composer:bach', seed: 9, name: 'Nine' })
    expect(studio.form.isStudy).toBe(false)
    studio.form.chooseStudy()
    expect(studio.form.choices).toEqual({ ...STUDY_CHOICES, seed: 9, name: 'Nine' })
  })

  it('draw what they say, and nothing while a field is refused', async () => {
    const { engine, studio } = await begin()
    studio.form.choose({ where: '  composer:bach ', balance: 'style' })
    studio.form.check('perPage', false)
    await studio.form.start()
    expect(engine.requests('sampling', 'draw')).toEqual([])
    studio.form.check('perPage', true)
    await studio.form.start()
    expect(engine.requests('sampling', 'draw')).toEqual([
      {
        ...STUDY_RULES,
        balance: 'style',
        seed: 1,
        where: 'composer:bach',
      },
    ])
  })

  it('stay undrawn with the reason', async () => {
    const { engine, studio } = await begin()
    engine.failNext('sampling', 'draw', AppError.of('sampling/no-pages', {}))
    await studio.form.start()
    expect(studio.form.failure?.message).toContain('import a folder of page images first')
    studio.form.choose({ seed: 2 })
    expect(studio.form.failure).toBeNull()
  })
})

describe('the acceptance map', () => {
  it('judges a page anew without asking when a limit moves', async () => {
    const { engine, studio } = await begin()
    const field = studio.map.shownField
    if (field === null) throw new Error('no field')
    const shareAt = (whiteness: number): number =>
      verdictShares(verdictsOf(field, { ...studio.form.rules, whiteness }))?.accepted ?? 0
    expect(shareAt(0.95)).toBeGreaterThan(shareAt(0.85))
    expect(shareAt(1)).toBe(1)
    studio.form.choose({ whiteness: 0.85, minimumInk: 0.1, margin: 0.1 })
    expect(studio.map.reading(studio.form.rules)?.refusal).not.toBeUndefined()
    expect(
      engine.requests('sampling', 'field').filter((one) => (one as { page: number }).page === 1),
    ).toHaveLength(1)
  })

  it('measures again where the crop’s size or the background is another', async () => {
    const { engine, studio } = await begin()
    studio.form.choose({ size: 300 })
    await vi.waitFor(() => expect(studio.map.shownField?.size).toBe(300))
    studio.form.choose({ background: 'paper' })
    await vi.waitFor(() => expect(studio.map.shownField?.background).toBe('paper'))
    const asked = engine.requests('sampling', 'field') as readonly { page: number }[]
    expect(asked.filter(({ page }) => page === 1)).toHaveLength(3)
  })

  it('reads the square under the pointer, and moves it by places within the page', async () => {
    const { studio } = await begin()
    const { map, form } = studio
    map.point(0, 0)
    expect(map.reading(form.rules)).toMatchObject({ x: 0, y: 0, refusal: 'too-white' })
    map.move(-1, 0)
    expect(map.reading(form.rules)).toMatchObject({ x: 0, y: 0 })
    map.move(1, 0)
    expect(map.reading(form.rules)?.x).toBe(map.shownField?.xs[1])
    map.point(1e6, 1e6)
    expect(map.reading(form.rules)).toMatchObject({
      x: map.shownField?.xs.at(-1),
      y: map.shownField?.ys.at(-1),
      refusal: null,
    })
  })

  it('says the region or the margin that a square touches before its tone', async () => {
    const region = { x: 0, y: 0, width: 100, height: 100, note: 'stamp' }
    const { studio } = await begin((engine) => {
      engine.regions = new Map([[1, [region]]])
    })
    studio.map.point(0, 0)
    expect(studio.map.reading(studio.form.rules)?.refusal).toBe('region')
    studio.form.choose({ margin: 0.02 })
    expect(studio.map.reading(studio.form.rules)?.refusal).toBe('margin')
  })

  it('has no place on a page that is smaller than a crop', async () => {
    const { engine } = await begin()
    const page = engine.pages[0]
    if (page === undefined) throw new Error('no page')
    const how = { size: 2000, background: 'as-is', places: 20, regions: [] } as const
    const field = fakeField({ ...page, width: 900, height: 900 }, how)
    expect(verdictShares(verdictsOf(field, STUDY_CHOICES))).toBeNull()
  })

  it('leads through all pages, those of a search, or those of one group', async () => {
    const { application, studio } = await begin()
    const { map } = studio
    map.step(1)
    await vi.waitFor(() => expect(map.shownField?.page).toBe(2))
    expect(application.navigation.on('samples').page).toBe(2)
    map.choose({ field: 'composer', value: 'Joseph Haydn', short: false })
    expect(map.choices).toHaveLength(34)
    expect(map.page?.composer).toBe('Joseph Haydn')
    map.step(-1)
    expect(map.position).toBe(0)
    map.choose(null)
    studio.form.choose({ where: 'composer:joplin' })
    await vi.waitFor(() => expect(map.choices).toHaveLength(32))
    expect(map.page?.composer).toBe('Scott Joplin')
  })

  it('leads through the pages of a group that are short by the rules of now', async () => {
    const { studio } = await begin((engine) => (engine.sampling.surveyed = 120))
    await vi.waitFor(() => expect(studio.acceptance.forecast.status).toBe('ready'))
    studio.map.choose({ field: 'composer', value: 'Joseph Haydn', short: true })
    expect(studio.map.choices).toEqual([])
    studio.form.choose({ whiteness: 0.76 })
    await vi.waitFor(() => expect(studio.map.choices.length).toBeGreaterThan(0))
    expect(studio.map.choices.length).toBeLessThan(34)
    expect(studio.map.page).toBe(studio.map.choices[0])
    studio.map.step(1)
    expect(studio.map.position).toBe(1)
  })

  it('has the next page measured before it is asked for', async () => {
    const { engine, studio } = await begin()
    const fieldsOf = (page: number): number =>
      (engine.requests('sampling', 'field') as readonly { page: number }[]).filter((one) => one.page === page)
        .length
    await vi.waitFor(() => expect(studio.map.seconds).not.toBeNull())
    expect(fieldsOf(2)).toBe(1)
    studio.map.step(1)
    await vi.waitFor(() => expect(studio.map.shownField?.page).toBe(2))
    await vi.waitFor(() => expect(fieldsOf(3)).toBe(1))
    expect(fieldsOf(2)).toBe(1)
  })

  it('opens on the page that the reader comes from', async () => {
    const { application, studio } = await begin()
    application.navigation.go('samples', { part: 'new', page: 77 })
    await vi.waitFor(() => expect(studio.map.shownField?.page).toBe(77))
  })
})

describe('acceptance', () => {
  it('is not asked for before any page is measured, and live after', async () => {
    const { engine, studio } = await begin()
    expect(engine.requests('sampling', 'forecast')).toEqual([])
    await vi.waitFor(() => expect(studio.survey.missing).toBe(120))
    await studio.survey.start(studio.form.rules)
    const job = studio.survey.job?.job ?? ''
    engine.progressJob(job, 120, 120)
    engine.sampling.surveyed = 120
    engine.endJob(job)
    await vi.waitFor(() => expect(studio.acceptance.forecast.value?.groups).toHaveLength(5))
    expect(studio.survey.missing).toBe(0)
    const accepted = (): number => {
      const total = studio.acceptance.forecast.value?.total
      return total === undefined ? Number.NaN : (acceptedShare(total) ?? Number.NaN)
    }
    const before = accepted()
    studio.form.choose({ whiteness: 0.85 })
    await vi.waitFor(() => expect(accepted()).toBeLessThan(before))
  })

  it('asks only for the newest of the rules that a slider passes', async () => {
    const { engine, studio } = await begin((one) => (one.sampling.surveyed = 120))
    await vi.waitFor(() => expect(studio.acceptance.forecast.status).toBe('ready'))
    const release = engine.hold('sampling', 'forecast')
    for (const whiteness of [0.89, 0.88, 0.87, 0.86]) {
      studio.form.choose({ whiteness })
      studio.follow()
    }
    expect(studio.acceptance.current).toBe(false)
    release()
    await vi.waitFor(() => expect(studio.acceptance.current).toBe(true))
    const asked = engine.requests('sampling', 'forecast') as readonly { whiteness: number }[]
    expect(asked.map(({ whiteness }) => whiteness)).toEqual([0.9, 0.89, 0.86])
  })

  it('is grouped by any field, pages without a value too', async () => {
    const { studio } = await begin((engine) => (engine.sampling.surveyed = 120))
    expect(studio.groupings).toContain('edition')
    expect(studio.groupings.filter((field) => field === 'scan source')).toHaveLength(1)
    studio.acceptance.groupBy('scan source')
    await vi.waitFor(() =>
      expect(studio.acceptance.forecast.value?.groups.map(({ name }) => name)).toEqual(['', 'city library']),
    )
    studio.acceptance.orderBy('crops')
    expect(studio.acceptance.groups.map(({ crops }) => crops)).toEqual([230, 370])
  })

  it('measures again for another seed, and says what a survey takes from the one before', async () => {
    const { engine, studio } = await begin()
    await vi.waitFor(() => expect(studio.survey.missing).toBe(120))
    await vi.waitFor(() => expect(studio.survey.secondsNeeded).not.toBeNull())
    await studio.survey.start(studio.form.rules)
    const job = studio.survey.job?.job ?? ''
    engine.progressJob(job, 60, 60)
    engine.endJob(job)
    await vi.waitFor(() => expect(studio.survey.secondsNeeded).toBe(600))
    studio.form.choose({ seed: 5 })
    await vi.waitFor(() =>
      expect(engine.requests('sampling', 'surveyState').at(-1)).toMatchObject({ seed: 5 }),
    )
  })

  it('says why a survey cannot start', async () => {
    const { engine, studio } = await begin()
    engine.failNext('sampling', 'survey', AppError.of('sampling/no-pages', {}))
    await studio.survey.start(studio.form.rules)
    expect(studio.survey.failure?.message).toContain('import a folder of page images first')
  })
})
