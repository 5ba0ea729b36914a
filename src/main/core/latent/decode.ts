/** Mixtures of codes, decoded: what an average crop, the way between two, or the difference of two groups looks like. */
import type { CodeMix, DecodedMixes } from '@shared/compute-api'
import type { RequestOutput } from '@shared/requests'
import type { DecodedCodes } from '@shared/domain/latent'
import type { RunCodes } from './codes'

export type DecodeRequest = RequestOutput<'latent', 'decode'>

/** Crops of a group that are encoded: an average changes little beyond. */
const MOST_CROPS = 200

const BLUR =
  'A code keeps where on the crop things are: where crops differ in layout, their average is a blur of all of them, and only what they have in the same place stays sharp.'

export interface Mixture {
  readonly mixes: readonly CodeMix[]
  readonly captions: readonly string[]
  readonly remark: string
}

/** Every mix of weights 1 in all. @throws AppError latent/index-unknown */
export function mixtureFor(codes: RunCodes, request: DecodeRequest): Mixture {
  switch (request.kind) {
    case 'average':
      return averageMix(codes, request.indices)
    case 'path':
      return pathMix(codes, request)
    case 'difference':
      return differenceMix(codes, request)
  }
}

export function picturesOf({ captions, remark }: Mixture, { size, pictures }: DecodedMixes): DecodedCodes {
  return { size, remark, pictures: pictures.map((grey, at) => ({ caption: captions[at] ?? '', grey })) }
}

function averageMix(codes: RunCodes, indices: readonly number[]): Mixture {
  const group = groupOf(codes, indices)
  return {
    mixes: [equally(group.used, 1)],
    captions: [`Average of ${group.words}`],
    remark: BLUR,
  }
}

function pathMix(
  codes: RunCodes,
  { from, to, steps }: Extract<DecodeRequest, { readonly kind: 'path' }>,
): Mixture {
  codes.rowOf(from)
  codes.rowOf(to)
  const shares = Array.from({ length: steps }, (_, step) => step / (steps - 1))
  return {
    mixes: shares.map((share) => [
      { index: from, weight: 1 - share },
      { index: to, weight: share },
    ]),
    captions: shares.map((share) =>
      share === 0
        ? `Sample ${from}`
        : share === 1
          ? `Sample ${to}`
          : `${Math.round(100 * share)} % of the way`,
    ),
    remark: `The first and last picture are the model’s reconstructions of the two crops. ${BLUR}`,
  }
}

function differenceMix(
  codes: RunCodes,
  { group, other, strengths }: Extract<DecodeRequest, { readonly kind: 'difference' }>,
): Mixture {
  const [first, second] = [groupOf(codes, group), groupOf(codes, other)]
  return {
    // The middle of both means, and from there towards one or the other.
    mixes: strengths.map((strength) => [
      ...equally(first.used, 0.5 + strength / 2),
      ...equally(second.used, 0.5 - strength / 2),
    ]),
    captions: strengths.map((strength) => {
      if (strength === 0) return 'Halfway between both'
      if (strength === 1) return 'First group'
      if (strength === -1) return 'Second group'
      return `${strength > 0 ? 'First' : 'Second'} group, difference × ${Math.abs(strength)}`
    }),
    remark: `Averages of ${first.words} and ${second.words}; beyond either, their difference is exaggerated, and what is then drawn need not be like any crop. ${BLUR}`,
  }
}

interface Group {
  readonly used: readonly number[]
  readonly words: string
}

/** Without repetitions; of a large group crops spread evenly over it. */
function groupOf(codes: RunCodes, indices: readonly number[]): Group {
  const all = [...new Set(indices)].sort((a, b) => a - b)
  for (const index of all) codes.rowOf(index)
  if (all.length <= MOST_CROPS)
    return { used: all, words: `${all.length} ${all.length === 1 ? 'crop' : 'crops'}` }
  const used = Array.from(
    { length: MOST_CROPS },
    (_, at) => all[Math.floor((at * all.length) / MOST_CROPS)] ?? 0,
  )
  return { used, words: `${MOST_CROPS} of ${all.length} crops, spread evenly` }
}

function equally(indices: readonly number[], weight: number): CodeMix {
  return indices.map((index) => ({ index, weight: weight / indices.length }))
}
