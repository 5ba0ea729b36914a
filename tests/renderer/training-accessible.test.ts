import axe from 'axe-core'
import { afterEach, describe, expect, test } from 'vitest'
import type { Application } from '../../src/renderer/src/state/application.svelte'
import { FAKE_CLASSIFICATION, fakeEvaluation } from './support/fake-evaluation'
import { FakeEngine } from './support/fake-engine'
import { fakeImportedRun, fakeRun, fakeVariant } from './support/fake-model'
import { FAKE_TUNING, fakeLive, fakeSeries, fakeSeriesRuns } from './support/fake-series'
import { renderApplication, type Rendered } from './support/rendering'

let rendered: (Rendered & { readonly application: Application }) | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

interface Sight {
  readonly name: string
  readonly prepare?: (engine: FakeEngine) => void
  /** Names of what is clicked, one after the other. */
  readonly clicks?: readonly string[]
  /** On the screen when it is there. */
  readonly seen: string
}

function withSeries(engine: FakeEngine): void {
  engine.series = [fakeSeries('seeds'), fakeSeries('ladder'), fakeSeries('splits')]
  engine.runs = [...fakeSeriesRuns('seeds'), ...fakeSeriesRuns('ladder'), ...fakeSeriesRuns('splits')]
}

const SIGHTS: readonly Sight[] = [
  {
    name: 'the scores of a run with a head',
    prepare: (engine) => {
      const evaluation = { ...fakeEvaluation(fakeRun()), classification: FAKE_CLASSIFICATION }
      engine.evaluations.set('r1', evaluation)
    },
    clicks: ['Scores'],
    seen: 'Crops named rightly',
  },
  {
    name: 'runs compared',
    prepare: (engine) => (engine.runs = [fakeVariant(0), fakeVariant(1)]),
    clicks: ['Compare Quick look', 'Compare Another seed'],
    seen: 'What differs in their plans',
  },
  {
    name: 'the form with everything open',
    prepare: (engine) => (engine.runs = []),
    clicks: ['More choices', 'On plateau', 'Stop early when nothing is gained', 'Bottleneck ladder'],
    seen: 'Minimum gain',
  },
  { name: 'a series of seeds', prepare: withSeries, clicks: ['Series', 'Five seeds'], seen: 'Student’s t' },
  {
    name: 'a ladder',
    prepare: withSeries,
    clicks: ['Series', 'Bottleneck ladder'],
    seen: 'Error against the size of the code',
  },
  { name: 'splits', prepare: withSeries, clicks: ['Series', 'Piece and crop'], seen: 'Held out by crop' },
  {
    name: 'a run that trains',
    prepare: (engine) => {
      const tags = ['cosine', 'night run']
      engine.runs = [fakeRun({ status: 'running', epochs: 3, steps: 24, finishedAt: null, tags })]
      engine.lives.set('r1', fakeLive())
    },
    clicks: ['Error maps'],
    seen: 'expected 12 min at first',
  },
  {
    name: 'an imported run',
    prepare: (engine) => (engine.runs = [fakeImportedRun('/models/theirs.safetensors')]),
    seen: 'never trained here',
  },
  { name: 'the dialog for export', clicks: ['Export …'], seen: 'The numbers with their names' },
  { name: 'the dialog for import', clicks: ['Import model …'], seen: 'becomes a run' },
  { name: 'the question before pruning', clicks: ['Keep fewer …'], seen: 'What is lost' },
]

/** A button, box or switch by its name. */
function control(name: string): HTMLElement | null {
  const all = document.querySelectorAll<HTMLElement>('button, summary, input[aria-label], label')
  const names = (one: HTMLElement): string[] => [
    one.getAttribute('aria-label') ?? '',
    one.textContent.trim().replace(/\s+/g, ' '),
  ]
  const exact = [...all].find((one) => names(one).includes(name))
  return exact ?? [...all].find((one) => names(one).some((own) => own.startsWith(name))) ?? null
}

async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] })
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('; ')}`)
  expect(found).toEqual([])
}

describe.each(['light', 'dark'] as const)('axe finds nothing in the %s theme at', (theme) => {
  test.each(SIGHTS)('$name', async ({ prepare, clicks = [], seen }) => {
    const engine = new FakeEngine()
    prepare?.(engine)
    rendered = renderApplication(engine)
    const { application } = rendered
    application.theme.choose(theme)
    await expect.poll(() => application.project.status).toBe('open')
    application.navigation.go('training')
    await expect.poll(() => document.querySelector('h1')?.textContent, { timeout: 20_000 }).toBe('Training')
    for (const name of clicks) {
      await expect.poll(() => control(name)).not.toBeNull()
      control(name)?.click()
    }
    await expect.poll(() => document.body.textContent).toContain(seen)
    await expectAccessible()
  })

  test('the settings of this machine', async () => {
    const engine = new FakeEngine({ closed: true })
    engine.tuning = FAKE_TUNING
    rendered = renderApplication(engine)
    rendered.application.theme.choose(theme)
    await expect.poll(() => document.body.textContent).toContain('2 threads, bfc allocator')
    control('All 3 that were tried')?.click()
    await expectAccessible()
  })
})
