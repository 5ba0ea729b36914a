import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storedZip } from '../support/stored-zip'

const root = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAMS = ['sh', 'env']

let folder: string
let bin: string

/** Runs `npm run setup -- --require` in an empty cache, with the programs in `bin` and no others. */
function setup(environment: Record<string, string> = {}): { status: number | null; said: string } {
  const result = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs'), '--require'], {
    encoding: 'utf8',
    env: {
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      PATH: bin,
      SCORESCOPE_NO_APT: '1',
      ...environment,
    },
  })
  return { status: result.status, said: result.stderr }
}

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

/** What an interrupted or refused set-up leaves in the cache, apart from the note of its failure. */
const leftovers = (): string[] => {
  const cache = join(folder, 'cache/scorescope/native')
  return existsSync(cache) ? readdirSync(cache).filter((name) => !name.endsWith('.failure')) : []
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scorescope-setup-'))
  bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const name of PROGRAMS) symlinkSync(join('/bin', name), join(bin, name))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(process.platform === 'win32')('setting up TensorFlow', () => {
  it('names the compiler that is missing and the command that brings it', () => {
    const { status, said } = setup()
    expect(status).toBe(1)
    expect(said).toMatch(/C\+\+ compiler.*is missing: .*g\+\+/)
  })

  it('names pip where Python has none', () => {
    program('g++', 'exit 0')
    program('python3', 'exit 1')
    const { status, said } = setup()
    expect(status).toBe(1)
    expect(said).toMatch(/pip, which fetches TensorFlow, is missing: .*python3-pip/)
    expect(leftovers()).toEqual([])
  })

  it('says that the package index cannot be reached', () => {
    program('g++', 'exit 0')
    program('python3', '[ "$3" = --version ] && exit 0; echo "NewConnectionError: refused" >&2; exit 1')
    const { said } = setup()
    expect(said).toMatch(/pip cannot reach its package index to fetch tensorflow/)
    expect(leftovers()).toEqual([])
  })

  it('says that the disk is full', () => {
    program('g++', 'exit 0')
    program('python3', '[ "$3" = --version ] && exit 0; echo "No space left on device" >&2; exit 1')
    expect(setup().said).toMatch(/The disk is full/)
  })

  it('refuses a wheel whose checksum is not the pinned one', () => {
    program('g++', 'exit 0')
    const wheel = join(folder, 'tensorflow.whl')
    writeFileSync(wheel, 'PK not the wheel')
    const { status, said } = setup({ SCORESCOPE_LIBTENSORFLOW: wheel })
    expect(status).toBe(1)
    expect(said).toMatch(/tensorflow\.whl is not the file that Scorescope expects/)
    expect(leftovers()).toEqual([])
  })

  it('names the folder that the user gave and that holds no library', () => {
    program('g++', 'exit 0')
    const { said } = setup({ SCORESCOPE_LIBTENSORFLOW: folder })
    expect(said).toContain(`SCORESCOPE_LIBTENSORFLOW names ${folder}`)
  })

  it('ends well without --require and says what will be used instead', () => {
    const result = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs')], {
      encoding: 'utf8',
      env: { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), PATH: bin, SCORESCOPE_NO_APT: '1' },
    })
    expect(result.status).toBe(0)
    expect(result.stderr).toContain('pure JavaScript engine')
  })
})

/** Calls one exported function of a script module in a child and gives what it printed. */
function callModule(file: string, code: string): { status: number | null; printed: string } {
  const script = `import(${JSON.stringify(join(root, 'scripts/support', file))}).then(async (module) => { ${code} }).catch((error) => { console.log(error.message); process.exit(1) })`
  const result = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  return { status: result.status, printed: result.stdout.trim() }
}

describe('unpacking a wheel', () => {
  it("refuses a member whose bytes are not those of the wheel's own record", () => {
    const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_cc.2.dylib']
    const members = libraries.map((name) => ({ name: `tensorflow/${name}`, bytes: Buffer.from('library') }))
    const record = libraries.map((name) => `tensorflow/${name},sha256=${'A'.repeat(43)},7`).join('\n')
    const wheel = join(folder, 'tensorflow.whl')
    writeFileSync(
      wheel,
      storedZip([...members, { name: 'tensorflow-1.dist-info/RECORD', bytes: Buffer.from(record) }]),
    )
    const out = join(folder, 'out')
    const call = `await module.unpackWheel({ file: '${wheel}', folder: '${out}', headers: '${out}' })`
    const { status, printed } = callModule('wheel.mjs', call)
    expect(status).toBe(1)
    expect(printed).toMatch(/is damaged \(its checksum is wrong\)/)
  })

  it('reads back the members of a zip file with their checksums', () => {
    const file = join(folder, 'small.zip')
    writeFileSync(file, storedZip([{ name: 'a/b.txt', bytes: Buffer.from('hello') }]))
    const call = `const [[name, member]] = await module.readZipDirectory('${file}')
      const hash = await module.extractMember({ file: '${file}', member, target: '${join(folder, 'b.txt')}' })
      console.log(name, member.sizeBytes, hash)`
    expect(callModule('zip-reader.mjs', call).printed).toBe(
      'a/b.txt 5 LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ',
    )
  })

  it('says that a file is not a zip file', () => {
    const file = join(folder, 'not.zip')
    writeFileSync(file, 'this is text, and no zip file at all')
    expect(callModule('zip-reader.mjs', `await module.readZipDirectory('${file}')`).printed).toMatch(
      /is not a zip file/,
    )
  })
})

describe('what is set up', () => {
  it('is not ready when a library has another size than the one recorded', () => {
    writeFileSync(join(folder, 'libtensorflow_cc.so.2'), 'short')
    writeFileSync(
      join(folder, 'native.json'),
      JSON.stringify({ libraries: { 'libtensorflow_cc.so.2': 788 } }),
    )
    const call = `console.log(JSON.stringify(module.nativeStatus('${folder}')))`
    expect(JSON.parse(callModule('native-folder.mjs', call).printed)).toEqual({
      ready: false,
      reason: 'libtensorflow_cc.so.2 has changed since it was set up',
    })
  })
})
