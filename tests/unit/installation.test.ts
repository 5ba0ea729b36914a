import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { versionOf } from '../../src/main/assemble'
import { locateInstallation } from '../../src/main/transport/installation'
import { settingsFolder } from '../../src/main/transport/settings-folder'

const node = process.platform === 'win32' ? 'node.exe' : 'node'
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scorescope-installation-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(...parts: string[]): string {
  const file = join(folder, ...parts)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  return file
}

describe('where the parts of an installation lie', () => {
  it('is beside the running file in a checkout, with the Node that runs it', () => {
    const entries = join(folder, 'out', 'main')
    expect(locateInstallation(entries)).toEqual({
      packaged: false,
      entries,
      node: process.execPath,
      renderer: join(folder, 'out', 'renderer'),
      native: null,
    })
  })

  it("is in the installer's resources, asked for from the window", () => {
    put('resources', 'engine', 'engine.cjs')
    put('resources', 'native', 'native.json')
    const shipped = put('resources', 'node', 'bin', node)
    const resources = join(folder, 'resources')
    expect(locateInstallation(join(resources, 'app.asar', 'out', 'main'), resources)).toEqual({
      packaged: true,
      entries: join(resources, 'engine'),
      node: shipped,
      renderer: join(resources, 'renderer'),
      native: join(resources, 'native'),
    })
  })

  it("is in the installer's resources, asked for from the engine beside them", () => {
    put('resources', 'engine', 'engine.cjs')
    put('resources', 'node', 'bin', node)
    const found = locateInstallation(join(folder, 'resources', 'engine'))
    expect(found).toMatchObject({ packaged: true, native: null })
  })

  it('is refused in a sentence where the Node that belongs to it is missing', () => {
    put('resources', 'engine', 'engine.cjs')
    expect(() => locateInstallation(join(folder, 'resources', 'engine'))).toThrow(
      /No Node binary was found at or above .*install Scorescope again/,
    )
  })
})

describe('the folder of settings', () => {
  it('is the named one, else where the system keeps such things', () => {
    expect(settingsFolder({ SCORESCOPE_SETTINGS_FOLDER: folder })).toBe(folder)
    if (process.platform === 'linux')
      expect(settingsFolder({ XDG_CONFIG_HOME: folder })).toBe(join(folder, 'scorescope'))
    expect(settingsFolder({})).toContain('scorescope')
  })
})

describe('the version', () => {
  it("is that of Scorescope's own package.json, not of one on the way", () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'scorescope', version: '3.2.1' }))
    const entries = join(folder, 'out', 'main')
    mkdirSync(entries, { recursive: true })
    writeFileSync(join(folder, 'out', 'package.json'), JSON.stringify({ type: 'commonjs' }))
    expect(versionOf(entries)).toBe('3.2.1')
  })

  it('is not guessed', () => {
    expect(() => versionOf(folder)).toThrow(/No package\.json of Scorescope/)
  })
})
