/** Crops picked out on the latent map: the one looked at, its neighbours, a selection, and what decoding makes of it. */
import type { DecodedCodes, LatentNeighbour, LatentOutliers, LatentSelection } from '@shared/domain/latent'
import type { RunSummary } from '@shared/domain/run'
import type { Application } from './application.svelte'
import type { CropGroup } from './latent-groups'
import { Loadable } from './loadable.svelte'

/** Which crops are not offered as neighbours: those of the same page look alike for that reason alone. */
export type NeighbourScope = 'otherPages' | 'otherPieces' | 'anywhere'

export class LatentCrops {
  readonly neighbours = new Loadable<readonly LatentNeighbour[]>()
  readonly outliers = new Loadable<LatentOutliers>()
  readonly decoded = new Loadable<DecodedCodes>()
  readonly saved = new Loadable<readonly LatentSelection[]>()
  #picked = $state<number | null>(null)
  #before = $state<number | null>(null)
  #scope = $state<NeighbourScope>('otherPages')
  #selected = $state.raw<ReadonlySet<number>>(new Set())
  /** What the decoded pictures are of, in words. */
  #decodedOf = $state('')
  /** The groups whose difference was decoded last; null where something else was. */
  #compared = $state.raw<readonly [group: CropGroup, other: CropGroup] | null>(null)

  constructor(
    private readonly application: Application,
    private readonly run: () => RunSummary | null,
  ) {}

  /** Index of the crop looked at. */
  get picked(): number | null {
    return this.#picked
  }

  /** The one looked at before: where a path may begin. */
  get before(): number | null {
    return this.#before
  }

  get scope(): NeighbourScope {
    return this.#scope
  }

  /** Sample indices. */
  get selected(): ReadonlySet<number> {
    return this.#selected
  }

  get decodedOf(): string {
    return this.#decodedOf
  }

  get compared(): readonly [group: CropGroup, other: CropGroup] | null {
    return this.#compared
  }

  forget(): void {
    for (const loadable of [this.neighbours, this.outliers, this.decoded, this.saved]) loadable.reset()
    this.#picked = null
    this.#before = null
    this.#selected = new Set()
    const run = this.run()?.run
    if (run === undefined) return
    const { latent } = this.application.api
    void this.saved.load((signal) => latent.selections({ run }, { signal }))
    void this.outliers.load((signal) => latent.outliers({ run }, { signal }))
  }

  pick(index: number | null): void {
    if (index === this.#picked) return
    this.#before = this.#picked
    this.#picked = index
    this.loadNeighbours()
  }

  chooseScope(scope: NeighbourScope): void {
    this.#scope = scope
    this.loadNeighbours()
  }

  select(indices: readonly number[]): void {
    this.#selected = new Set([...indices].sort((a, b) => a - b))
    this.decoded.reset()
  }

  decodeAverage(): void {
    this.decode('Average of the selection', { kind: 'average', indices: [...this.#selected] })
  }

  /** From the crop looked at before to the one looked at now. */
  decodePath(): void {
    if (this.#before === null || this.#picked === null) return
    this.decode(`From crop ${this.#before} to crop ${this.#picked}`, {
      kind: 'path',
      from: this.#before,
      to: this.#picked,
    })
  }

  /** What tells one group from the other, in several strengths. */
  decodeDifference(group: CropGroup, other: CropGroup): void {
    this.decode(`${group.label} against ${other.label}`, {
      kind: 'difference',
      group: [...group.indices],
      other: [...other.indices],
    })
    this.#compared = [group, other]
  }

  async save(name: string): Promise<void> {
    const run = this.run()?.run
    if (run === undefined || this.#selected.size === 0) return
    try {
      await this.application.api.latent.saveSelection({ run, name, indices: [...this.#selected] })
      this.application.toasts.say(`Saved ${this.#selected.size} crops as “${name}”.`, 'good')
      this.loadSaved(run)
    } catch (error) {
      this.application.toasts.fail(error)
    }
  }

  async remove(selection: LatentSelection): Promise<void> {
    const run = this.run()?.run
    if (run === undefined) return
    try {
      await this.application.api.latent.removeSelection({ id: selection.id })
      this.loadSaved(run)
    } catch (error) {
      this.application.toasts.fail(error)
    }
  }

  private loadSaved(run: string): void {
    void this.saved.load((signal) => this.application.api.latent.selections({ run }, { signal }))
  }

  private loadNeighbours(): void {
    const run = this.run()?.run
    const index = this.#picked
    if (run === undefined || index === null) {
      this.neighbours.reset()
      return
    }
    const scope = {
      samePage: this.#scope === 'anywhere',
      samePiece: this.#scope !== 'otherPieces',
    }
    void this.neighbours.load((signal) =>
      this.application.api.latent.neighbours({ run, index, ...scope }, { signal }),
    )
  }

  private decode(
    words: string,
    what:
      | { readonly kind: 'average'; readonly indices: number[] }
      | { readonly kind: 'path'; readonly from: number; readonly to: number }
      | { readonly kind: 'difference'; readonly group: number[]; readonly other: number[] },
  ): void {
    const run = this.run()?.run
    if (run === undefined) return
    this.#decodedOf = words
    this.#compared = null
    void this.decoded.load((signal) => this.application.api.latent.decode({ run, ...what }, { signal }))
  }
}
