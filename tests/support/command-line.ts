/** Runs the built command line as a user would: in its own process. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { builtEntries } from './whole-core'

export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

export interface Started {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<Ended>
  /** Resolves once a text was said on standard output or standard error. */
  said(text: string): Promise<void>
}

export function startCommand(settingsFolder: string, ...args: readonly string[]): Started {
  const child = spawn(process.execPath, [join(builtEntries, 'cli.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SCORESCOPE_SETTINGS_FOLDER: settingsFolder },
  })
  let output = ''
  let errors = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    for (const listener of listeners) listener()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
    for (const listener of listeners) listener()
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, output, errors })
    })
  })
  return {
    process: child,
    ended,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!`${output}${errors}`.includes(text)) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
        void ended.then(() => {
          reject(new Error(`It ended without saying "${text}": ${output}${errors}`))
        })
      }),
  }
}

export function runCommand(settingsFolder: string, ...args: readonly string[]): Promise<Ended> {
  return startCommand(settingsFolder, ...args).ended
}
