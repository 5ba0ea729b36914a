import { testElectron, type TestElectron } from '../../scripts/support/electron-runtime.mjs'

/**
 * The Electron that tests launch (`npm test` fetches it), or the reason why there is none here: a display and
 * an executable are both needed. Give the reason to `it.skipIf`'s title so that a skipped test says why.
 */
export function electronForTests(): TestElectron {
  const linux = process.platform === 'linux'
  if (linux && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return { reason: 'There is no display for Electron: `npm test` starts one where Xvfb is installed.' }
  return testElectron()
}
