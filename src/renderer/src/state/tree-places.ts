/** Nodes of the catalogue's tree, each with its level and what is beside it. */
import type { CatalogueLevel } from '@shared/domain/catalogue'
import type { StyleNode } from '@shared/domain/page'

export interface CatalogueNode {
  /** As the tree component knows it: `composer:5`. */
  readonly key: string
  readonly level: CatalogueLevel
  readonly id: number
  readonly name: string
  readonly pages: number
  /** The names above it and its own: "Baroque › Bach". */
  readonly path: string
  /** Key of the node above; null for a style. */
  readonly above: string | null
}

export function allNodes(styles: readonly StyleNode[]): readonly CatalogueNode[] {
  return styles.flatMap((style) => {
    const ofStyle = nodeOf('style', style, null)
    const composers = style.composers.flatMap((composer) => {
      const ofComposer = nodeOf('composer', composer, ofStyle)
      return [ofComposer, ...composer.pieces.map((piece) => nodeOf('piece', piece, ofComposer))]
    })
    return [ofStyle, ...composers]
  })
}

/** Other nodes below the same one. */
export function siblingsOf(styles: readonly StyleNode[], key: string): readonly CatalogueNode[] {
  const nodes = allNodes(styles)
  const node = nodes.find((known) => known.key === key)
  return nodes.filter(
    (known) => known.level === node?.level && known.above === node.above && known.key !== key,
  )
}

function nodeOf(
  level: CatalogueLevel,
  { id, name, pages }: { readonly id: number; readonly name: string; readonly pages: number },
  above: CatalogueNode | null,
): CatalogueNode {
  const path = above === null ? name : `${above.path} › ${name}`
  return { key: `${level}:${id}`, level, id, name, pages, path, above: above?.key ?? null }
}
