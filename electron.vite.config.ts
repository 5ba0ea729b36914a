import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'electron-vite'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const alias = { '@shared': path('src/shared') }

/** Native modules and those that read files beside themselves stay in node_modules; all else is bundled. */
const external = [
  'electron',
  'better-sqlite3',
  'sharp',
  '@hyzyla/pdfium',
  'verovio',
  /^verovio\//,
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-node-gpu',
  /^@tensorflow\//,
  'bufferutil',
  'utf-8-validate',
]

/** CommonJS everywhere outside the renderer: a sandboxed preload must be, and one format is enough. */
const commonJs = {
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'chunks/[name]-[hash].cjs',
} as const

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      externalizeDeps: false,
      outDir: 'out/main',
      target: 'node18',
      rollupOptions: {
        external,
        input: {
          index: path('src/main/index.ts'),
          engine: path('src/main/engine.ts'),
          compute: path('src/main/compute.ts'),
          decode: path('src/main/decode.ts'),
          cli: path('src/main/cli.ts'),
          serve: path('src/main/serve.ts'),
        },
        output: commonJs,
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      externalizeDeps: false,
      outDir: 'out/preload',
      target: 'node18',
      rollupOptions: {
        external: ['electron'],
        input: { index: path('src/preload/index.ts') },
        output: commonJs,
      },
    },
  },
  renderer: {
    root: path('src/renderer'),
    resolve: { alias },
    plugins: [svelte(), tailwindcss()],
    build: {
      outDir: path('out/renderer'),
      target: 'chrome114',
      rollupOptions: { input: { index: path('src/renderer/index.html') } },
    },
  },
})
