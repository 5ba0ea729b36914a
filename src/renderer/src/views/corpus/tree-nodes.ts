/** The catalogue as nodes of a tree component. */
import type { StyleNode } from '@shared/domain/page'
import type { TreeNode } from '../../components/tree-node'
import { formatCount } from '../../state/format'
import { EVERYTHING } from '../../state/corpus.svelte'

/** The study asks for at least so many pages of a composer. */
export const LEAST_PAGES = 30

/** One root for everything; composers with too few pages carry a warning. */
export function treeNodes(styles: readonly StyleNode[]): readonly TreeNode[] {
  const pages = styles.reduce((sum, style) => sum + style.pages, 0)
  const nodes = styles.map((style) => ({
    key: `style:${style.id}`,
    label: style.name,
    note: formatCount(style.pages),
    children: style.composers.map((composer) => ({
      key: `composer:${composer.id}`,
      label: composer.name,
      note: formatCount(composer.pages),
      warning: composer.pages < LEAST_PAGES ? fewPages(composer.pages) : undefined,
      children: composer.pieces.map((piece) => ({
        key: `piece:${piece.id}`,
        label: piece.name,
        note: formatCount(piece.pages),
      })),
    })),
  }))
  return [{ key: EVERYTHING, label: 'All pages', note: formatCount(pages), children: nodes }]
}

/** Why a composer is marked. */
export function fewPages(pages: number): string {
  return `only ${formatCount(pages)} of at least ${LEAST_PAGES} pages`
}

/** The names from the style down to a node, e.g. ["Baroque", "Bach"]; empty for everything. */
export function pathTo(styles: readonly StyleNode[], key: string): readonly string[] {
  for (const style of styles) {
    if (key === `style:${style.id}`) return [style.name]
    for (const composer of style.composers) {
      if (key === `composer:${composer.id}`) return [style.name, composer.name]
      const piece = composer.pieces.find((node) => key === `piece:${node.id}`)
      if (piece !== undefined) return [style.name, composer.name, piece.name]
    }
  }
  return []
}
