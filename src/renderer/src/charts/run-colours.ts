/** Colours that tell runs apart, in the order in which they were chosen; a dash pattern tells them apart without colour. */
export interface RunLook {
  readonly colour: string
  /** As in stroke-dasharray; empty is a whole line. */
  readonly dash: readonly number[]
}

/** Okabe & Ito 2008, darkened on light ground and lightened on dark ground until lines and words are legible there. */
const LIGHT = ['#0b6480', '#c2410c', '#7c3a8e', '#1f7a4d', '#8a6100', '#a8326e'] as const
const DARK = ['#63b5cf', '#f2a65a', '#c79be0', '#6cc79a', '#e3c75f', '#f08bb8'] as const
const DASHES = [[], [7, 3], [2, 3], [10, 3, 2, 3]] as const

export function runLook(position: number, theme: 'light' | 'dark'): RunLook {
  const colours = theme === 'light' ? LIGHT : DARK
  return {
    colour: colours[position % colours.length] ?? colours[0],
    dash: DASHES[position % DASHES.length] ?? [],
  }
}
