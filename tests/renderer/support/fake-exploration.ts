/** What a trained model finds, made up: features, what channels cost, channels over pages and pieces. */
import type { LocalApi } from '@shared/api'
import { HISTOGRAM_BINS, HISTOGRAM_EDGES } from '@shared/domain/histogram'
import type {
  AblationReport,
  ActivationBand,
  ChannelPage,
  PageActivation,
  PieceActivation,
  PlacedTop,
} from '@shared/domain/feature'
import type { Page } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import { fakeTree } from './fake-corpus'
import type { FakeEngine } from './fake-engine'
import {
  FAKE_DESCRIPTION,
  fakeActivations,
  fakeChannel,
  fakeFeatures,
  fakeKernels,
  fakeLayer,
  fakeReconstruction,
} from './fake-model'

export function explorationApi(engine: FakeEngine): LocalApi['exploration'] {
  const piecePages = (piece: number): readonly Page[] => {
    const pages = engine.selectPages({ piece })
    if (pages.length === 0 || pages.length === engine.pages.length)
      throw AppError.of('exploration/piece-unknown', { piece })
    return pages
  }
  return {
    layers: () => FAKE_DESCRIPTION,
    computeFeatures: ({ run }) => ({
      job: engine.startJob('features', 'Computing features', run).job,
      kind: 'features',
    }),
    features: ({ run, layer }) => fakeFeatures(run, engine.samples, layer),
    channel: ({ run, layer, channel }) => fakeChannel(run, layer, { channel, samples: engine.samples }),
    kernels: ({ layer }) => fakeKernels(layer),
    activations: ({ layer, index }) => fakeActivations(layer, index),
    reconstruct: ({ index, channels }) => fakeReconstruction(index, channels),
    ablate: ({ run }) => ({
      job: engine.startJob('ablate', 'Measuring what each channel costs', run).job,
      kind: 'ablate',
    }),
    losses: ({ run, layer }) => engine.losses.get(`${run}/${layer}`) ?? null,
    pageActivation: ({ layer, channel, page }) => {
      const found = engine.pages.find((known) => known.id === page)
      if (found === undefined) throw AppError.of('corpus/page-unknown', { page })
      return fakePageActivation(found, layer, channel)
    },
    pieceActivation: ({ run, layer, channel, piece }) =>
      fakePieceActivation(piecePages(piece), { run, layer, channel, piece }),
  }
}

/** The ids of pieces as the fake tree counts them, by name. */
export function fakePieceId(pages: readonly Page[], piece: string): number {
  const pieces = fakeTree(pages).flatMap((style) => style.composers.flatMap((composer) => composer.pieces))
  const found = pieces.find((node) => node.name === piece)
  if (found === undefined) throw new Error(`The fake corpus has no piece ${piece}.`)
  return found.id
}

/** What a channel's page holds besides its numbers. */
export function fakeChannelDetails(
  channel: number,
  tops: readonly PlacedTop[],
): Pick<ChannelPage, 'histogram' | 'bands' | 'correlations' | 'correlationsWithin' | 'ranks' | 'samples'> {
  const counts = Array.from({ length: HISTOGRAM_BINS }, (_, bin) =>
    Math.round(4000 * Math.exp(-((bin - 36 - (channel % 5)) ** 2) / 60)),
  )
  const band = (part: number): ActivationBand => ({
    low: part * 0.6,
    high: (part + 1) * 0.6,
    samples: 120,
    picks: tops.slice(part % 3, (part % 3) + 4).map((top) => ({ ...top, activation: (part + 0.5) * 0.6 })),
  })
  const other = (by: number): number => (channel + by) % 8
  const share = (by: number): number => (channel * 37 + by * 21) % 101
  return {
    samples: 600,
    histogram: { edges: HISTOGRAM_EDGES, counts, silent: 90_000 },
    bands: [0, 1, 2, 3, 4].map(band),
    correlations: {
      positive: [{ layer: 'encoder-2-1', channel: other(1), correlation: 0.82 }],
      negative: [{ layer: 'decoder-1-1', channel: other(2), correlation: -0.41 }],
    },
    correlationsWithin: {
      positive: [
        { layer: 'encoder-1-1', channel: other(3), correlation: 0.64 },
        { layer: 'encoder-1-1', channel: other(4), correlation: 0.22 },
      ],
      negative: [],
    },
    ranks: { density: share(0), mean: share(1), maximum: share(2), lossWhenAbsent: null },
  }
}

/** Losses of every channel of a layer; the first costs most. */
export function fakeAblation(
  run: string,
  name: string,
  change: Partial<AblationReport> = {},
): AblationReport {
  const styles = ['Baroque', 'Classical', 'Ragtime']
  const composers = ['Johann Sebastian Bach', 'Joseph Haydn', 'Scott Joplin']
  const shared = (names: readonly string[], value: number): Readonly<Record<string, number>> =>
    Object.fromEntries(names.map((known, place) => [known, value * (0.6 + 0.4 * place)]))
  return {
    run,
    layer: name,
    channels: Array.from({ length: fakeLayer(name).channels }, (_, channel) => {
      const value = 0.004 / (channel + 1)
      return {
        channel,
        increase: { value, low: value * 0.7, high: value * 1.4 },
        byStyle: shared(styles, value),
        byComposer: shared(composers, value),
      }
    }),
    intactMse: 0.0072,
    intactByStyle: shared(styles, 0.0072),
    intactByComposer: shared(composers, 0.0072),
    crops: 120,
    heldOut: true,
    pieces: 4,
    interval: {
      name: 'cluster bootstrap, percentile',
      level: 0.95,
      unit: 'piece',
      units: 4,
      resamples: 1000,
      seed: 1,
    },
    weightsSha256: 'c0ffee'.padEnd(64, '0'),
    seconds: 4.1,
    finishedAt: '2025-11-24T08:05:00.000Z',
    ...change,
  }
}

/** Stripes that depend on the channel and the page. */
export function fakePageActivation(page: Page, name: string, channel: number): PageActivation {
  const field = fakeLayer(name).receptiveField
  const pixelsPerUnit = Math.max(14, field.stride * 14)
  const width = Math.floor(page.width / pixelsPerUnit)
  const height = Math.floor(page.height / pixelsPerUnit)
  const map = Float32Array.from({ length: width * height }, (_, unit) =>
    Math.max(
      0,
      Math.sin(Math.floor(unit / width) * 0.7 + page.id) * Math.cos((unit % width) * 0.3 + channel),
    ),
  )
  return {
    page: page.id,
    layer: name,
    channel,
    width,
    height,
    pixelsPerUnit,
    offsetX: 0,
    offsetY: 0,
    seen: { x: field.offset * 14, y: field.offset * 14, size: field.size * 14 },
    pageWidth: page.width,
    pageHeight: page.height,
    map,
    maximum: map.reduce((most, value) => Math.max(most, value), 0),
  }
}

function fakePieceActivation(
  pages: readonly Page[],
  at: { readonly run: string; readonly layer: string; readonly channel: number; readonly piece: number },
): PieceActivation {
  return {
    ...at,
    pages: pages.map((page, place) => ({
      page: page.id,
      pageNumber: page.page,
      file: page.file,
      mean: 0.2 + 0.1 * Math.sin(place + at.channel),
      density: 0.3 + 0.1 * Math.cos(place),
      maximum: 2 + Math.sin(place * 2),
      ribbon: Array.from({ length: 24 }, (_, strip) => 0.2 + 0.2 * Math.sin(strip * 0.5 + place)),
    })),
  }
}
