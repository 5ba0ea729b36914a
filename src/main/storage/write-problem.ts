/** Why something cannot be written, in words that fit "cannot be written to (…)". */
import { AppError } from '@shared/errors'

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
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
  const family = /^(SQLITE_[A-Z]+)_/.exec(error.code)?.[1]
  return REASONS[error.code] ?? (family === undefined ? null : (REASONS[family] ?? null))
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
