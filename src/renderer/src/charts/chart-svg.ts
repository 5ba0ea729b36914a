/** Charts for paper: the same specification, drawn without a screen. */
import { parse, View } from 'vega'
import { expressionInterpreter } from 'vega-interpreter'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { ChartSize } from './chart-frame'

/** The chart as SVG of exactly this size. */
export async function chartSvg(
  spec: TopLevelSpec,
  size: ChartSize,
): Promise<{
  readonly width: number
  readonly height: number
  readonly svg: string
}> {
  const view = new View(parse(compile(spec).spec, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'none',
  })
  try {
    await view.runAsync()
    return { ...size, svg: await view.toSVG() }
  } finally {
    view.finalize()
  }
}
