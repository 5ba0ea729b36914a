/** A mounted chart whose data change: drawn again at once, but never so often that the window has no time for anything else. */
import { changeset, type View } from 'vega'

type Datasets = Readonly<Record<string, unknown>>

/** Of the time, at most one part in so many is spent on drawing data that change all the time. */
const REST = 4

export class Drawing {
  private waiting: Datasets | null = null
  private busy = false
  private ended = false

  constructor(private readonly view: View) {}

  /** What comes while it is drawing or rests is drawn afterwards, the newest alone. */
  draw(datasets: Datasets): void {
    if (this.busy) this.waiting = datasets
    else void this.drawNow(datasets)
  }

  end(): void {
    this.ended = true
    this.view.finalize()
  }

  private async drawNow(datasets: Datasets): Promise<void> {
    this.busy = true
    const startMs = performance.now()
    for (const [name, rows] of Object.entries(datasets))
      this.view.change(
        name,
        changeset()
          .remove(() => true)
          .insert(rows),
      )
    await this.view.runAsync()
    setTimeout(() => this.goOn(), REST * (performance.now() - startMs))
  }

  private goOn(): void {
    this.busy = false
    const { waiting } = this
    this.waiting = null
    if (waiting !== null && !this.ended) void this.drawNow(waiting)
  }
}
