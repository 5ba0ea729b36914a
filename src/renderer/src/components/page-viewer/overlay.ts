/** What can be drawn over a picture in the page viewer. */
import type { Rectangle } from './deep-zoom'

export interface PageOverlay extends Rectangle {
  readonly key: string
  /** Said by its tooltip, and drawn beside it when selected. */
  readonly label: string
  readonly selected?: boolean
  /** `accent` for crops, `warning` for something pointed at, e.g. a receptive field, `excluded` is hatched. */
  readonly tone?: 'accent' | 'warning' | 'excluded'
}
