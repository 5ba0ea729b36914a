/** What a reconstruction is with channels of any layers switched off or turned up. */
import type { AblatedErrors, ChannelScale } from '@shared/compute-api'
import type { Layer } from '@shared/domain/architecture'
import { requireChannel, requireLayer } from '@shared/domain/layers'
import { throwIfCancelled } from '@shared/errors'
import { setImmediate } from 'node:timers/promises'
import { squaredErrorOf } from './pixels'
import type { SampleSource } from './samples'
import type { TrainedModel } from './trained-model'

/** Activations kept, so that switching channels off and on computes only what follows. */
const KEPT_BYTES = 128 * 1024 * 1024

/** One layer's output for one sample, by `sample/layer`; those looked at last are kept. */
export class KeptActivations {
  private readonly kept = new Map<string, Float32Array>()
  private bytes = 0

  get(key: string, compute: () => Float32Array): Float32Array {
    const known = this.kept.get(key) ?? compute()
    if (this.kept.delete(key)) this.bytes -= known.byteLength
    this.kept.set(key, known)
    this.bytes += known.byteLength
    for (const [oldest, { byteLength }] of this.kept) {
      if (this.bytes <= KEPT_BYTES || oldest === key) break
      this.kept.delete(oldest)
      this.bytes -= byteLength
    }
    return known
  }
}

export interface AblatedModel {
  readonly model: TrainedModel
  readonly layers: readonly Layer[]
  readonly kept: KeptActivations
}

/**
 * The output for one sample with channels scaled, each at every position of its layer, before what follows is computed.
 * Nothing before the first changed layer is computed twice.
 * @throws AppError exploration/layer-unknown, exploration/channel-unknown
 */
export function scaledOutput(
  { model, layers, kept }: AblatedModel,
  sample: { readonly index: number; readonly pixels: Uint8Array; readonly channels: readonly ChannelScale[] },
): Float32Array {
  const changes = changesByLayer(layers, sample.channels)
  let [from = 'bottleneck'] = changes.keys()
  let values = kept.get(`${sample.index}/${from}`, () => model.layer(from, sample.pixels))
  for (const [layer, scales] of changes) {
    values = scaleChannels(model.resume(from, values, layer), scales)
    from = layer
  }
  return model.resume(from, values, 'output')
}

/** One factor per channel for every layer that is changed, in the order of the network. */
function changesByLayer(
  layers: readonly Layer[],
  channels: readonly ChannelScale[],
): ReadonlyMap<string, Float32Array> {
  const scales = new Map(layers.map((layer) => [layer.name, new Float32Array(layer.channels).fill(1)]))
  for (const { layer, channel, scale } of channels) {
    requireChannel(requireLayer(layers, layer), channel)
    scales.get(layer)?.set([scale], channel)
  }
  return new Map([...scales].filter(([, factors]) => factors.some((factor) => factor !== 1)))
}

/** A copy with every channel multiplied by its factor. */
function scaleChannels(values: Float32Array, factors: Float32Array): Float32Array {
  const scaled = values.slice()
  for (const [channel, factor] of factors.entries()) {
    if (factor === 1) continue
    for (let at = channel; at < scaled.length; at += factors.length) scaled[at] = (scaled[at] ?? 0) * factor
  }
  return scaled
}

/**
 * The error of every sample's reconstruction without each of some channels in turn. The layer's output is computed
 * once per sample, and what follows it once per channel; a channel that is silent on the samples costs nothing.
 * @throws Cancelled
 */
export async function ablateChannels(of: {
  readonly model: TrainedModel
  readonly samples: SampleSource
  readonly layer: Layer
  readonly channels: readonly number[]
  readonly indices: readonly number[]
  /** Samples per native call. */
  readonly together: number
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}): Promise<Pick<AblatedErrors, 'intact' | 'without'>> {
  const { model, samples, layer, channels, indices, together, signal, onProgress } = of
  const intact = new Float32Array(indices.length)
  const without = new Float32Array(channels.length * indices.length)
  for (let from = 0; from < indices.length; from += together) {
    const some = indices.slice(from, from + together)
    const originals = samples.pixels(some)
    const values = model.layer(layer.name, originals)
    const errors = (): Float32Array =>
      errorsOf(model.resume(layer.name, values, 'output'), originals, some.length)
    const whole = errors()
    intact.set(whole, from)
    for (const [place, channel] of channels.entries()) {
      await setImmediate()
      throwIfCancelled(signal)
      const kept = takeOut(values, channel, layer.channels)
      without.set(kept === null ? whole : errors(), place * indices.length + from)
      if (kept !== null) putBack(values, kept, { channel, channels: layer.channels })
      onProgress(from * channels.length + (place + 1) * some.length, indices.length * channels.length)
    }
  }
  return { intact, without }
}

/** Zeroes a channel and returns what it was, or null where it is zero everywhere. */
function takeOut(values: Float32Array, channel: number, channels: number): Float32Array | null {
  const kept = new Float32Array(values.length / channels)
  let silent = true
  for (let at = 0; at < kept.length; at += 1) {
    const value = values[at * channels + channel] ?? 0
    if (value !== 0) silent = false
    kept[at] = value
    values[at * channels + channel] = 0
  }
  return silent ? null : kept
}

function putBack(
  values: Float32Array,
  kept: Float32Array,
  { channel, channels }: { readonly channel: number; readonly channels: number },
): void {
  for (const [at, value] of kept.entries()) values[at * channels + channel] = value
}

function errorsOf(outputs: Float32Array, originals: Uint8Array, samples: number): Float32Array {
  const each = originals.length / samples
  return Float32Array.from({ length: samples }, (_, sample) => {
    const place = [sample * each, (sample + 1) * each] as const
    return squaredErrorOf(outputs.subarray(...place), originals.subarray(...place))
  })
}
