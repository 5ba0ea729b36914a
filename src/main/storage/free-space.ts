/** Room on the disk, asked for before long work begins. */
import { statfsSync } from 'node:fs'
import { AppError } from '@shared/errors'

/** Kept free beside what is written, for the catalogue's rows. */
const MARGIN_BYTES = 32 * 1024 * 1024

export function freeDiskBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** @throws AppError training/no-space */
export function requireSpace(folder: string, bytes: number): void {
  const needBytes = bytes + MARGIN_BYTES
  const freeBytes = freeDiskBytes(folder)
  if (needBytes > freeBytes) throw AppError.of('training/no-space', { needBytes, freeBytes, folder })
}
