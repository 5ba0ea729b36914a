/** Hashes of the files of one import: a file with many pages is read for it once. */
import type { FoundFile } from './folder-walk'
import { hashFile } from './page-files'

export class FileHashes {
  private readonly kept = new Map<string, { readonly sha256: Promise<string>; left: number }>()

  constructor(private readonly signal: AbortSignal) {}

  /** To be asked once for each of the file's pages. */
  of({ path }: FoundFile, parts: number): Promise<string> {
    const entry = this.kept.get(path) ?? { sha256: hashFile(path, this.signal), left: parts }
    entry.left -= 1
    if (entry.left > 0) this.kept.set(path, entry)
    else this.kept.delete(path)
    return entry.sha256
  }
}
