/** Layers and channels by name and number, as requests give them. */
import { AppError } from '../errors'
import type { Layer } from './architecture'

/** @throws AppError exploration/layer-unknown, naming those there are */
export function requireLayer(layers: readonly Layer[], name: string): Layer {
  const layer = layers.find((known) => known.name === name)
  if (layer !== undefined) return layer
  throw AppError.of('exploration/layer-unknown', { layer: name, layers: layers.map((known) => known.name) })
}

/** @throws AppError exploration/channel-unknown */
export function requireChannel({ name, channels }: Pick<Layer, 'name' | 'channels'>, channel: number): void {
  if (!Number.isInteger(channel) || channel < 0 || channel >= channels)
    throw AppError.of('exploration/channel-unknown', { layer: name, channel, channels })
}
