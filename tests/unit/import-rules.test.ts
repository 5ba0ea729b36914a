import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A small source tree: every path maps to what it imports. The packages are empty ones. */
const PACKAGES = [
  'electron',
  '@tensorflow/tfjs',
  'better-sqlite3',
  'sharp',
  'zod',
  'lodash',
  'ws',
  'pure-rand',
].concat(['client', 'disclose-version', 'flags/legacy'].map((name) => `svelte/internal/${name}`))

const GOOD: Record<string, string[]> = {
  'src/shared/api.ts': ['zod'],
  'src/main/index.ts': ['./shell/window'],
  'src/main/shell/window.ts': ['electron', '../../shared/api'],
  'src/main/core/ports.ts': [],
  'src/main/core/index.ts': ['./corpus/import', './sampling/draw', './ports'],
  'src/main/core/corpus/import.ts': ['sharp', '../ports', '../../../shared/api'],
  'src/main/core/sampling/draw.ts': ['better-sqlite3', '../ports', '../../numerics/bootstrap'],
  'src/main/decoding/images.ts': ['sharp', '../../shared/api'],
  'src/main/engraving/engraver.ts': ['./letters/roman'],
  'src/main/engraving/letters/roman.ts': [],
  'src/main/numerics/bootstrap.ts': ['pure-rand', '../../shared/api'],
  'src/main/compute/backend.ts': ['@tensorflow/tfjs', '../../shared/api'],
  'src/main/cli/import.ts': ['../core/index'],
  'src/preload/index.ts': ['electron', '../shared/api'],
  'src/renderer/src/state/corpus.ts': ['../../../shared/api'],
  'src/renderer/src/components/Card.svelte': ['../../../shared/api'],
}

/** Each bad file breaks exactly one promise, named by its rule. */
const BAD: [file: string, imports: string, rule: string][] = [
  ['src/main/core/corpus/bad-sibling.ts', '../sampling/draw', 'core-folders-stand-alone'],
  ['src/main/core/corpus/bad-door.ts', '../index', 'core-folders-stand-alone'],
  ['src/main/core/sampling/bad-electron.ts', 'electron', 'electron-in-shell-only'],
  ['src/main/serve/bad-shell.ts', '../shell/window', 'headless-never-reaches-electron'],
  ['src/main/core/sampling/bad-tensorflow.ts', '@tensorflow/tfjs', 'tensorflow-in-compute-only'],
  ['src/main/cli/bad-reach.ts', '../compute/backend', 'nothing-but-compute-reaches-tensorflow'],
  ['src/main/compute/bad-sqlite.ts', 'better-sqlite3', 'compute-never-reaches-the-catalogue'],
  ['src/main/compute/bad-core.ts', '../core/corpus/import', 'compute-never-reaches-the-catalogue'],
  ['src/main/shell/bad-native.ts', 'sharp', 'the-shell-loads-nothing-native'],
  ['src/main/cli/bad-back-door.ts', '../core/corpus/import', 'core-has-one-door'],
  ['src/main/core/bad-caller.ts', '../cli/import', 'core-knows-no-caller'],
  ['src/main/decoding/bad-core.ts', '../core/ports', 'decoding-only-decodes'],
  ['src/main/decode.ts', './core/corpus/import', 'the-decoder-holds-nothing'],
  ['src/main/engraving/bad-core.ts', '../core/ports', 'engraving-only-engraves'],
  ['src/main/numerics/bad-core.ts', '../core/ports', 'numerics-is-arithmetic'],
  ['src/main/numerics/bad-node.ts', 'node:timers', 'numerics-is-arithmetic'],
  ['src/shared/bad-package.ts', 'lodash', 'shared-imports-zod-only'],
  ['src/renderer/src/state/bad-main.ts', '../../../main/core/ports', 'the-window-sees-shared-only'],
  ['src/renderer/src/state/bad-node.ts', 'node:fs', 'the-renderer-has-no-node'],
  ['src/renderer/src/components/Bad.svelte', '../state/corpus', 'components-are-dumb'],
  ['src/main/core/bad-test.ts', '../../../tests/support/thing', 'no-tests-in-source'],
  ['src/main/core/bad-nowhere.ts', './nowhere', 'no-unresolved'],
]

interface Violation {
  from: string
  rule: { name: string }
}

let folder: string
let violations: Violation[]

function write(file: string, imports: string[]): void {
  const body = imports.map((path, index) => `import * as thing${String(index)} from '${path}'\n`).join('')
  const used = `export const things = [${imports.map((_, index) => `thing${String(index)}`).join(', ')}]\n`
  const target = join(folder, file)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(
    target,
    file.endsWith('.svelte')
      ? `<script lang="ts">\n${body}${imports.length ? 'console.log(thing0)' : ''}\n</script>\n`
      : body + used,
  )
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scorescope-import-rules-'))
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.base.json'])
    cpSync(join(root, name), join(folder, name))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'rules', version: '1.0.0' }))
  for (const name of PACKAGES) {
    const target = join(folder, 'node_modules', name)
    mkdirSync(target, { recursive: true })
    writeFileSync(join(target, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
    writeFileSync(join(target, 'index.js'), 'module.exports = {}\n')
  }
  for (const [file, imports] of Object.entries(GOOD)) write(file, imports)
  for (const [file, imports] of BAD) write(file, [imports])
  write('src/main/core/bad-circle.ts', ['./bad-circle-back'])
  write('src/main/core/bad-circle-back.ts', ['./bad-circle'])
  write('tests/support/thing.ts', [])
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [cruiser, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
  const { summary } = JSON.parse(
    execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 }),
  ) as { summary: { violations: Violation[] } }
  violations = summary.violations
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the import rules', () => {
  it('let every lawful import pass', () => {
    const lawful = violations.filter(({ from }) => from in GOOD)
    expect(lawful).toEqual([])
  })

  it('refuse two files that import each other', () => {
    const circles = violations.filter(({ rule }) => rule.name === 'no-circular').map(({ from }) => from)
    expect(circles.join()).toMatch(/bad-circle/)
  })

  it.each(BAD)('refuse %s importing %s by the rule %s', (file, _imports, rule) => {
    const rules = violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)
    expect(rules).toContain(rule)
  })
})
