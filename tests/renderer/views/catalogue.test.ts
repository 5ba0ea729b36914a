import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import { FakeEngine } from '../support/fake-engine'
import { find, openCorpus, until } from '../support/open-corpus'

async function show(scale = 1): Promise<FakeEngine> {
  const engine = new FakeEngine({ scale })
  await openCorpus(engine)
  await until(() => find('[data-index="2"]'))
  return engine
}

const field = (label: string): HTMLInputElement => {
  const named = [...document.querySelectorAll('label')].find((known) => known.textContent.trim() === label)
  const control = document.getElementById(named?.htmlFor ?? '')
  if (!(control instanceof HTMLInputElement)) throw new Error(`There is no field ${label}.`)
  return control
}
const chosen = (): readonly number[] =>
  [...document.querySelectorAll<HTMLElement>('[aria-pressed=true][data-index]')].map((tile) =>
    Number(tile.dataset['index']),
  )
const text = (): string => document.body.textContent

async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run()
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([])
}

describe('editing on the corpus screen', () => {
  it('chooses several pages by keyboard and writes one field of all; Ctrl+Z takes it back', async () => {
    const engine = await show()
    find('[data-index="0"]').focus()
    await userEvent.keyboard('{Shift>}{ArrowRight}{ArrowRight}{/Shift}')
    await until(() => expect(chosen()).toEqual([0, 1, 2]))
    expect(text()).toContain('3 pages chosen')
    await userEvent.fill(field('Publisher'), 'Peters')
    await userEvent.keyboard('{Enter}')
    await until(() => expect(find('[aria-label="Undo: publisher of 3 pages"]')).toBeTruthy())
    await until(() => expect(field('Publisher').dataset['clean']).toBe(''))
    expect(engine.pages.slice(0, 4).map(({ fields }) => fields['publisher'])).toEqual([
      'Peters',
      'Peters',
      'Peters',
      undefined,
    ])
    await userEvent.keyboard('{Control>}z{/Control}')
    await until(() => expect(engine.pages[0]?.fields['publisher']).toBeUndefined())
    await until(() => expect(find('[aria-label="Redo: publisher of 3 pages"]')).toBeTruthy())
  })

  it('shows several values as such, adds a tag, and has no violation with the panel open', async () => {
    const engine = await show()
    await userEvent.click(find('[data-index="0"]'))
    await userEvent.fill(field('Title'), 'Invention')
    await userEvent.keyboard('{Enter}')
    await until(() => expect(engine.pages[0]?.fields['title']).toBe('Invention'))
    await userEvent.click(find('[data-index="2"]'), { modifiers: ['Control'] })
    await until(() => expect(chosen()).toEqual([0, 2]))
    await until(() => expect(field('Title').placeholder).toBe('several values'))
    await userEvent.fill(find('[aria-label="Add a tag"]'), 'checked')
    await userEvent.keyboard('{Enter}')
    await until(() => expect(find('[aria-label="Remove the tag checked"]')).toBeTruthy())
    await expectAccessible()
    await userEvent.keyboard('{Escape}')
    find('[data-index="2"]').focus()
    await userEvent.keyboard('{Escape}')
    await until(() => expect(chosen()).toEqual([]))
  })

  it('renames a node of the tree in place, and asks to merge where the name is taken', async () => {
    const engine = await show()
    const tree = find('[role=tree]')
    tree.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
    await userEvent.keyboard('{ArrowDown}{F2}')
    await until(() => find('[aria-label="New name of Baroque"]'))
    await expectAccessible()
    await userEvent.keyboard('Classical{Enter}')
    await until(() =>
      expect(find('[role=dialog]').textContent).toContain('There is a style called Classical already'),
    )
    await expectAccessible()
    await userEvent.click([...document.querySelectorAll<HTMLElement>('[role=dialog] button')].at(-1) ?? tree)
    await until(() => expect(engine.requests('catalogue', 'merge')).toHaveLength(1))
    await until(() => expect(document.querySelector('[role=dialog]')).toBeNull())
  })

  it('moves pages and makes a field by keyboard, in dialogs without violations', async () => {
    const engine = await show()
    find('[data-index="0"]').focus()
    await userEvent.keyboard('{ArrowRight} ')
    await until(() => expect(chosen()).toEqual([1]))
    const press = async (name: string): Promise<void> => {
      const found = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === name)
      await userEvent.click(found ?? document.body)
    }
    await press('Move to…')
    await until(() => find('[role=dialog]'))
    await expectAccessible()
    await userEvent.fill(field('Piece'), 'Coda')
    await userEvent.keyboard('{Enter}')
    await until(() => expect(engine.pages[1]?.piece).toBe('Coda'))
    await until(() => expect(document.querySelector('[role=dialog]')).toBeNull())
    await press('Another field…')
    await until(() => find('[role=dialog]'))
    await userEvent.fill(field('Name'), 'shelf')
    await expectAccessible()
    await userEvent.keyboard('{Enter}')
    await until(() => expect(field('Shelf')).toBeTruthy())
  })

  it('keeps a search under a name and sorts by a field', async () => {
    const engine = await show()
    await userEvent.fill(find('[role=searchbox]'), 'entertainer')
    await until(() => expect(text()).toContain('12 pages for “entertainer”'))
    const keep = [...document.querySelectorAll('button')].find((one) => one.textContent.includes('Keep this'))
    await userEvent.click(keep ?? document.body)
    await userEvent.fill(field('Name of this search'), 'Rags')
    await userEvent.keyboard('{Enter}')
    await until(() => expect(engine.catalogue.searches).toMatchObject([{ name: 'Rags' }]))
    await userEvent.selectOptions(find('[aria-label="Sort by"]'), 'By file')
    await until(() => expect(text()).toContain('12 groups'))
    await expectAccessible()
  })

  it('asks only for what is in view of 20,400 pages, and chooses and describes all of them at once', async () => {
    const engine = await show(170)
    await until(() => expect(text()).toContain('20,400 pages'))
    const asked = (): number => engine.requests('corpus', 'describe').length
    await until(() =>
      expect(find('[data-index="0"]').ariaLabel).toBe('Invention in C, Johann Sebastian Bach, page 1'),
    )
    expect(asked()).toBe(1)
    find('[data-index="0"]').focus()
    await userEvent.keyboard('{End}')
    await until(() => expect(find('[data-index="20399"]').textContent).toContain('page 1700'))
    expect(asked()).toBe(2)
    await userEvent.keyboard('{Control>}a{/Control}')
    await until(() => expect(text()).toContain('20,400 pages chosen'))
    await until(() => expect(field('Edition').placeholder).toBe('several values'))
    expect(asked()).toBe(2)
  })
})
