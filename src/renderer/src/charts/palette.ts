/** The colours a chart is drawn with: those of the theme on screen, fixed ones on paper. */
export interface Palette {
  readonly ink: string
  readonly muted: string
  readonly rule: string
  readonly training: string
  readonly validation: string
  readonly font: string
}

/** For exports and tests: ink on white; blue and orange are told apart by the colour-blind and in greyscale. */
export const PAPER: Palette = {
  ink: '#1c1917',
  muted: '#57534e',
  rule: '#a8a29e',
  training: '#0072b2',
  validation: '#d55e00',
  font: 'sans-serif',
}
