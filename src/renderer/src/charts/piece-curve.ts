import type { PieceActivation } from '@shared/domain/feature'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, chartFrame, type ChartSize } from './chart-frame'
import type { Palette } from './palette'

export interface NamedPiece {
  readonly name: string
  readonly activation: PieceActivation
}

/** Mean activation page after page; of two pieces, both on the same axes. */
export function pieceCurve(
  pieces: readonly NamedPiece[],
  size: ChartSize,
  { palette }: { readonly palette: Palette },
): TopLevelSpec {
  const points = pieces.flatMap(({ name, activation }) =>
    activation.pages.map(({ pageNumber, mean, density }) => ({ name, pageNumber, mean, density })),
  )
  const pages = Math.max(1, ...points.map((point) => point.pageNumber))
  const color = {
    field: 'name',
    type: 'nominal',
    legend: null,
    scale: { domain: pieces.map(({ name }) => name), range: [palette.training, palette.validation] },
  } as const
  return {
    ...chartFrame('Mean activation page after page', size),
    datasets: { points },
    data: { name: 'points' },
    mark: { type: 'line', point: { size: 40 }, strokeWidth: 1.5 },
    encoding: {
      x: {
        field: 'pageNumber',
        type: 'quantitative',
        scale: { domain: [1, Math.max(2, pages)], nice: false, padding: 12 },
        axis: { title: 'page', tickMinStep: 1, tickCount: Math.min(12, pages), format: 'd', grid: false },
      },
      y: {
        field: 'mean',
        type: 'quantitative',
        axis: { title: 'mean activation', format: '~g', tickCount: 4 },
      },
      color,
      tooltip: [
        { field: 'name', type: 'nominal', title: 'piece' },
        { field: 'pageNumber', type: 'quantitative', title: 'page' },
        { field: 'mean', type: 'quantitative', title: 'mean activation', format: '.3~g' },
        { field: 'density', type: 'quantitative', title: 'share of places above 0', format: '.2~%' },
      ],
    },
    config: chartConfig(palette),
  } satisfies TopLevelSpec
}
