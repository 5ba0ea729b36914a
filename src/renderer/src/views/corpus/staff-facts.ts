/** The ruler of a page in words. */
import type { Page, StaffSpace } from '@shared/domain/page'
import { countOf, formatPercent } from '../../state/format'
import type { Fact } from './page-facts'

/** Printed staves reach this; see StaffSpace. */
const CLEAR_AGREEMENT = 0.3

export function staffFacts(page: Pick<Page, 'dpi'>, measured: StaffSpace): readonly Fact[] {
  const { spacePixels, linePixels, agreement, staves } = measured
  return [
    { name: 'Staff space', value: lengthWords(spacePixels, page.dpi) },
    { name: 'Lines', value: `${lengthWords(linePixels, page.dpi)} thick` },
    {
      name: 'How sure',
      value: `${agreement >= CLEAR_AGREEMENT ? 'clear' : 'unsure'}: ${formatPercent(agreement)} agree`,
      title: `Share of thin runs of ink that are spaced like this. Printed staves reach ${formatPercent(CLEAR_AGREEMENT)} and more.`,
    },
    {
      name: 'Staves',
      value:
        staves === null
          ? 'not all can be made out'
          : `${countOf(staves.staves.length, 'staff', 'staves')} in ${countOf(systemsOf(staves.staves), 'system')}`,
    },
  ]
}

function systemsOf(staves: readonly { readonly system: number }[]): number {
  return new Set(staves.map(({ system }) => system)).size
}

/** "14.2 pixels, 1.81 mm" where the resolution is known. */
function lengthWords(pixels: number, dpi: number | null): string {
  const millimetres = dpi === null ? '' : `, ${((pixels / dpi) * 25.4).toFixed(2)} mm`
  return `${pixels.toFixed(1)} pixels${millimetres}`
}
