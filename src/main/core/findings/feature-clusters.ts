/** Channels that answer alike, whichever run and layer they are in. */
import type { ChannelStability, ClusterMember, FeatureCluster } from '@shared/domain/findings'
import { averageLink, cutAt } from '../../numerics/average-link'
import { correlations, type Patterns, type Pause } from '../../numerics/correlation'
import { bestSimilarities } from './best-partners'
import { type ComparedChannel, type ComparedRun, strongest } from './compared-run'
import type { ComparedPair } from './recurring-pairs'

export interface Clustering {
  /** Without kernels, which are looked up afterwards. */
  readonly clusters: readonly (Omit<FeatureCluster, 'members'> & {
    readonly members: readonly (Omit<ClusterMember, 'kernel'> & { readonly place: number })[]
  })[]
  /** Cluster of each channel, by address; channels that are alone have none. */
  readonly clusterOf: ReadonlyMap<string, number>
}

/**
 * Average linkage over all channels of all runs, cut at the threshold.
 * @param samples the sample of each row of the patterns
 */
export async function clusterChannels(
  runs: readonly ComparedRun[],
  {
    threshold,
    samples,
    pause,
  }: { readonly threshold: number; readonly samples: Int32Array; readonly pause: Pause },
): Promise<Clustering> {
  const channels = runs.flatMap((run) => run.channels)
  const examples = runs.flatMap((run) => run.examples)
  const all = pooled(runs.map(({ trained }) => trained))
  const similarities = await correlations(all, all, pause)
  const merges = await averageLink(similarities.slice(), all.rows, pause)
  const groupOf = cutAt(merges, all.rows, threshold)
  const groups = [...Map.groupBy(channels.keys(), (at) => groupOf[at] ?? 0).values()]
    // A channel and itself pooled are no finding.
    .filter((places) => new Set(places.map((place) => channels[place]?.identity)).size > 1)
    .sort(
      (a, b) => runsOf(channels, b) - runsOf(channels, a) || b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0),
    )
  const between = (one: number, other: number): number => similarities[one * all.rows + other] ?? 0
  const clusters = groups.map((places, at) => {
    const cluster = at + 1
    const members = places
      .map((place) => member(place, { channels, examples, similarity: meanTo(place, places, between) }))
      .sort((a, b) => b.similarity - a.similarity || a.place - b.place)
    const layers = members.map(({ layer }) => layer)
    return {
      cluster,
      members,
      runs: runsOf(channels, places),
      prevalence: places.length / channels.length,
      meanSimilarity: members.reduce((sum, { similarity }) => sum + similarity, 0) / members.length,
      inEncoder: layers.some((layer) => layer.startsWith('encoder')),
      inDecoder: layers.some((layer) => layer.startsWith('decoder')),
      examples: strongest(meanPattern(all, places), { column: 0, of: 1 }).map((row) => samples[row] ?? 0),
    }
  })
  const clusterOf = new Map(
    clusters.flatMap(({ cluster, members }) => members.map(({ address }) => [address, cluster] as const)),
  )
  return { clusters, clusterOf }
}

/** In how many of the runs each channel is found. */
export function stabilityOf(
  runs: readonly ComparedRun[],
  pairs: readonly ComparedPair[],
  { threshold, clusterOf }: { readonly threshold: number; readonly clusterOf: ReadonlyMap<string, number> },
): readonly ChannelStability[] {
  return runs.flatMap((run) => {
    const own = pairs
      .filter(({ one }) => one === run)
      .map((pair) => ({
        ...pair,
        best: bestSimilarities(pair.trained),
        bestUntrained: bestSimilarities(pair.across),
      }))
    return run.channels.map(({ address, layer, channel }, row): ChannelStability => {
      const [nearest] = [...own].sort((a, b) => (b.best[row] ?? -1) - (a.best[row] ?? -1))
      const others = own.filter(({ other }) => other !== run)
      const found = others.filter(({ best }) => (best[row] ?? -1) >= threshold).length
      const partner = nearest?.trained.candidates[row * nearest.trained.kept]
      const hasPartner = nearest !== undefined && nearest.trained.kept > 0 && partner !== undefined
      return {
        address,
        run: run.plan.run,
        layer,
        channel,
        foundIn: 1 + found,
        of: runs.length,
        partner: hasPartner ? (nearest.other.channels[partner]?.address ?? null) : null,
        similarity: hasPartner ? (nearest.best[row] ?? null) : null,
        untrainedSimilarity:
          own.length === 0 ? null : Math.max(...own.map(({ bestUntrained }) => bestUntrained[row] ?? -1)),
        cluster: clusterOf.get(address) ?? null,
      }
    })
  })
}

interface MemberOptions {
  readonly channels: readonly ComparedChannel[]
  readonly examples: readonly (readonly number[])[]
  readonly similarity: number
}

function member(
  place: number,
  { channels, examples, similarity }: MemberOptions,
): Clustering['clusters'][number]['members'][number] {
  const channel = channels[place]
  if (channel === undefined) throw new RangeError(`No channel ${place}.`)
  const { address, run, layer } = channel
  return { place, address, run, layer, channel: channel.channel, similarity, examples: examples[place] ?? [] }
}

const runsOf = (channels: readonly ComparedChannel[], places: readonly number[]): number =>
  new Set(places.map((place) => channels[place]?.run)).size

function meanTo(
  place: number,
  places: readonly number[],
  between: (one: number, other: number) => number,
): number {
  const others = places.filter((other) => other !== place)
  return others.reduce((sum, other) => sum + between(place, other), 0) / others.length
}

function meanPattern({ length, values }: Patterns, places: readonly number[]): Float64Array {
  return Float64Array.from({ length }, (_, sample) =>
    places.reduce((sum, place) => sum + (values[place * length + sample] ?? 0), 0),
  )
}

function pooled(all: readonly Patterns[]): Patterns {
  const length = all[0]?.length ?? 0
  const rows = all.reduce((sum, each) => sum + each.rows, 0)
  const values = new Float32Array(rows * length)
  let from = 0
  for (const each of all) {
    values.set(each.values, from)
    from += each.values.length
  }
  return { rows, length, values, silent: all.flatMap(({ silent }) => silent) }
}
