import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import { FakeEngine } from '../support/fake-engine'
import { find, openCorpus, until } from '../support/open-corpus'

const check = (name: string): HTMLElement => {
  const buttons = [...document.querySelectorAll<HTMLElement>('section[aria-label=Checks] button')]
  const found = buttons.find((button) => button.textContent.includes(name))
  if (found === undefined) throw new Error(`There is no check ${name}.`)
  return found
}

async function openHealth(engine = new FakeEngine()): ReturnType<typeof openCorpus> {
  const shown = await openCorpus(engine)
  await until(() => find('[aria-label="Health of the pages"]').click())
  return shown
}

describe('health on the corpus screen', () => {
  it('begins with what wants a decision, and shows two copies zoomed together', async () => {
    const { application } = await openHealth()
    await until(() => expect(check('Near copies').getAttribute('aria-pressed')).toBe('true'))
    await until(() => expect(find('[data-active=true]').textContent).toContain('agrees to 90 %'))
    find('[data-active=true]').focus()
    await userEvent.keyboard('{Enter}')
    const together = (): HTMLElement | undefined =>
      [...document.querySelectorAll('button')].find((button) => button.textContent.includes('Zoom together'))
    await until(() => expect(together()).toBeDefined())
    together()?.click()
    await until(() => expect(application.navigation.on('corpus')).toMatchObject({ page: 1, beside: 2 }))
  })

  it('leaves a page out of sampling by key, as an edit', async () => {
    const engine = new FakeEngine()
    await openHealth(engine)
    await until(() => check('Blur').click())
    await until(() => expect(find('[data-active=true]').textContent).toContain('6.1 pixels wide'))
    find('[data-active=true]').focus()
    await userEvent.keyboard('x')
    await until(() => expect(engine.pages[4]?.excluded).toBe('blur'))
    expect(engine.catalogue.done).toHaveLength(1)
  })

  it('shows findings with their evidence, takes a decision by key and opens it again', async () => {
    await openHealth()
    await until(() => expect(check('Blur').textContent).toContain('1 open'))
    check('Blur').click()
    await until(() => expect(find('[data-active=true]').textContent).toContain('6.1 pixels wide'))
    const { violations } = await axe.run()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([])
    find('[data-active=true]').focus()
    await userEvent.keyboard('f')
    await until(() => expect(check('Blur').textContent).toContain('all decided'))
    find('input[type=checkbox]').click()
    await until(() => expect(find('[data-active=true]').textContent).toContain('Fine'))
    find('[data-active=true]').focus()
    await userEvent.keyboard('r')
    await until(() => expect(check('Blur').textContent).toContain('1 open'))
  })
})
