import { createRawSnippet, flushSync, type Component } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import ThumbnailGrid, {
  type ThumbnailGridProps,
} from '../../../src/renderer/src/components/ThumbnailGrid.svelte'
import { reactive } from '../support/reactive.svelte'
import { render, type Rendered } from '../support/rendering'

const ITEMS = 20_000
/** 1000 pixels less the scroll bar hold seven tiles of 120 with gaps of 8. */
const COLUMNS = 7

let rendered: Rendered | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

type Props = ThumbnailGridProps<number> & Record<string, unknown>

async function renderGrid(change: Partial<Props> = {}): Promise<{ opened: number[]; props: Props }> {
  const opened: number[] = []
  const props = reactive<Props>({
    label: 'Pages',
    items: Array.from({ length: ITEMS }, (_, index) => index),
    name: (item: number) => `page ${item}`,
    active: 0,
    tileWidth: 120,
    tileHeight: 150,
    tile: createRawSnippet(() => ({ render: () => '<i></i>' })),
    onActive: (index: number) => (props.active = index),
    onOpen: (index: number) => opened.push(index),
    ...change,
  })
  rendered = render(ThumbnailGrid as Component<Props>, props)
  await vi.waitFor(() => expect(tiles().length).toBeGreaterThan(COLUMNS))
  return { opened, props }
}

const tiles = (): readonly HTMLElement[] => [
  ...(rendered?.target.querySelectorAll<HTMLElement>('[data-index]') ?? []),
]
const focused = (): string | undefined => (document.activeElement as HTMLElement | null)?.dataset['index']

async function focusGrid(): Promise<void> {
  tiles()[0]?.focus()
  await vi.waitFor(() => expect(focused()).toBe('0'))
}

describe('the thumbnail grid', () => {
  it('holds only the tiles in view of 20,000', async () => {
    await renderGrid()
    expect(tiles().length).toBeLessThan(120)
    expect(tiles()[0]?.getAttribute('aria-label')).toBe('page 0')
  })

  it('brings a tile into view that is made active from outside', async () => {
    const { props } = await renderGrid()
    props.active = 5000
    await vi.waitFor(() => expect(tiles().map((tile) => tile.dataset['index'])).toContain('4999'))
    const tile = tiles()
      .find((one) => one.dataset['index'] === '5000')
      ?.getBoundingClientRect()
    const box = rendered?.target.getBoundingClientRect()
    expect(tile?.bottom).toBeLessThanOrEqual((box?.bottom ?? 0) + 1)
    expect(tile?.top).toBeGreaterThanOrEqual((box?.top ?? 0) - 1)
  })

  it('moves with the arrows, by one and by rows', async () => {
    const { props } = await renderGrid()
    await focusGrid()
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowDown}')
    expect(props.active).toBe(2 + COLUMNS)
    await userEvent.keyboard('{ArrowLeft}{ArrowUp}')
    expect(props.active).toBe(1)
    await vi.waitFor(() => expect(focused()).toBe('1'))
  })

  it('reaches the last tile with End and the first with Home, wherever they are', async () => {
    const { props } = await renderGrid()
    await focusGrid()
    await userEvent.keyboard('{End}')
    await vi.waitFor(() => expect(focused()).toBe(String(ITEMS - 1)))
    const box = document.activeElement?.getBoundingClientRect()
    await vi.waitFor(() => expect(box?.top).toBeLessThan(1000))
    await userEvent.keyboard('{Home}')
    await vi.waitFor(() => expect(focused()).toBe('0'))
    expect(props.active).toBe(0)
  })

  it('moves by what is in view with Page Down and Page Up', async () => {
    const { props } = await renderGrid()
    await focusGrid()
    await userEvent.keyboard('{PageDown}')
    expect(props.active).toBe(4 * COLUMNS)
    await userEvent.keyboard('{PageUp}')
    expect(props.active).toBe(0)
  })

  it('opens with Enter and with a double click', async () => {
    const { opened } = await renderGrid()
    await focusGrid()
    await userEvent.keyboard('{ArrowRight}{Enter}')
    expect(opened).toEqual([1])
    tiles()[0]?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
    flushSync()
    expect(opened).toEqual([1, 0])
  })

  it('stays at its ends', async () => {
    const { props } = await renderGrid()
    await focusGrid()
    await userEvent.keyboard('{ArrowLeft}{ArrowUp}')
    expect(props.active).toBe(0)
  })

  it('shows the active tile from the start, and gives it the keyboard where wanted', async () => {
    await renderGrid({ active: 15_000, startFocused: true })
    await vi.waitFor(() => expect(focused()).toBe('15000'))
    await vi.waitFor(() => expect(tiles().length).toBeGreaterThan(COLUMNS))
  })

  it('is one stop of the Tab key', async () => {
    await renderGrid()
    expect(tiles().filter((tile) => tile.tabIndex === 0)).toHaveLength(1)
  })
})
