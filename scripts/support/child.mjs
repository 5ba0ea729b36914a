import { spawn } from 'node:child_process'

/**
 * Runs a program to its end and keeps what it printed (the last 200 kB of each stream).
 * Never rejects: a program that cannot be started has `code: null` and the reason in `error`.
 * @returns {Promise<{code: number|null, stdout: string, stderr: string, error?: NodeJS.ErrnoException}>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const printed = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name]?.setEncoding('utf8').on('data', (text) => {
        printed[name] = (printed[name] + text).slice(-200_000)
        options.onOutput?.(text)
      })
    }
    child.on('error', (error) => resolve({ code: null, ...printed, error }))
    child.on('close', (code) => resolve({ code, ...printed }))
  })
}

/**
 * Runs a program in the person's own terminal: streams are shared, signals are passed on, and the promise
 * gives its exit code (128 + n for signal n, as shells do). Ctrl-C in a terminal already reaches the child,
 * which would take a second one for impatience.
 */
export function passThrough(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    const watch = watchForOrphaning(() => child.kill('SIGTERM'))
    const settle = (action) => {
      clearInterval(watch)
      for (const signal of signals) process.off(signal, forward)
      action()
    }
    child.on('error', (error) => settle(() => reject(error)))
    child.on('exit', (code, signal) => settle(() => resolve(code ?? 128 + signalNumber(signal))))
  })
}

/** npm dies of a signal without passing it to what it runs: a script of a dead npm ends what it started. */
function watchForOrphaning(onOrphaned) {
  const parent = process.ppid
  if (!process.env.npm_lifecycle_event) return undefined
  return setInterval(() => {
    if (process.ppid !== parent) onOrphaned()
  }, 500).unref()
}

const signalNumber = (signal) => ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 })[signal] ?? 1

/** Where a program is on PATH, or null. */
export async function findProgram(name) {
  const probe = process.platform === 'win32' ? ['where', [name]] : ['sh', ['-c', `command -v ${name}`]]
  const result = await capture(...probe)
  return result.code === 0 ? result.stdout.trim().split('\n')[0] : null
}

/** True while a process with this id exists. */
export function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
