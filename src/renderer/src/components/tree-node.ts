/** What the tree component draws. */
export interface TreeNode {
  readonly key: string
  readonly label: string
  /** A quiet word at the right, e.g. how many pages. */
  readonly note?: string
  /** A sentence: the node gets a warning mark with it. */
  readonly warning?: string | undefined
  readonly children?: readonly TreeNode[]
}

export interface VisibleNode {
  readonly node: TreeNode
  readonly level: number
  readonly position: number
  readonly siblings: number
  readonly parent: string | null
}

/** The nodes that can be seen, top to bottom. */
export function visibleNodes(
  nodes: readonly TreeNode[],
  expanded: ReadonlySet<string>,
  within: { readonly level: number; readonly parent: string | null } = { level: 1, parent: null },
): readonly VisibleNode[] {
  return nodes.flatMap((node, index) => [
    { node, ...within, position: index + 1, siblings: nodes.length },
    ...(expanded.has(node.key)
      ? visibleNodes(node.children ?? [], expanded, { level: within.level + 1, parent: node.key })
      : []),
  ])
}
