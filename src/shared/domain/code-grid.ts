/** How a bottleneck becomes a short code: averaged over the cells of a grid. */

/** Cells along each side. */
export const CODE_GRID = 2

/** First row (or column) of each cell along a side of the bottleneck, and the one after its last; no cell is empty. */
export function gridCells(side: number): readonly { readonly from: number; readonly to: number }[] {
  const cells = Math.min(CODE_GRID, side)
  return Array.from({ length: cells }, (_, cell) => ({
    from: Math.floor((cell * side) / cells),
    to: Math.floor(((cell + 1) * side) / cells),
  }))
}
