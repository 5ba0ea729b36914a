/** From a chart's specification to a view that draws it. */
import { parse, View, type ViewOptions } from 'vega'
import { expressionInterpreter } from 'vega-interpreter'
import { compile, type TopLevelSpec } from 'vega-lite'

/** Expressions are interpreted: the page runs no code made from strings. */
export function chartView(spec: TopLevelSpec, options: ViewOptions): View {
  return new View(parse(compile(spec).spec, undefined, { ast: true }), {
    expr: expressionInterpreter,
    ...options,
  })
}
