/** What a researcher does in the window, told once for the browser and for the desktop. */
import AxeBuilder from '@axe-core/playwright'
import { expect } from 'vitest'
import type { Page } from 'playwright-core'

export const SCREENS = [
  'Start',
  'Corpus',
  'Samples',
  'Training',
  'Filters',
  'Reconstruction',
  'Latent space',
  'Findings',
] as const
export type ScreenName = (typeof SCREENS)[number]

const LONG_MS = 120_000

export async function go(page: Page, screen: ScreenName): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen }).click()
}

/** Starts a small quick training and waits until it is done. @returns the name of the run */
export async function trainQuick(page: Page, name: string): Promise<void> {
  await go(page, 'Training')
  await page.getByRole('radio', { name: 'New training' }).check()
  await page.getByRole('radio', { name: 'Quick' }).check()
  await page.getByRole('textbox', { name: 'Name of the run' }).fill(name)
  await page.getByRole('spinbutton', { name: 'Epochs' }).fill('1')
  await page.getByRole('checkbox', { name: 'Use only some crops' }).check()
  await page.getByRole('spinbutton', { name: 'Crops used' }).fill('40')
  await page.getByRole('button', { name: 'Start training' }).click()
  const run = page.getByRole('region', { name: `Run ${name}` })
  await run.getByText('finished').waitFor({ timeout: LONG_MS })
  await run.getByRole('button', { name: 'See its filters' }).waitFor()
}

/** Opens a channel of the shown run's bottleneck and looks at the crops that excite it. */
export async function seeFilter(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'See its filters' }).click()
  const tile = page.getByRole('button', { name: /^Channel 1 of bottleneck/ })
  await tile.waitFor({ timeout: LONG_MS })
  await tile.click()
  await page.getByRole('heading', { name: 'What excites it' }).waitFor({ timeout: LONG_MS })
  const crops = page.locator('main img')
  await crops.first().waitFor({ timeout: LONG_MS })
  const widths = await crops.evaluateAll((images: HTMLImageElement[]) =>
    Promise.all(images.map((image) => image.decode().then(() => image.naturalWidth))),
  )
  expect(Math.min(...widths)).toBeGreaterThan(0)
}

/** Switches the bottleneck's channels off, all and one, and sees the picture redrawn. */
export async function ablate(page: Page): Promise<void> {
  await go(page, 'Reconstruction')
  const allOn = page.getByText(/^Bottleneck: (\d+) of \1 on$/)
  await allOn.waitFor({ timeout: LONG_MS })
  const learned = await pictureOf(page)
  await page.getByRole('button', { name: 'All off' }).click()
  await page.getByText(/^Bottleneck: 0 of \d+ on$/).waitFor()
  await expect.poll(() => pictureOf(page), { timeout: LONG_MS }).not.toBe(learned)
  await page.getByRole('button', { name: 'All on' }).click()
  await allOn.waitFor()
  await expect.poll(() => pictureOf(page), { timeout: LONG_MS }).toBe(learned)
  await page.getByRole('button', { name: /^Channel 0, on/ }).click()
  await page.getByRole('button', { name: /^Channel 0, off/ }).waitFor()
  await page.getByText('Reconstruction, as switched').waitFor()
}

/** The pixels of the reconstruction on screen. */
function pictureOf(page: Page): Promise<string> {
  const canvas = page
    .getByLabel(/^What the model makes of the crop/)
    .locator('canvas')
    .first()
  return canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL(), undefined, { timeout: LONG_MS })
}

/** Closes the project and opens it again from the list of recent ones. */
export async function reopen(page: Page, project: string, runs: readonly string[]): Promise<void> {
  await go(page, 'Start')
  await page.getByRole('button', { name: 'Close project' }).click()
  await page.getByRole('button', { name: 'Close project' }).waitFor({ state: 'detached' })
  await page
    .getByRole('listitem')
    .getByRole('button', { name: new RegExp(`^${project}`) })
    .click()
  await page.getByRole('button', { name: 'Training' }).waitFor()
  await go(page, 'Training')
  for (const run of runs) await page.getByRole('rowheader', { name: run }).waitFor()
}

/** Every screen in both themes, by axe: nothing serious. */
export async function expectAccessible(page: Page): Promise<void> {
  const found: string[] = []
  for (const theme of ['Light theme', 'Dark theme'])
    for (const screen of SCREENS) {
      await go(page, screen)
      await page.getByRole('radio', { name: theme }).check()
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('main .animate-spin').first().waitFor({ state: 'detached', timeout: LONG_MS })
      // Electron opens no second page, which axe's newer way needs.
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
      for (const { id, impact, nodes } of violations)
        if (impact === 'serious' || impact === 'critical')
          found.push(
            `${screen}, ${theme}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join('; ')}`,
          )
    }
  expect(found).toEqual([])
}
