/** Charts for paper: the same specification, drawn without a screen. */
import type { TopLevelSpec } from 'vega-lite'
import type { ChartSize } from './chart-frame'
import { chartView } from './chart-view'

/** The chart as SVG of exactly this size. */
export async function chartSvg(
  spec: TopLevelSpec,
  size: ChartSize,
): Promise<{
  readonly width: number
  readonly height: number
  readonly svg: string
}> {
  const view = chartView(spec, { renderer: 'none' })
  try {
    await view.runAsync()
    return { ...size, svg: await view.toSVG() }
  } finally {
    view.finalize()
  }
}
