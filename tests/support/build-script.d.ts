/** The build script has no types of its own. */
declare module '*/scripts/support/build.mjs' {
  export function ensureBuilt(wanted?: readonly ('main' | 'preload' | 'renderer')[]): Promise<void>
}
