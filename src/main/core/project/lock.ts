/** One process per project: a file that names its owner, recovered when the owner is gone. */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@shared/errors'
import type { Clock } from '../ports'

export const LOCK_FILE = 'lock.json'

/** Who holds a project. */
interface Owner {
  readonly pid: number
  /** Tells two processes with the same number apart; null where the system does not say. */
  readonly processStart: string | null
  readonly host: string
  readonly lockedAt: string
  readonly token: string
}

export interface ProjectLock {
  /** The last owner went without releasing it. */
  readonly recovered: boolean
  release(): void
  /** Lets go, but leaves the mark of an owner that is gone: the catalogue still has to be looked over. */
  releaseUnchecked(): void
}

/** Attempts at taking over a lock whose owner is gone, should others try at the same time. */
const ATTEMPTS = 20

/** @throws AppError project/locked, project/locked-elsewhere */
export function lockProject(folder: string, clock: Clock): ProjectLock {
  const path = join(folder, LOCK_FILE)
  const mine: Owner = {
    pid: process.pid,
    processStart: processStart(process.pid),
    host: hostname(),
    lockedAt: clock.now().toISOString(),
    token: randomUUID(),
  }
  let recovered = false
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (publish(path, mine)) {
      const isMine = (): boolean => readOwner(path)?.token === mine.token
      return {
        recovered,
        release: () => {
          if (isMine()) rmSync(path, { force: true })
        },
        releaseUnchecked: () => {
          if (isMine()) writeFileSync(path, JSON.stringify({ ...mine, processStart: 'ended' }))
        },
      }
    }
    const found = readLock(path)
    if (found === null) continue
    refuseWhileOwned(folder, found.owner, clock)
    recovered = takeAway(path, found.text) || recovered
  }
  throw AppError.of('project/locked', { folder, pid: readOwner(path)?.pid ?? 0 })
}

/** Puts the lock in place in one step with its content in it; false where there is one already. */
function publish(path: string, owner: Owner): boolean {
  const text = `${JSON.stringify(owner)}\n`
  const draft = `${path}.${owner.token}`
  try {
    writeFileSync(draft, text, { flag: 'wx' })
    linkSync(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!NO_HARD_LINKS.has(codeOf(error))) throw error
    return publishWithoutLink(path, text)
  } finally {
    rmSync(draft, { force: true })
  }
}

const NO_HARD_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** For file systems without hard links, such as FAT. */
function publishWithoutLink(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function refuseWhileOwned(folder: string, owner: Owner | null, clock: Clock): void {
  if (owner === null) return
  if (owner.host !== hostname())
    throw AppError.of('project/locked-elsewhere', { folder, host: owner.host, lock: LOCK_FILE })
  if (isAlive(owner, clock)) throw AppError.of('project/locked', { folder, pid: owner.pid })
}

/**
 * Removes the lock that was read and no other: it is moved aside first and put back should it be someone else's
 * that came in between.
 */
function takeAway(path: string, expected: string): boolean {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
  const isExpected = readFileSync(aside, 'utf8') === expected
  if (isExpected) rmSync(aside, { force: true })
  else renameSync(aside, path)
  return isExpected
}

function readLock(path: string): { readonly text: string; readonly owner: Owner | null } | null {
  try {
    const text = readFileSync(path, 'utf8')
    return { text, owner: parseOwner(text) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function readOwner(path: string): Owner | null {
  return readLock(path)?.owner ?? null
}

/** null for a lock that a crash left unreadable: nobody owns it. */
function parseOwner(text: string): Owner | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { pid, processStart, host, lockedAt, token } = value as Partial<Record<keyof Owner, unknown>>
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof lockedAt !== 'string') return null
    if (typeof token !== 'string') return null
    return {
      pid,
      processStart: typeof processStart === 'string' ? processStart : null,
      host,
      lockedAt,
      token,
    }
  } catch {
    return null
  }
}

function isAlive(owner: Owner, clock: Clock): boolean {
  if (owner.processStart !== null) return processStart(owner.pid) === owner.processStart
  const bootedMs = clock.now().getTime() - uptime() * 1000
  if (Date.parse(owner.lockedAt) < bootedMs) return false
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** On Linux: the boot's id and the process's start in clock ticks since then. null elsewhere, or where it is gone. */
function processStart(pid: number): string | null {
  if (process.platform !== 'linux') return null
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    // Field 22; the name in field 2 may hold spaces and brackets, so count from after it.
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const started = afterName[19]
    return started === undefined ? null : `${boot}/${started}`
  } catch {
    return null
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
