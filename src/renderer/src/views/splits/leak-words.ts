/** What held-out crops share with training crops, in words. */
import type { LeakReport } from '@shared/domain/evaluation'
import type { SplitUnit } from '@shared/domain/run'
import { countOf, formatCount } from '../../state/format'
import { formatShare } from '../filters/feature-words'

export const UNIT_WORDS: Readonly<Record<SplitUnit, string>> = {
  piece: 'Pieces',
  page: 'Pages',
  crop: 'Crops',
}

type Leaks = Pick<LeakReport, 'validation' | 'sharePage' | 'sharePiece' | 'sharePixels' | 'sharedArea'>

/** One or two sentences on what the test crops have in common with what is trained on. */
export function describeLeaks(leaks: Leaks): string {
  const { validation, sharePage, sharePiece, sharePixels, sharedArea } = leaks
  if (sharePiece === 0 && sharePage === 0)
    return 'No crop that is tested on comes from a piece that is trained on.'
  if (sharePiece === 0)
    return `No piece is both tested and trained on, but ${countOf(sharePage, 'crop')} of ${formatCount(validation)} ${sharePage === 1 ? 'lies' : 'lie'} on pages whose very files also occur under another piece that is trained on.`
  const pages = sharePage === 0 ? 'none from the same page' : `${formatCount(sharePage)} from the same page`
  const first = `Of ${countOf(validation, 'test crop')}, ${formatCount(sharePiece)} ${sharePiece === 1 ? 'comes' : 'come'} from a piece that is trained on, ${pages}.`
  if (sharePixels === 0) return `${first} None overlaps with a training crop.`
  return `${first} ${formatCount(sharePixels)} ${sharePixels === 1 ? 'overlaps' : 'overlap'} with training crops: ${formatShare(sharedArea)} of the test crops’ area is trained on.`
}
