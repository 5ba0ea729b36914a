/** Bundles a TypeScript file for plain Node, as the build does for the real entries, into a folder of the test's own. */
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @returns the path of the bundled file */
export async function bundle(source: string, folder: string): Promise<string> {
  const name = basename(source, '.ts')
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    resolve: { alias: { '@shared': join(root, 'src', 'shared') } },
    build: {
      ssr: true,
      target: 'node22',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: { [name]: source },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
    ssr: { noExternal: ['zod'] },
  })
  return join(folder, `${name}.cjs`)
}
