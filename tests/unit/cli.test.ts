/** The built command line in its own process: one JSON value, plain lines, exit codes, Ctrl-C and kill. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Forecast } from '@shared/domain/sampling-rules'
import type { SampleReport } from '@shared/domain/sample-set'
import { startCommand } from '../support/command-line'
import { commandLineProject } from '../support/command-line-project'
import { until } from '../support/engine-process'
import { isAlive } from '../support/processes'
import { computeProcessesOf } from '../support/whole-core'

const { cli, json, folder, corpus, project, settings } = commandLineProject()
const SMALL = ['--spec', '1x4@3,1x8@3', '--size', '16', '--batch', '4', '--split', 'page', '--threads', '1']

type ForecastResult = Forecast & { readonly unreadable: readonly unknown[] }

interface Run {
  readonly run: string
  readonly status: string
  readonly weightsSha256: string | null
}

describe('the command line', () => {
  it('shows its version and help', async () => {
    const version = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await cli('--version')).toMatchObject({ code: 0, output: `${version.version}\n` })
    const help = await cli('--help')
    expect(help.code).toBe(0)
    for (const command of [
      'doctor',
      'demo',
      'import',
      'pages',
      'catalogue',
      'files',
      'consolidate',
      'sample',
      'crop',
      'train',
      'series',
      'runs',
      'describe-run',
      'prune',
      'tune',
      'reconstruct',
      'features',
      'ablate',
      'backup',
      'repair',
      'serve',
    ])
      expect(help.output).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect((await cli('train', '--help')).output).toContain('--micro-batch')
  })

  it.each([
    [[], 2],
    [['engrave'], 2],
    [['sample', 'x.scorescope'], 2],
    [['sample', 'x.scorescope', '--seed', 'one'], 2],
    [['import', 'x.scorescope'], 2],
    [['train', 'x.scorescope', '--threads', '1.5'], 2],
    [['train', 'x.scorescope'], 2],
    [['train', 'x.scorescope', '--ladder', '8,4'], 2],
    [['train', 'x.scorescope', '--resume', 'abc', '--epochs', '4'], 2],
    [['train', 'x.scorescope', '--resume', 'abc', '--learning-rate', 'low'], 2],
    [['train', 'x.scorescope', '--seeds', '1,two'], 2],
    [['train', 'x.scorescope', '--seeds', '1,2', '--compare-splits'], 2],
    [['train', 'x.scorescope', '--seed', '1', '--schedule', 'cosine', '--schedule-factor', '0.5'], 2],
    [['train', 'x.scorescope', '--seed', '1', '--minimum-gain', '0.1'], 2],
    [['series', 'x.scorescope', '--resume'], 2],
    [['prune', 'x.scorescope', '--run', 'r'], 2],
    [['describe-run', 'x.scorescope', '--run', 'r'], 2],
    [['pages', 'x.scorescope'], 1],
    [['pages', 'x'], 1],
  ] as const)('ends %j with exit code %i and a sentence', async (args, code) => {
    const ended = await cli(...args)
    expect(ended.code).toBe(code)
    expect(ended.output).toBe('')
    expect(ended.errors.trim()).not.toBe('')
    expect(ended.errors).not.toContain('    at ')
  })

  it('says failures as JSON too, and nothing else on standard output', async () => {
    expect(await json('pages', join(folder, 'none.scorescope'))).toMatchObject({
      code: 1,
      value: { error: { code: 'project/not-found' } },
    })
    expect(await json('sample', project)).toMatchObject({ code: 2, value: { error: { code: 'usage' } } })
    expect(await json('sample', project, '--seed', '1', '--per-page', '0')).toMatchObject({
      code: 1,
      value: {
        error: {
          code: 'request/invalid',
          message: 'sampling.draw: Expected an integer between 1 and 100 for samples per page, received 0',
        },
      },
    })
  })

  it('says what the machine can do', async () => {
    const { code, value } = await json('doctor')
    expect(code).toBe(0)
    expect(value).toMatchObject({
      node: process.versions.node,
      electron: {},
      devices: expect.any(Array) as unknown[],
    })
    expect((value as { backend: string }).backend).toMatch(/^(tensorflow|js)$/)
  })

  it('draws samples and shows where one was cut', async () => {
    const drawn = await json('sample', project, '--seed', '7', '--size', '32', '--per-page', '3')
    expect(drawn).toMatchObject({ code: 0, value: { samples: 24, pages: 8, shortages: [] } })
    const file = join(folder, 'crop.png')
    const crop = await json('crop', project, '--sample-set', '1', '--index', '5', '--to', file)
    expect(crop.value).toMatchObject({ page: 2, size: 32, draw: expect.any(Number) as number })
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG')
  })

  it('forecasts what sampling by such rules does, and compares sets', async () => {
    const studio = join(folder, 'studio.scorescope')
    await cli('import', studio, corpus)
    const rules = ['--seed', '7', '--size', '32', '--per-page', '4', '--tries', '40', '--whiteness', '0.85']
    const more = ['--minimum-ink', '0.1', '--margin', '0.05', '--background', 'paper', '--balance', 'style']
    const where = ['--where', 'composer:"Composer 0-0"']
    for (const options of [rules, [...rules, ...more], [...rules, ...where]]) {
      const forecast = (await json('forecast', studio, ...options)).value as ForecastResult
      const drawn = (await json('sample', studio, ...options)).value as SampleReport
      expect(forecast.surveyed).toBe(forecast.pages)
      expect(forecast.unreadable).toEqual([])
      expect([forecast.total.crops, forecast.total.refused]).toEqual([drawn.samples, drawn.refusals])
    }
    const byStyle = await cli('forecast', studio, ...rules, '--by', 'style')
    expect(byStyle.output).toMatch(
      /^Style 0: \d+ samples of 4 pages in \d+ draws, 0 pages short.*\nStyle 1: /,
    )
    const compared = await json('compare-samples', studio, '1', '2')
    expect(compared.value).toMatchObject({
      differences: [{ rule: 'Minimum ink' }, { rule: 'Margin' }, {}, {}],
    })
    expect((await cli('compare-samples', studio, '1', '2')).output).toContain(
      'Background: as it is, paper made white',
    )
    expect(await json('sample', studio, '--seed', '1', '--margin', '0.7')).toMatchObject({
      value: { error: { code: 'request/invalid' } },
    })
    expect(await json('forecast', studio, '--seed', '1', '--where', 'nobody')).toMatchObject({
      code: 1,
      value: { error: { code: 'sampling/none-found' } },
    })
  })

  it('trains, lists runs, computes features and reconstructs', async () => {
    const trained = await json(
      'train',
      project,
      '--seed',
      '1',
      '--sample-set',
      '1',
      '--epochs',
      '5',
      ...SMALL,
    )
    expect(trained).toMatchObject({
      code: 0,
      value: {
        status: 'finished',
        epochs: 5,
        steps: expect.any(Number) as number,
        trainMse: expect.any(Number) as number,
        validationMse: expect.any(Number) as number,
        baselines: { constant: expect.any(Number) as number, block2: expect.any(Number) as number },
        parameters: 1273,
        split: { by: 'page', train: expect.any(Number) as number, validation: expect.any(Number) as number },
        weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        seconds: expect.any(Number) as number,
        peakMemoryBytes: expect.any(Number) as number,
      },
    })
    const { run } = trained.value as Run
    expect((await json('runs', project)).value).toMatchObject([{ run, status: 'finished', epochs: 5 }])

    const features = (await json('features', project, '--run', run, '--layer', 'bottleneck')).value
    expect(features).toHaveLength(8)
    expect(features).toMatchObject([
      {
        address: `${run}/bottleneck/0`,
        layer: 'bottleneck',
        channel: 0,
        bottleneck: true,
        dead: expect.any(Boolean) as boolean,
        lossWhenAbsent: null,
      },
      {},
      {},
      {},
      {},
      {},
      {},
      {},
    ])

    const file = join(folder, 'reconstruction.png')
    const whole = await json('reconstruct', project, '--run', run, '--index', '3', '--to', file)
    expect(whole).toMatchObject({ code: 0, value: { index: 3, without: [] } })
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG')
    const without = ['--without', 'bottleneck/0,bottleneck/7']
    expect(
      (await json('reconstruct', project, '--run', run, '--index', '3', ...without)).value,
    ).toMatchObject({
      without: ['bottleneck/0', 'bottleneck/7'],
    })
    expect(
      (await json('reconstruct', project, '--run', run, '--index', '3', '--without', 'encoder-1-1/0')).value,
    ).toMatchObject({ without: ['encoder-1-1/0'] })
    expect(
      await json('reconstruct', project, '--run', run, '--index', '3', '--without', 'bottleneck'),
    ).toMatchObject({
      code: 1,
      value: { error: { code: 'exploration/not-switchable' } },
    })

    const ablated = (await json('ablate', project, '--run', run, '--crops', '4')).value
    expect(ablated).toMatchObject({ run, layer: 'bottleneck', crops: 4, heldOut: true })
    expect((ablated as { channels: unknown[] }).channels).toHaveLength(8)
    expect(await json('ablate', project, '--run', run, '--layer', 'encoder-9-1')).toMatchObject({
      code: 1,
      value: { error: { code: 'exploration/layer-unknown' } },
    })
  })

  it('trains with a schedule, and finds runs by what is said about them', async () => {
    const schedule = ['--schedule', 'plateau', '--schedule-patience', '1', '--schedule-floor', '0.1']
    const ending = ['--early-stopping', '50', '--minimum-gain', '0.01', '--keep-checkpoints', '2']
    const said = ['--tag', 'late', '--tag', 'small hands', '--notes', 'a trial', '--split-seed', '9']
    const train = ['train', project, '--seed', '8', '--sample-set', '1', '--epochs', '4', ...SMALL]
    const trained = await json(...train, ...schedule, ...ending, ...said)
    expect(trained).toMatchObject({
      code: 0,
      value: { tags: ['late', 'small hands'], notes: 'a trial', keepCheckpoints: 2, precision: 'float32' },
    })
    const { run } = trained.value as Run
    const plan = JSON.parse(readFileSync(join(project, 'runs', run, 'plan.json'), 'utf8')) as object
    expect(plan).toMatchObject({
      splitSeed: 9,
      optimizer: {
        schedule: { kind: 'plateau', patience: 1, factor: 0.5, floor: 0.1 },
        earlyStopping: { patience: 50, minimumGain: 0.01 },
      },
    })
    expect((await json('runs', project, '--where', 'HANDS trial')).value).toMatchObject([{ run }])
    expect((await json('runs', project, '--where', 'hands nowhere')).value).toEqual([])
    const described = ['describe-run', project, '--run', run, '--name', 'Trial', '--tag', 'early']
    expect(await json(...described)).toMatchObject({
      code: 0,
      value: { run, name: 'Trial', tags: ['early'], notes: 'a trial' },
    })
    const pruned = (await json('prune', project, '--run', run, '--keep', '1')).value
    expect((pruned as { checkpoints: number }).checkpoints).toBeLessThanOrEqual(2)
    expect((await cli('runs', project, '--where', 'trial')).output).toContain('Trial\t#early')
    expect(await json(...train, '--schedule', 'weekly')).toMatchObject({
      code: 1,
      value: { error: { code: 'request/invalid' } },
    })
  })

  it('trains a series, keeps it when Ctrl-C ends it, and goes on with it', async () => {
    const series = ['train', project, '--seeds', '5,6', '--sample-set', '1', '--epochs', '40', ...SMALL]
    const started = startCommand(settings, ...series, '--json')
    await started.said('Seed 1 of 2: training')
    started.process.kill('SIGINT')
    const ended = await started.ended
    expect(ended.code).toBe(1)
    expect(JSON.parse(ended.output)).toMatchObject({ error: { code: 'series/interrupted' } })
    const [listed] = (await json('series', project)).value as readonly { series: string }[]
    expect(listed).toMatchObject({ kind: 'seeds', status: 'interrupted', planned: 2 })
    const which = ['series', project, '--series', listed?.series ?? '']
    expect(ended.errors).toContain(`--series ${listed?.series ?? ''} --resume`)
    const resumed = await json(...which, '--resume')
    expect(resumed).toMatchObject({
      code: 0,
      value: { status: 'finished', points: [{ seed: 5 }, { seed: 6 }], spread: { mse: {} } },
    })
    expect((await json(...which)).value).toEqual(resumed.value)
    const shown = (await cli(...which)).output
    expect(shown).toContain('2 of 2 runs scored')
    expect(shown).toMatch(/^Error over seeds: 0\.\d{5} \[-?0\.\d{5}, 0\.\d{5}\], standard deviation/m)
  })

  it('keeps a training that Ctrl-C ends, and goes on with it to the weights of an unbroken run', async () => {
    const train = ['train', project, '--seed', '3', '--sample-set', '1', '--epochs', '40', ...SMALL]
    const unbroken = (await json(...train)).value as Run
    const started = startCommand(settings, ...train, '--json')
    await started.said('Training')
    started.process.kill('SIGINT')
    const ended = await started.ended
    expect(ended.code).toBe(1)
    expect(JSON.parse(ended.output)).toMatchObject({ error: { code: 'training/interrupted' } })
    const [run] = (await json('runs', project)).value as readonly Run[]
    expect(run?.status).toBe('interrupted')
    expect(ended.errors).toContain(`--resume ${run?.run ?? ''}`)
    const resumed = await json('train', project, '--resume', run?.run ?? '')
    expect(resumed).toMatchObject({ code: 0, value: { run: run?.run, status: 'finished', epochs: 40 } })
    expect((resumed.value as Run).weightsSha256).toBe(unbroken.weightsSha256)
  })

  it.skipIf(process.platform !== 'linux')(
    'survives being killed: the run is interrupted and can be resumed',
    async () => {
      const started = startCommand(
        settings,
        'train',
        project,
        '--seed',
        '4',
        '--sample-set',
        '1',
        '--epochs',
        '30',
        ...SMALL,
      )
      await started.said('Training')
      const children = computeProcessesOf(started.process.pid ?? 0)
      expect(children).toHaveLength(1)
      started.process.kill('SIGKILL')
      await started.ended
      const [run] = (await json('runs', project)).value as readonly Run[]
      expect(run).toMatchObject({ status: 'interrupted' })
      const resumed = await json('train', project, '--resume', run?.run ?? '')
      expect(resumed).toMatchObject({ code: 0, value: { status: 'finished', epochs: 30 } })
      await until(() => !children.some(isAlive), 'the compute process of the killed command is gone')
    },
  )

  it('refuses a project that another process has open', async () => {
    const serving = startCommand(settings, 'serve', project)
    await serving.said('"url"').catch((error: unknown) => {
      // Without the window's files there is nothing to serve, and serve says so.
      expect(String(error)).toContain('npm run build')
    })
    if (serving.process.exitCode === null) {
      expect(await json('runs', project)).toMatchObject({
        code: 1,
        value: { error: { code: 'project/locked' } },
      })
      serving.process.kill('SIGTERM')
      expect((await serving.ended).code).toBe(0)
    }
    expect((await json('runs', project)).code).toBe(0)
  })
})
