/** How well a head names the style or composer of held-out crops, and of pages by their crops' votes. */
import type { ClassificationScores, ConfusionCell, Estimate, PageVote } from '@shared/domain/evaluation'
import { ClusterBootstrap } from '../../numerics/bootstrap'

export interface LabelledCrop {
  readonly index: number
  /** Place of its class; never −1. */
  readonly truth: number
  readonly predicted: number
  /** Page id. */
  readonly page: number
  readonly piece: string
}

export interface ClassificationRequest {
  readonly field: 'style' | 'composer'
  readonly classes: readonly string[]
  /** At least one. */
  readonly crops: readonly LabelledCrop[]
  /** Classes of the training crops, −1 without. */
  readonly trainLabels: readonly number[]
  readonly seed: number
}

export function classificationScores(request: ClassificationRequest): ClassificationScores {
  const { field, classes, crops, trainLabels, seed } = request
  const confusion = classes.map(() => classes.map(() => 0))
  for (const { truth, predicted } of crops) {
    const row = confusion[truth]
    if (row !== undefined) row[predicted] = (row[predicted] ?? 0) + 1
  }
  const bootstrap = new ClusterBootstrap(
    crops.map(({ piece }) => piece),
    { seed },
  )
  const majority = mostFrequent(trainLabels.filter((label) => label >= 0))
  const votes = votesOf(crops)
  return {
    field,
    classes,
    crops: crops.length,
    accuracy: shareOf(
      bootstrap,
      crops.map(({ truth, predicted }) => truth === predicted),
    ),
    chance: 1 / classes.length,
    majority:
      majority === null
        ? null
        : {
            class: majority,
            accuracy: shareOf(
              bootstrap,
              crops.map(({ truth }) => truth === majority),
            ),
          },
    confusion,
    cells: cellsOf(crops),
    pageAccuracy: shareOf(
      new ClusterBootstrap(
        votes.map(({ piece }) => piece),
        { seed },
      ),
      votes.map(({ vote }) => vote.truth === vote.predicted),
    ),
    pageVotes: votes.map(({ vote }) => vote),
  }
}

function shareOf(bootstrap: ClusterBootstrap, hits: readonly boolean[]): Estimate {
  const share = bootstrap.ratio({ numerators: hits.map(Number), denominators: hits.map(() => 1) })
  if (share === null) throw new RangeError('A share of no crops at all.')
  return share
}

/** Of equally frequent ones the first class; null of nothing. */
function mostFrequent(labels: readonly number[]): number | null {
  const counts = [...Map.groupBy(labels, (label) => label)].map(
    ([label, all]) => [label, all.length] as const,
  )
  const [first] = counts.sort(([a, most], [b, other]) => other - most || a - b)
  return first?.[0] ?? null
}

function cellsOf(crops: readonly LabelledCrop[]): readonly ConfusionCell[] {
  return [...Map.groupBy(crops, ({ truth, predicted }) => `${truth} ${predicted}`).values()]
    .map((members) => {
      const { truth = 0, predicted = 0 } = members[0] ?? {}
      return { truth, predicted, indices: members.map(({ index }) => index) }
    })
    .sort((a, b) => a.truth - b.truth || a.predicted - b.predicted)
}

function votesOf(
  crops: readonly LabelledCrop[],
): readonly { readonly piece: string; readonly vote: PageVote }[] {
  return [...Map.groupBy(crops, ({ page }) => page)].map(([page, members]) => {
    const predicted = mostFrequent(members.map((crop) => crop.predicted)) ?? 0
    const { truth = 0, piece = '' } = members[0] ?? {}
    const votes = members.filter((crop) => crop.predicted === predicted).length
    return { piece, vote: { page, truth, predicted, crops: members.length, votes } }
  })
}
