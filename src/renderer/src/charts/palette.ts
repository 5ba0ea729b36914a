/** The colours a chart is drawn with: those of the theme on screen, fixed ones on paper. */
export interface Palette {
  /** What the chart lies on. */
  readonly ground: string
  readonly ink: string
  readonly muted: string
  readonly rule: string
  readonly batches: string
  readonly training: string
  readonly validation: string
  readonly font: string
}

/** For exports and tests: ink on white; blue and orange are told apart by the colour-blind and in greyscale. */
export const PAPER: Palette = {
  ground: '#ffffff',
  ink: '#1c1917',
  muted: '#57534e',
  rule: '#a8a29e',
  batches: '#a6c8dd',
  training: '#0072b2',
  validation: '#d55e00',
  font: 'sans-serif',
}

/** The theme's own text and line colours, with series colours bright enough on its ground. */
export function themePalette(theme: 'light' | 'dark'): Palette {
  return theme === 'light' ? LIGHT : DARK
}

const SCREEN_FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif'

const LIGHT: Palette = {
  ground: '#fbfbfa',
  ink: '#1c1d1f',
  muted: '#53555a',
  rule: '#84847d',
  batches: '#a3c4d1',
  training: '#0b6480',
  validation: '#c2410c',
  font: SCREEN_FONT,
}

const DARK: Palette = {
  ground: '#1c1e20',
  ink: '#e6e7e8',
  muted: '#b0b3b8',
  rule: '#767b82',
  batches: '#38606f',
  training: '#63b5cf',
  validation: '#f2a65a',
  font: SCREEN_FONT,
}
