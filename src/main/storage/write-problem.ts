/** Why something cannot be written, in words that fit "cannot be written to (…)". */
import { AppError } from '@shared/errors'

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EFBIG: 'a file would become larger than is allowed',
  EIO: 'the disk reported an error',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  EISDIR: 'a folder has that name',
  ENAMETOOLONG: 'its path is too long',
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'permission was denied',
  SQLITE_PERM: 'permission was denied',
  SQLITE_CANTOPEN: 'its catalogue could not be opened',
  SQLITE_IOERR: 'the disk reported an error',
}

/** The plain reason, or null where an error is no such problem. SQLite's extended codes count as their family. */
export function writeProblem(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  // Node asks after a folder that it could not make with all above it, and says that it is not there.
  if (error.code === 'ENOENT' && 'syscall' in error && error.syscall === 'mkdir')
    return 'the disk took no new folder'
  const family = /^(SQLITE_[A-Z]+)_/.exec(error.code)?.[1]
  return REASONS[error.code] ?? (family === undefined ? null : (REASONS[family] ?? null))
}

/** What Node was doing when a write failed. */
const WRITING: ReadonlySet<string> = new Set(
  'write fsync fdatasync ftruncate rename mkdir link copyfile unlink'.split(' '),
)

/**
 * The failure is one of writing by all that it says itself: SQLite's own, or a system call that writes. Where it is only
 * known that something was being written, use `asWriteRefusal`.
 */
export function isFailedWrite(error: unknown): boolean {
  if (writeProblem(error) === null || !(error instanceof Error)) return false
  if ('code' in error && String(error.code).startsWith('SQLITE_')) return true
  return 'syscall' in error && WRITING.has(String(error.syscall))
}

/** The same error as project/no-write where it is a failed write, else unchanged. */
export function asWriteRefusal(error: unknown, folder: string): unknown {
  const reason = writeProblem(error)
  return reason === null ? error : AppError.of('project/no-write', { folder, reason }, { cause: error })
}

/** Runs something that writes below `folder`. @throws AppError project/no-write */
export function refusingFailedWrites<Result>(folder: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    throw asWriteRefusal(error, folder)
  }
}
