/** The hash that names what a sample set is, not when or where it was made. */
import { createHash, type Hash } from 'node:crypto'
import type { DrawnCrop, DrawSettings } from './page-crops'

/**
 * SHA-256 over the settings, each crop's page, place and draw, and the pixels. No time, no id and no path is in it: the
 * same pages, settings and seed give the same hash in any project on any machine.
 */
export class SampleSetHash {
  private readonly hash: Hash = createHash('sha256')

  constructor(settings: DrawSettings, method: string) {
    const { seed, perPage, size, whiteness, triesPerPage } = settings
    this.line({ format: 1, method, seed, perPage, size, whiteness, triesPerPage })
  }

  add(pageSha256: string, { x, y, draw }: DrawnCrop): void {
    this.line([pageSha256, x, y, draw])
  }

  /** @param pixelsSha256 of all crops' pixels in their order, in hex */
  finish(pixelsSha256: string): string {
    this.line({ pixels: pixelsSha256 })
    return this.hash.digest('hex')
  }

  private line(value: unknown): void {
    this.hash.update(`${JSON.stringify(value)}\n`)
  }
}
