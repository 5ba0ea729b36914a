import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/paths.mjs'
import { cli, measured, quickest } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'

export const name = 'decode'
export const description = 'processor time of an import against decoding the same pages with sharp alone'

const ROUNDS = 3

/** Both start from nothing in a process of their own and take turns; the quickest round of each counts. */
export async function run({ log, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-decode-'))
  try {
    const images = join(folder, 'images')
    const { source, pages } = await gatherPages(images, args)
    log(`Importing and decoding ${pages.length} pages, ${ROUNDS} times each …`)
    const bare = join(root, 'scripts', 'benchmarks', 'support', 'decode-pages.mjs')
    const [imports, again, decodes] = [[], [], []]
    for (let round = 0; round < ROUNDS; round += 1) {
      const project = join(folder, `round-${round}.scorescope`)
      decodes.push(await measured([bare, images], folder))
      imports.push(await cli(folder, 'import', project, images))
      again.push(await cli(folder, 'import', project, images))
    }
    const [imported, decoded] = [quickest(imports), quickest(decodes)]
    return {
      settings: { pages: pages.length, corpus: source, rounds: ROUNDS },
      figures: {
        importCpuSeconds: imported.cpuSeconds,
        importWallSeconds: imported.wallSeconds,
        decodeCpuSeconds: decoded.cpuSeconds,
        decodeWallSeconds: decoded.wallSeconds,
        importAgainCpuSeconds: quickest(again).cpuSeconds,
        added: imported.json.added,
        addedAgain: quickest(again).json.added,
        refused: imported.json.refused.length,
      },
      ratios: { importOverDecode: imported.cpuSeconds / decoded.cpuSeconds },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
