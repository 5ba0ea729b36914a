import { flushSync, type ComponentProps } from 'svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import Tree from '../../../src/renderer/src/components/Tree.svelte'
import type { TreeNode } from '../../../src/renderer/src/components/tree-node'
import { treeNodes } from '../../../src/renderer/src/views/corpus/tree-nodes'
import { fakePages, fakeTree } from '../support/fake-corpus'
import { render, type Rendered } from '../support/rendering'
import { reactive } from '../support/reactive.svelte'

const NODES: readonly TreeNode[] = treeNodes(fakeTree(fakePages()))

let rendered: Rendered | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

function renderTree(expanded: readonly string[]): { selected: string[]; focused: () => string | null } {
  const selected: string[] = []
  const props = reactive<ComponentProps<typeof Tree> & Record<string, unknown>>({
    label: 'Corpus',
    nodes: NODES,
    selected: null,
    expanded: new Set(expanded),
    onSelect: (key: string) => {
      selected.push(key)
      props.selected = key
    },
    onExpand: (key: string, open: boolean) => {
      const next = new Set(props.expanded)
      if (open) next.add(key)
      else next.delete(key)
      props.expanded = next
    },
  })
  rendered = render(Tree, props)
  return { selected, focused: () => document.activeElement?.getAttribute('title') ?? null }
}

const items = (): readonly Element[] => [...(rendered?.target.querySelectorAll('[role=treeitem]') ?? [])]
const titles = (): (string | null)[] => items().map((item) => item.getAttribute('title'))

describe('the tree', () => {
  it('shows only what is open, with levels and positions for screen readers', () => {
    renderTree(['all'])
    expect(titles()).toEqual(['All pages', 'Baroque', 'Classical', 'Ragtime'])
    expect(items()[2]?.getAttribute('aria-level')).toBe('2')
    expect(items()[2]?.getAttribute('aria-posinset')).toBe('2')
    expect(items()[2]?.getAttribute('aria-setsize')).toBe('3')
    expect(items()[2]?.getAttribute('aria-expanded')).toBe('false')
  })

  it('marks composers with fewer than 30 pages', () => {
    renderTree(['all', 'style:1'])
    expect(titles()).toContain('Arcangelo Corelli: only 12 of at least 30 pages')
    expect(titles()).toContain('Johann Sebastian Bach')
  })

  it('is one stop of the Tab key and moves with the arrows', async () => {
    const { focused } = renderTree(['all'])
    await userEvent.keyboard('{Tab}{ArrowDown}{ArrowDown}')
    expect(focused()).toBe('Classical')
    await userEvent.keyboard('{ArrowUp}')
    expect(focused()).toBe('Baroque')
    await userEvent.keyboard('{End}')
    expect(focused()).toBe('Ragtime')
    await userEvent.keyboard('{Home}')
    expect(focused()).toBe('All pages')
    expect(items().filter((item) => item.getAttribute('tabindex') === '0')).toHaveLength(1)
  })

  it('opens with right, goes in with right again, out and shut with left', async () => {
    const { focused } = renderTree(['all'])
    await userEvent.keyboard('{Tab}{ArrowDown}{ArrowRight}')
    expect(titles()).toContain('Johann Sebastian Bach')
    await userEvent.keyboard('{ArrowRight}')
    expect(focused()).toBe('Johann Sebastian Bach')
    await userEvent.keyboard('{ArrowLeft}')
    expect(focused()).toBe('Baroque')
    await userEvent.keyboard('{ArrowLeft}')
    expect(titles()).not.toContain('Johann Sebastian Bach')
  })

  it('selects at any level with Enter or Space', async () => {
    const { selected } = renderTree(['all', 'style:1', 'composer:1'])
    await userEvent.keyboard('{Tab}{ArrowDown}{Enter}{ArrowDown} {ArrowDown}{Enter}')
    expect(selected).toEqual(['style:1', 'composer:1', 'piece:1'])
  })

  it('jumps to a letter', async () => {
    const { focused } = renderTree(['all'])
    await userEvent.keyboard('{Tab}r')
    expect(focused()).toBe('Ragtime')
  })

  it('selects by click', () => {
    const { selected } = renderTree(['all'])
    ;(items()[1] as HTMLElement).click()
    flushSync()
    expect(selected).toEqual(['style:1'])
    expect(items()[1]?.getAttribute('aria-selected')).toBe('true')
  })
})
