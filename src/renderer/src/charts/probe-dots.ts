import type { CategoricalProbe, NumericProbe } from '@shared/domain/latent'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'

export interface ProbeRow {
  readonly name: string
  readonly probe: CategoricalProbe | NumericProbe
}

/**
 * How well fields are read off a code, one under the other: a dot with its interval, beside what shuffled labels reach
 * (the grey bar), what guessing reaches (the line) and what always naming the most frequent value does (the thin line).
 */
export function probeDots(rows: readonly ProbeRow[], size: ChartSize, palette: Palette): TopLevelSpec {
  const dots = rows.map(({ name, probe }) => {
    const categorical = probe.kind === 'categorical'
    const { value, low, high } = categorical ? probe.balancedAccuracy : probe.r2
    return {
      name,
      value,
      low: low ?? value,
      high: high ?? value,
      zero: 0,
      shuffled: Math.max(0, probe.shuffled.high),
      chance: categorical ? probe.chance : null,
      majority: categorical ? probe.majority : null,
    }
  })
  const y = {
    field: 'name',
    type: 'nominal',
    sort: dots.map((dot) => dot.name),
    axis: { title: null, labelLimit: 240, domain: false, ticks: false, labelPadding: 8 },
  } as const
  const domain: number[] = [Math.min(0, ...dots.map((dot) => dot.low)), 1]
  const x = (field: string) =>
    ({
      field,
      type: 'quantitative',
      axis: {
        title: 'balanced accuracy (line: chance, thin: majority, grey: shuffled labels), or R²',
        format: '~g',
      },
      scale: { domain, nice: false },
    }) as const
  const data = { name: 'dots' } as const
  return {
    ...chartFrame('how well fields are read off the code', size),
    datasets: { dots },
    layer: [
      {
        data,
        mark: { type: 'bar', height: 12, color: palette.rule, opacity: 0.35 },
        encoding: { y, x: x('zero'), x2: { field: 'shuffled' } },
      },
      {
        data,
        mark: { type: 'tick', thickness: 1.5, size: 16, color: palette.ink },
        encoding: { y, x: x('chance') },
      },
      {
        data,
        mark: {
          type: 'tick',
          thickness: 1.5,
          size: 16,
          color: palette.ink,
          strokeDash: [2, 2],
          filled: false,
        },
        encoding: { y, x: x('majority') },
      },
      {
        data,
        mark: { type: 'rule', strokeWidth: 2, color: palette.validation },
        encoding: { y, x: x('low'), x2: { field: 'high' } },
      },
      {
        data,
        mark: { type: 'point', filled: true, size: 70, opacity: 1, color: palette.validation },
        encoding: { y, x: x('value') },
      },
    ],
    config: { ...chartConfig(palette), axisY: { labelColor: palette.ink, labelFontSize: 12 } },
  } satisfies TopLevelSpec
}
