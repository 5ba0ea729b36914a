import { join } from 'node:path'
import { createServer } from 'vite'
import { root } from './paths.mjs'

/**
 * Opens the project's own TypeScript for a benchmark: `load('src/main/compute/…')` gives the module as it stands.
 * @returns {Promise<{load: (path: string) => Promise<any>, close: () => Promise<void>}>}
 */
export async function openSources() {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    cacheDir: join(root, '.cache', 'vite-benchmarks'),
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
    resolve: { alias: { '@shared': join(root, 'src', 'shared') } },
  })
  return { load: (path) => server.ssrLoadModule(`/${path}`), close: () => server.close() }
}
