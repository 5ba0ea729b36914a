/** Every field of a page as a name and a value. */
import type { Page } from '@shared/domain/page'
import { formatBytes, formatCount } from '../../state/format'

export interface Fact {
  readonly name: string
  readonly value: string
  readonly monospace?: boolean
  readonly title?: string
}

export function pageFacts(page: Page): readonly Fact[] {
  return [
    { name: 'Style', value: page.style },
    { name: 'Composer', value: page.composer },
    { name: 'Piece', value: page.piece },
    { name: 'Page', value: formatCount(page.page) },
    { name: 'Size', value: `${formatCount(page.width)} × ${formatCount(page.height)} pixels` },
    { name: 'Resolution', value: page.dpi === null ? 'not stated' : `${formatCount(page.dpi)} dpi` },
    ...(page.dpi === null ? [] : [{ name: 'Paper', value: paperSize(page, page.dpi) }]),
    { name: 'Format', value: `${page.format.toUpperCase()}, ${formatBytes(page.sizeBytes)}` },
    {
      name: 'Orientation',
      value: page.orientation === 1 ? 'upright' : `EXIF ${page.orientation}, turned upright`,
    },
    {
      name: 'Storage',
      value: page.storage === 'linked' ? 'linked: stays where it is' : 'copied into the project',
    },
    { name: 'SHA-256', value: page.sha256, monospace: true },
    { name: 'File', value: page.file },
  ]
}

function paperSize({ width, height }: Pick<Page, 'width' | 'height'>, dpi: number): string {
  const millimetres = (pixels: number): string => String(Math.round((pixels / dpi) * 25.4))
  return `${millimetres(width)} × ${millimetres(height)} mm`
}
