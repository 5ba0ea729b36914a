import type { ChannelContrast } from '@shared/domain/findings'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'

export interface EffectScatterLook {
  /** A q below this counts as found. */
  readonly level: number
  readonly palette: Palette
}

/**
 * Every channel as a dot: how large its effect is, against how sure it is (−log₁₀ q, so that surer is higher). The line
 * is the level from which on a channel counts as found. A dot's key is its address.
 */
export function effectScatter(
  channels: readonly ChannelContrast[],
  size: ChartSize,
  { level, palette }: EffectScatterLook,
): TopLevelSpec {
  const dots = channels.flatMap(({ address, layer, channel, effect, effectByChance, q, standsOut }) =>
    effect === null
      ? []
      : [
          {
            key: address,
            name: `${layer}/${channel}`,
            effect: effect.value,
            chance: effectByChance ?? 0,
            sure: -Math.log10(q),
            q,
            kind: q < level ? 'found' : 'not found',
            stands: standsOut?.className ?? '',
          },
        ],
  )
  const y = {
    type: 'quantitative',
    axis: { title: 'how sure: −log₁₀ q', tickCount: 4, format: '~g' },
    scale: { domainMin: 0 },
  } as const
  return {
    ...chartFrame('Effect of every channel against how sure it is', size),
    datasets: { dots, level: [{ sure: -Math.log10(level) }] },
    layer: [
      {
        data: { name: 'level' },
        mark: { type: 'rule', strokeDash: [4, 3], color: palette.muted },
        encoding: { y: { field: 'sure', ...y } },
      },
      {
        data: { name: 'dots' },
        mark: { type: 'point', filled: true, size: 55, opacity: 0.75 },
        encoding: {
          x: {
            field: 'effect',
            type: 'quantitative',
            axis: { title: 'effect: share of the differences explained (ε²)', tickCount: 5, format: '~g' },
            scale: { zero: false, padding: 8 },
          },
          y: { field: 'sure', ...y },
          color: {
            field: 'kind',
            type: 'nominal',
            legend: null,
            scale: { domain: ['found', 'not found'], range: [palette.validation, palette.training] },
          },
          shape: {
            field: 'kind',
            type: 'nominal',
            legend: null,
            scale: { domain: ['found', 'not found'], range: ['circle', 'diamond'] },
          },
          tooltip: [
            { field: 'name', type: 'nominal', title: 'channel' },
            { field: 'effect', type: 'quantitative', title: 'effect', format: '.2f' },
            { field: 'chance', type: 'quantitative', title: 'by chance', format: '.2f' },
            { field: 'q', type: 'quantitative', title: 'q', format: '.3~g' },
            { field: 'stands', type: 'nominal', title: 'stands out' },
          ],
        },
      },
    ],
    config: chartConfig(palette),
  } satisfies TopLevelSpec
}
