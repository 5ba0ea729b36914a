/** Chromium, kept quiet, for journeys through the app in a browser. */
import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const executablePath = process.env['SCORESCOPE_CHROMIUM'] ?? '/usr/bin/chromium'

/** Why no journey can be made in a browser here, or null. */
export const chromiumProblem: string | null = existsSync(executablePath)
  ? null
  : `Chromium is not at ${executablePath}: install it, or name it in SCORESCOPE_CHROMIUM.`

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}
