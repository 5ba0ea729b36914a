/** A picture laid over another: one pixel of it is `scale` pixels of the one beneath, its corner lies at `x`, `y` there. */
export interface Veil {
  readonly picture: ImageData
  readonly x: number
  readonly y: number
  readonly scale: number
  /** From 0 to 1. */
  readonly opacity: number
}
