/** The pages that an import goes through: one for most files, several for TIFFs and PDFs that hold several. */
import { throwIfCancelled } from '@shared/errors'
import { refusalOf } from '../../decoding'
import { inOrder } from '../ordered-work'
import type { JobContext } from '../ports'
import type { FoundFile } from './folder-walk'
import { readProblem } from './folder-walk'
import type { KnownPage } from './import-records'
import type { KnownPages } from './known-pages'
import type { PictureDecoder } from './picture-decoder'

export interface ImportItem {
  readonly found: FoundFile
  readonly part: number
  /** How many pages its file has. */
  readonly parts: number
  /** The page as the catalogue has it, where that is known without reading. */
  readonly known: KnownPage | null
  /** Why the file cannot be opened. */
  readonly problem: string | null
}

/** What may hold several pages is opened to count them, unless all of them are known. */
export async function listItems(
  found: readonly FoundFile[],
  known: KnownPages,
  { decoder, context, concurrency }: { decoder: PictureDecoder; context: JobContext; concurrency: number },
): Promise<readonly ImportItem[]> {
  const items: ImportItem[] = []
  const open = async (file: FoundFile): Promise<readonly ImportItem[]> => {
    throwIfCancelled(context.signal)
    return await itemsOf(file, known, decoder)
  }
  for await (const some of inOrder(found, open, { concurrency })) for (const item of some) items.push(item)
  return items
}

async function itemsOf(
  found: FoundFile,
  known: KnownPages,
  decoder: PictureDecoder,
): Promise<readonly ImportItem[]> {
  const single = { found, part: 1, parts: 1, known: null, problem: null }
  if (found.format !== 'tiff' && found.format !== 'pdf') return [single]
  const pages = known.unchanged(found)
  if (pages !== null)
    return pages.map((page) => ({ ...single, part: page.part, parts: pages.length, known: page }))
  try {
    const parts = await decoder.ask('parts', { path: found.path, format: found.format })
    return parts.map((part) => ({ ...single, part, parts: parts.length }))
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal !== null) return [{ ...single, problem: refusal }]
    if (error instanceof Error && 'path' in error && error.path === found.path)
      return [{ ...single, problem: `it cannot be read: ${readProblem(error)}` }]
    throw error
  }
}
