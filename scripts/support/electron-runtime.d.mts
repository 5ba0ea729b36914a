/** An Electron executable for tests, or why there is none. */
export type TestElectron =
  { readonly path: string; readonly folder: string; readonly version: string } | { readonly reason: string }

export const TEST_ELECTRON_VERSION: string
export function testElectron(): TestElectron
export function ensureTestElectron(): Promise<TestElectron>
