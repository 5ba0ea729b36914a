import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import tailwindcss from '@tailwindcss/vite'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

const alias = { '@shared': fileURLToPath(new URL('src/shared', import.meta.url)) }

/** One project per kind of test, so that `npx vitest run --project unit` runs one alone. */
const node = (name: string, testTimeout: number, hookTimeout = 120_000) => ({
  resolve: { alias },
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout,
    pool: 'forks' as const,
    maxWorkers: 2,
  },
})

export default defineConfig({
  test: {
    projects: [
      node('unit', 60_000),
      node('contract', 120_000),
      node('compute', 240_000),
      {
        ...node('e2e', 600_000, 600_000),
        test: { ...node('e2e', 600_000, 600_000).test, fileParallelism: false },
      },
      {
        resolve: { alias, conditions: ['browser'] },
        plugins: [svelte(), tailwindcss()],
        // Named here, because what Vite finds only while tests run makes it bundle anew and reload them. Icons are
        // served one by one: there are thousands.
        optimizeDeps: {
          include: [
            'svelte',
            'svelte/internal/client',
            'svelte/internal/disclose-version',
            'svelte/reactivity',
            'bits-ui',
            'virtua/svelte',
            'openseadragon',
            'vega',
            'vega-lite',
            'vega-interpreter',
            'zod',
            '@msgpack/msgpack',
            'axe-core',
          ],
          exclude: ['@lucide/svelte'],
        },
        test: {
          name: 'renderer',
          include: ['tests/renderer/**/*.test.ts'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env['SCORESCOPE_CHROMIUM'] ?? '/usr/bin/chromium',
                args: [
                  '--no-sandbox',
                  '--disable-gpu',
                  '--disable-background-networking',
                  '--disable-component-update',
                  '--disable-sync',
                  '--no-first-run',
                ],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
