import type { TopLevelSpec } from 'vega-lite'
import type { Palette } from './palette'

export interface ChartSize {
  /** Outer size in CSS pixels, axes included. */
  readonly width: number
  readonly height: number
}

/** What every chart says of itself: its size in the page, and that the page's ground shows through. */
export function chartFrame(description: string, size: ChartSize) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description,
    ...size,
    background: 'transparent',
    autosize: { type: 'fit', contains: 'padding' },
  } as const satisfies Partial<TopLevelSpec>
}

/** Type and lines of every chart. */
export function chartConfig(palette: Palette) {
  return {
    font: palette.font,
    view: { stroke: null },
    axis: {
      labelColor: palette.muted,
      titleColor: palette.muted,
      domainColor: palette.rule,
      tickColor: palette.rule,
      gridColor: palette.rule,
      gridOpacity: 0.25,
      labelFontSize: 11,
      titleFontSize: 11,
      titleFontWeight: 'normal',
    },
  } as const satisfies TopLevelSpec['config']
}
