/**
 * The window over the fake engine, to look at while it is made: `npx vite tests/renderer/support/preview` with the
 * renderer's plugins. The address chooses what is there: ?closed, ?empty, ?browser, ?scale=50, ?screen=corpus,
 * ?runs=4, ?scored, ?series, ?live, ?imported, ?measured, ?tuned, ?gpu.
 */
import { mount } from 'svelte'
import App from '../../../../src/renderer/src/App.svelte'
import '../../../../src/renderer/src/app.css'
import { Application } from '../../../../src/renderer/src/state/application.svelte'
import { SCREENS } from '../../../../src/renderer/src/state/navigation.svelte'
import { FAKE_CLASSIFICATION, fakeEvaluation } from '../fake-evaluation'
import { FAKE_FOLDER, FakeEngine } from '../fake-engine'
import { fakeImportedRun, fakeRun, fakeVariant } from '../fake-model'
import { FAKE_TUNING, fakeLive, fakeSeries, fakeSeriesRuns } from '../fake-series'
import { MemoryStorage } from '../memory-storage'

const query = new URLSearchParams(location.search)
const engine = new FakeEngine({
  closed: query.has('closed'),
  empty: query.has('empty'),
  browser: query.has('browser'),
  scale: Number(query.get('scale') ?? 1),
})
engine.runs = Array.from({ length: Number(query.get('runs') ?? engine.runs.length) }, (_, place) =>
  fakeVariant(place),
)
if (query.has('scored'))
  for (const run of engine.runs)
    engine.evaluations.set(run.run, { ...fakeEvaluation(run), classification: FAKE_CLASSIFICATION })
if (query.has('series')) {
  engine.series = [fakeSeries('seeds'), fakeSeries('ladder'), fakeSeries('splits', 1)]
  engine.runs = [
    ...engine.runs,
    ...fakeSeriesRuns('seeds'),
    ...fakeSeriesRuns('ladder'),
    ...fakeSeriesRuns('splits', 1),
  ]
}
if (query.has('live')) {
  const live = { run: 'live', name: 'Cosine, five kernels', epochs: 7, steps: 56, finishedAt: null } as const
  const said = { tags: ['cosine', 'night run'], notes: 'Does a sinking rate help?', hasWeights: false }
  engine.runs = [
    fakeRun({ ...live, ...said, status: 'running', startedAt: '2025-11-24T09:00:00.000Z' }),
    ...engine.runs,
  ]
  engine.lives.set('live', fakeLive())
}
if (query.has('imported'))
  engine.runs = [fakeImportedRun('/home/researcher/from-python.safetensors', 'From Python'), ...engine.runs]
if (query.has('measured')) engine.sampling.surveyed = engine.pages.length
if (query.has('tuned')) engine.tuning = FAKE_TUNING
if (query.has('gpu')) {
  const devices = [{ name: '/device:GPU:0', type: 'GPU', memoryBytes: 40_000_000_000 }]
  const gpu = { used: true, present: true, reason: 'It computes on GPU 0.' }
  engine.doctor = { ...engine.doctor, devices: [...devices, ...engine.doctor.devices], gpu }
}
const target = document.querySelector('#app')
if (target === null) throw new Error('The page has no place for the application.')

const storage = new MemoryStorage()
if (!query.has('closed')) storage.setItem('scorescope.project', FAKE_FOLDER)
const application = new Application(engine.connection, storage)
application.start()
const screen = SCREENS.find((name) => name === query.get('screen'))
if (screen !== undefined) application.navigation.go(screen)
mount(App, { target, props: { application } })

// For looking at moments that need a push: window.scorescopePreview.engine.startJob('import', 'Importing pages').
Object.assign(window, { scorescopePreview: { engine, application } })
