import axe from 'axe-core'
import { afterEach, describe, expect, test } from 'vitest'
import type { Application } from '../../src/renderer/src/state/application.svelte'
import { FakeEngine } from './support/fake-engine'
import { fakeContrasts, fakeRecurrence } from './support/fake-findings'
import { fakeRun } from './support/fake-model'
import { renderApplication, type Rendered } from './support/rendering'

let rendered: (Rendered & { readonly application: Application }) | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
  localStorage.removeItem('scorescope.rater')
})

const ALIGNED = { similarity: 0.95, sign: -1, quarterTurns: 1, shiftRows: 1, shiftColumns: 0 } as const

function withEverything(engine: FakeEngine): void {
  engine.runs = [fakeRun(), fakeRun({ run: 'r2', name: 'Another seed', seed: 2 })]
  for (const field of ['style', 'composer'] as const)
    engine.findings.contrasts.set(`r1/${field}`, fakeContrasts('r1', field))
  const one = 'r1/encoder-1-1/0'
  const duplicateKernels = [{ ...ALIGNED, one, other: 'r1/encoder-1-1/3' }]
  engine.findings.recurrences = [{ ...fakeRecurrence(), duplicateKernels, silent: ['r1/bottleneck/2'] }]
  const channels = [0, 1, 2].map((channel) => ({ run: 'r1', layer: 'bottleneck', channel }))
  const addressed = channels.map((place) => ({ ...place, address: `r1/bottleneck/${place.channel}` }))
  engine.naming.lists = [
    { list: 1, name: 'Stems', createdAt: '2025-11-24T08:00:00.000Z', channels: addressed },
  ]
  const named = (rater: string, names: readonly string[]) =>
    addressed.map((place, at) => ({
      ...place,
      rater,
      name: names[at] ?? '',
      note: 'a note',
      namedAt: '2025-11-24T08:00:00.000Z',
    }))
  engine.naming.names = [...named('Ada', ['stem', 'beam', 'stem']), ...named('Ben', ['stem', 'stem', 'beam'])]
}

/** A button, box or switch by its whole name, or by how it starts. */
function control(name: string): HTMLElement | null {
  const all = [
    ...document.querySelectorAll<HTMLElement>(
      'main button, main summary, main input[aria-label], main label, [role=menuitem]',
    ),
  ]
  const names = (one: HTMLElement): string[] => [
    one.getAttribute('aria-label') ?? '',
    one.textContent.trim().replace(/\s+/g, ' '),
  ]
  return (
    all.find((one) => names(one).includes(name)) ??
    all.find((one) => names(one).some((own) => own.startsWith(name))) ??
    null
  )
}

async function click(name: string): Promise<void> {
  await expect.poll(() => control(name), { message: name }).not.toBeNull()
  control(name)?.click()
}

/** Who names is remembered on this machine. */
function asRater(): void {
  localStorage.setItem('scorescope.rater', 'Cyd')
}

async function opened(prepare: (engine: FakeEngine) => void = withEverything) {
  const engine = new FakeEngine()
  prepare(engine)
  rendered = renderApplication(engine)
  const { application } = rendered
  await expect.poll(() => application.project.status).toBe('open')
  application.navigation.go('findings')
  await expect.poll(() => document.querySelector('h1')?.textContent, { timeout: 20_000 }).toBe('Findings')
  return { engine, application }
}

const text = (): string => document.body.textContent.replace(/\s+/g, ' ')

describe('the Findings screen', () => {
  test('says first what was found, and a row opens its channel', async () => {
    const { application } = await opened()
    await expect.poll(text).toContain('tell composers apart at a false discovery rate of 5 %')
    await click('encoder-1-1/0')
    expect(application.navigation.screen).toBe('filters')
    expect(application.navigation.on('filters')).toMatchObject({
      run: 'r1',
      layer: 'encoder-1-1',
      channel: 0,
    })
  })

  test('says what a test would do where none was made, and makes it', async () => {
    const { engine } = await opened((fake) => (fake.runs = [fakeRun()]))
    await expect.poll(text).toContain('Nothing was tested yet')
    await click('Test every channel')
    await expect.poll(() => engine.requests('findings', 'contrasts')).toHaveLength(1)
    await expect.poll(text).toContain('Testing every channel')
    await click('Cancel')
    await expect.poll(() => engine.requests('jobs', 'cancel')).toHaveLength(1)
  })

  test('says what is missing without a trained model, and without features', async () => {
    await opened((engine) => (engine.runs = []))
    await expect.poll(text).toContain('There is no trained model to find anything with yet')
    await rendered?.remove()
    await opened((engine) => (engine.runs = [fakeRun({ featuresReady: false })]))
    await expect.poll(text).toContain('The features of this run are not computed yet')
  })

  test('the table of channels is exported with its caption', async () => {
    const { engine } = await opened()
    await expect.poll(() => control('Export the table of channels')).not.toBeNull()
    control('Export the table of channels')?.dispatchEvent(
      new PointerEvent('pointerdown', { bubbles: true, button: 0, pointerType: 'mouse' }),
    )
    await click('Save the numbers as CSV')
    await expect.poll(() => engine.host.savedFiles).toHaveLength(1)
    const csv = new TextDecoder().decode(engine.host.savedFiles[0]?.bytes)
    expect(csv).toContain('# Channels that tell composers apart. Run Quick look; layer all')
    expect(csv).toContain('r1/encoder-1-1/0')
  })

  test('recurring filters: the figure beside its control, groups with badges, doubles in words', async () => {
    await opened()
    await click('Recurring filters')
    await expect.poll(text).toContain('Trained 62 % (52 to 72 %), untrained 5 %')
    expect(text()).toContain('2 of 2 seeds')
    expect(text()).toContain(
      'the second, turned left by 90°, moved 1 down, with dark and light exchanged, fits the first',
    )
    expect(text()).toContain('1 channel never differs and was left out')
  })

  test('a blind session is led by keys and shows no name of another rater', async () => {
    const { engine } = await opened()
    await click('Names and lists')
    await click('Blind session')
    const rater = document.querySelector<HTMLInputElement>('input[placeholder="Your name or initials"]')
    if (rater === null) throw new Error('There is no field for the rater.')
    rater.value = 'Cyd'
    rater.dispatchEvent(new Event('input', { bubbles: true }))
    await click('Begin')
    await expect.poll(text).toContain('Channel 1 of')
    await expect.poll(text).toContain('The patches that excite it most')
    expect(text()).not.toMatch(/Ada|Ben|a note|bottleneck/)
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '2', bubbles: true }))
    await expect.poll(() => engine.naming.names.find(({ rater: who }) => who === 'Cyd')?.name).toBe('stem')
    await expect.poll(text).toContain('Channel 2 of')
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))
    await expect.poll(text).toContain('You called it “stem”')
  })

  test('the channels that are left in the table become a list', async () => {
    const { engine } = await opened()
    await click('Found only')
    await click('Make a list of these')
    await expect.poll(() => engine.naming.lists.at(-1)?.name).toBe('composers, found')
    expect(engine.naming.lists.at(-1)?.channels.every(({ channel }) => channel % 5 === 0)).toBe(true)
  })

  test('a group becomes a list', async () => {
    const { engine } = await opened()
    await click('Recurring filters')
    await click('Make a list')
    await expect.poll(() => engine.naming.lists.at(-1)?.name).toBe('Group 1')
    expect(engine.naming.lists.at(-1)?.channels.map(({ address }) => address)).toEqual([
      'r1/encoder-1-1/0',
      'r2/encoder-1-1/0',
    ])
  })

  test('a cell of the agreement lists its channels', async () => {
    await opened()
    await click('Names and lists')
    await click('Agreement')
    await click('beam and stem: 1 channel')
    await expect.poll(text).toContain('beam or stem?')
  })

  test('a channel of a list is moved with Alt and an arrow', async () => {
    const { engine } = await opened()
    await click('Names and lists')
    await click('Lists')
    await expect.poll(() => document.querySelector('[data-place="2"]')).not.toBeNull()
    document
      .querySelector('[data-place="2"]')
      ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', altKey: true, bubbles: true }))
    await expect.poll(() => engine.naming.lists[0]?.channels.map((one) => one.channel)).toEqual([0, 2, 1])
    await expect.poll(() => document.activeElement?.getAttribute('data-place')).toBe('1')
  })

  test('words are added to the vocabulary and saved', async () => {
    const { engine } = await opened()
    await click('Names and lists')
    await click('Vocabulary')
    await click('Add a word')
    const words = (): HTMLInputElement[] => [
      ...document.querySelectorAll<HTMLInputElement>('[aria-label^="Word "]'),
    ]
    await expect.poll(() => words().at(-1)?.value).toBe('')
    const last = words().at(-1)
    if (last === undefined) throw new Error('There is no word.')
    last.value = 'neume'
    last.dispatchEvent(new Event('input', { bubbles: true }))
    await click('Save the vocabulary')
    await expect.poll(() => engine.naming.vocabulary.at(-1)?.term).toBe('neume')
  })
})

const SIGHTS = [
  { name: 'contrasts', clicks: ['More choices'], seen: 'Would chance have found as much?' },
  { name: 'recurring filters', clicks: ['Recurring filters', 'More choices'], seen: 'Run against run' },
  { name: 'names', clicks: ['Names and lists'], seen: 'Names of channels' },
  { name: 'a blind session before it begins', clicks: ['Names and lists', 'Blind session'], seen: 'Seed' },
  {
    name: 'a blind session',
    clicks: ['Names and lists', 'Blind session', 'Begin'],
    seen: 'The patches that excite it most',
  },
  { name: 'agreement', clicks: ['Names and lists', 'Agreement'], seen: 'Who said what' },
  { name: 'lists', clicks: ['Names and lists', 'Lists'], seen: 'Add channel' },
  { name: 'the vocabulary', clicks: ['Names and lists', 'Vocabulary'], seen: 'Add a word' },
] as const

describe.each(['light', 'dark'] as const)('axe finds nothing in the %s theme at', (theme) => {
  test.each(SIGHTS)('$name', async ({ clicks, seen }) => {
    asRater()
    const { application } = await opened()
    application.theme.choose(theme)
    for (const name of clicks) await click(name)
    await expect.poll(text).toContain(seen)
    const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('; ')}`)).toEqual(
      [],
    )
  })
})
