/** A demo project with a model of one epoch, made once for all journeys that need one. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { entries, root } from './engine-process'

const kept = join(root, '.cache', 'demo-project')

/** Puts a copy of the demo project at the path. Making it takes about a minute; a build that is the same reuses it. */
export function putDemoProject(path: string): void {
  const stamp = readFileSync(join(entries, '..', '.main.stamp'))
  const original = join(kept, `${createHash('sha256').update(stamp).digest('hex').slice(0, 16)}.scorescope`)
  if (!existsSync(original)) makeDemoProject(original)
  cpSync(original, path, { recursive: true })
}

function makeDemoProject(path: string): void {
  rmSync(kept, { recursive: true, force: true })
  const making = join(kept, 'making.scorescope')
  mkdirSync(kept, { recursive: true })
  execFileSync(process.execPath, [join(entries, 'cli.cjs'), 'demo', making, '--epochs', '1', '--json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, SCORESCOPE_SETTINGS_FOLDER: join(kept, 'settings') },
  })
  renameSync(making, path)
}
