/** Runs an entry in a process of its own that tells numbers, line by line, and is killed in the middle of it. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { bundle } from './bundle'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Killed after so many lines; resolves with the largest number that was told. */
export type RunAndKill = (paths: readonly string[], killAfter: number) => Promise<number>

/** @param name of the entry, below tests/support */
export function killedProcess(name: string): RunAndKill {
  let built = ''
  let entry = ''
  beforeAll(async () => {
    // Below the repository, so that the bundle finds the native modules.
    mkdirSync(join(root, '.cache'), { recursive: true })
    built = mkdtempSync(join(root, '.cache', 'killed-process-'))
    entry = await bundle(join(root, 'tests', 'support', name), built)
  })
  afterAll(() => {
    rmSync(built, { recursive: true, force: true })
  })
  return (paths, killAfter) => {
    const child = spawn(process.execPath, [entry, ...paths], { stdio: ['ignore', 'pipe', 'inherit'] })
    let largest = 0
    let told = 0
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trim().split('\n')) {
        largest = Math.max(largest, Number(line))
        told += 1
      }
      if (told >= killAfter) child.kill('SIGKILL')
    })
    return new Promise((resolve) => {
      child.once('close', () => {
        resolve(largest)
      })
    })
  }
}
