/** Contrasts, profiles and recurrence, made up; and names of channels, kept for as long as a test runs. */
import type { LocalApi } from '@shared/api'
import type {
  ChannelContrast,
  ChannelProfile,
  ClassMean,
  ContrastField,
  Contrasts,
  PieceMean,
  Recurrence,
} from '@shared/domain/findings'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { FakeEngine } from './fake-engine'
import { FAKE_DESCRIPTION, fakeLayer } from './fake-model'

/** What was found so far; tests put in what they need. */
export class FakeFindings {
  /** By run/field; of all layers. */
  readonly contrasts = new Map<string, Contrasts>()
  recurrences: readonly Recurrence[] = []
}

export function findingsApi(engine: FakeEngine): LocalApi['findings'] {
  const { findings } = engine
  return {
    contrasts: ({ run }) => ({
      job: engine.startJob('contrasts', 'Testing every channel', run).job,
      kind: 'contrasts',
    }),
    contrastTable: ({ run, field, layer }) => {
      const table = findings.contrasts.get(`${run}/${field}`) ?? null
      if (table === null || layer === undefined) return table
      return { ...table, layer, channels: table.channels.filter((row) => row.layer === layer) }
    },
    profile: ({ run, layer, channel }) => {
      const rowOf = (field: ContrastField): ChannelContrast | null =>
        findings.contrasts
          .get(`${run}/${field}`)
          ?.channels.find((row) => row.layer === layer && row.channel === channel) ?? null
      const contrasts = { style: rowOf('style'), composer: rowOf('composer') }
      return fakeProfile(engine.samples, { run, layer, channel }, contrasts)
    },
    recurrence: ({ runs }) => ({
      job: engine.startJob('recur', 'Comparing channels', runs[0] ?? null).job,
      kind: 'recur',
    }),
    recurrences: () =>
      findings.recurrences.map(({ clusters, ...kept }) => ({ ...kept, clusters: clusters.length })),
    recurrenceReport: ({ recurrence }) => {
      const found = findings.recurrences.find((known) => known.recurrence === recurrence)
      if (found === undefined) throw AppError.of('findings/recurrence-unknown', { recurrence })
      return found
    },
  }
}

/** Every channel's contrast; those whose number is a multiple of five are found, in Ragtime. */
export function fakeContrasts(run: string, field: ContrastField, change: Partial<Contrasts> = {}): Contrasts {
  const names = field === 'style' ? ['Baroque', 'Classical', 'Ragtime'] : ['Joseph Haydn', 'Scott Joplin']
  const classes = names.map((name) => ({ name, pieces: 3 }))
  const rows = FAKE_DESCRIPTION.layers.flatMap((layer) =>
    Array.from({ length: layer.channels }, (_, channel): ChannelContrast => {
      const found = channel % 5 === 0
      const value = found ? 0.71 : 0.2
      return {
        address: `${run}/${layer.name}/${channel}`,
        layer: layer.name,
        channel,
        effect: { value, low: value - 0.2, high: value + 0.2 },
        effectByChance: 0.25,
        etaSquared: value - 0.05,
        standsOut: {
          className: classes.at(-1)?.name ?? '',
          pieces: 3,
          delta: { value: found ? 0.89 : 0.1, low: found ? 0.4 : -0.5, high: found ? 1 : 0.6 },
        },
        p: found ? 0.002 : 0.4,
        q: found ? 0.01 : 0.6,
      }
    }),
  )
  const channels = rows.sort((a, b) => a.p - b.p || (b.effect?.value ?? 0) - (a.effect?.value ?? 0))
  const found = channels.filter((row) => row.q < 0.05).length
  return {
    run,
    field,
    layer: null,
    shuffle: 'pieces',
    without: [],
    permutations: 999,
    seed: 1,
    level: 0.05,
    pieces: 9,
    classes,
    leftOut: [],
    interval: { name: 'bootstrap of pieces within classes, percentile', level: 0.95, resamples: 1000 },
    found,
    control: {
      shuffles: 20,
      withFindings: 1,
      found: Array.from({ length: 20 }, (_, at) => (at === 3 ? 1 : 0)),
    },
    channels,
    sentence: `${found} of ${channels.length} channels differ by ${field}; with shuffled labels any did in 1 of 20 shuffles.`,
    remarks: ['Three pieces per class are few.'],
    weightsSha256: 'c0ffee'.padEnd(64, '0'),
    seconds: 2.4,
    finishedAt: '2025-11-24T08:05:00.000Z',
    ...change,
  }
}

function fakeProfile(
  samples: readonly SampleWithPage[],
  at: { readonly run: string; readonly layer: string; readonly channel: number },
  contrasts: ChannelProfile['contrasts'],
): ChannelProfile {
  fakeLayer(at.layer)
  const pieces = new Map<string, PieceMean>()
  for (const { style, composer, piece } of samples) {
    const known = pieces.get(piece)
    const mean = 0.2 + (((pieces.size + 1) * 7 + at.channel) % 9) / 20 + (style === 'Ragtime' ? 0.3 : 0)
    pieces.set(
      piece,
      known === undefined
        ? { style, composer, piece, samples: 1, mean, maximum: mean * 4 }
        : { ...known, samples: known.samples + 1 },
    )
  }
  const all = [...pieces.values()]
  return {
    address: `${at.run}/${at.layer}/${at.channel}`,
    layer: at.layer,
    channel: at.channel,
    pieces: all,
    byStyle: classMeans(all, 'style'),
    byComposer: classMeans(all, 'composer'),
    contrasts,
  }
}

function classMeans(pieces: readonly PieceMean[], field: ContrastField): readonly ClassMean[] {
  return [...new Set(pieces.map((piece) => piece[field]))].map((name) => {
    const own = pieces.filter((piece) => piece[field] === name)
    const value = own.reduce((sum, piece) => sum + piece.mean, 0) / own.length
    const bounds = own.length < 3 ? { low: null, high: null } : { low: value - 0.1, high: value + 0.1 }
    return { name, pieces: own.length, mean: { value, ...bounds } }
  })
}

/** Two runs of which the second answers like the first. */
export function fakeRecurrence(runs: readonly [string, string] = ['r1', 'r2']): Recurrence {
  const figure = (value: number): { value: number; low: number; high: number } => ({
    value,
    low: value - 0.1,
    high: value + 0.1,
  })
  const shares = {
    channels: 8,
    recurring: 5,
    share: figure(0.62),
    untrained: figure(0.05),
    foundUntrained: figure(0.1),
    beyondUntrained: figure(0.57),
  }
  const member = (run: string, channel: number): Recurrence['clusters'][number]['members'][number] => ({
    address: `${run}/encoder-1-1/${channel}`,
    run,
    layer: 'encoder-1-1',
    channel,
    similarity: 0.86,
    kernel: null,
    examples: [0, 5, 10, 15],
  })
  const cluster = (place: number): Recurrence['clusters'][number] => ({
    cluster: place + 1,
    members: runs.map((run) => member(run, place)),
    runs: 2,
    prevalence: 2 / 16,
    meanSimilarity: 0.86,
    inEncoder: true,
    inDecoder: false,
    examples: [0, 5, 10, 15, 20, 25],
  })
  return {
    recurrence: 1,
    runs: runs.map((run, place) => ({ run, name: `Seed ${place + 1}`, seed: place + 1 })),
    layer: null,
    pattern: 'mean',
    correlation: 'pearson',
    adjusted: 'the mean of each page',
    samples: 600,
    pieces: 9,
    threshold: 0.71,
    thresholdFrom: 'chosen so that 5 % of the channels of untrained networks find a partner',
    pairs: runs.map((run) => ({ run, other: runs.find((one) => one !== run) ?? run, ...shares })),
    overall: shares,
    interval: { name: 'cluster bootstrap, percentile', level: 0.95, resamples: 1000 },
    clusters: [0, 1, 2].map(cluster),
    stability: [0, 1, 2].flatMap((place) =>
      runs.map((run) => ({
        address: `${run}/encoder-1-1/${place}`,
        run,
        layer: 'encoder-1-1',
        channel: place,
        foundIn: 2,
        of: 2,
        partner: `${runs.find((one) => one !== run) ?? run}/encoder-1-1/${place}`,
        similarity: 0.86,
        untrainedSimilarity: 0.4,
        cluster: place + 1,
      })),
    ),
    duplicateKernels: [],
    silent: [],
    sentence: '62 % of the channels of one run find a partner in the other; 5 % did before training.',
    remarks: [],
    seed: 1,
    seconds: 6,
    finishedAt: '2025-11-24T08:06:00.000Z',
  }
}
