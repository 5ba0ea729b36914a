/** The trainings that a series consists of: one plan, and the one thing that differs. */
import {
  codeWidth,
  formatArchitectureSpec,
  parseArchitectureSpec,
  withCodeWidth,
} from '@shared/domain/architecture'
import { PRESETS } from '@shared/domain/presets'
import { AppError } from '@shared/errors'
import type { RequestOutput } from '@shared/requests'

export type SeriesRequest = RequestOutput<'series', 'start'>
export type SeriesChoices = SeriesRequest['choices']

export interface Member {
  readonly choices: SeriesChoices
  /** For progress, e.g. "Seed 2 of 5". */
  readonly label: string
}

const UNIT = { seeds: 'Seed', ladder: 'Width', splits: 'Split' } as const

/**
 * In the order in which they are trained.
 * @throws AppError model/spec-unreadable, series/not-narrower, request/invalid where two would be the same
 */
export function membersOf(request: SeriesRequest): readonly Member[] {
  const variants = variantsOf(request)
  const name = request.choices.name ?? request.name ?? request.choices.spec ?? request.choices.preset
  return variants.map(({ choices, suffix }, at) => ({
    choices: { ...request.choices, ...choices, name: `${name.slice(0, NAME_ROOM)}, ${suffix}` },
    label: `${UNIT[request.kind]} ${at + 1} of ${variants.length}`,
  }))
}

/** Names have at most 200 characters, suffix included. */
const NAME_ROOM = 160

interface Variant {
  readonly choices: Partial<SeriesChoices>
  readonly suffix: string
}

function variantsOf(request: SeriesRequest): readonly Variant[] {
  const { choices } = request
  switch (request.kind) {
    case 'seeds': {
      requireDistinct('seeds', request.seeds)
      const { splitSeed = choices.seed } = choices
      return request.seeds.map((seed) => ({ choices: { seed, splitSeed }, suffix: `seed ${seed}` }))
    }
    case 'ladder':
      requireDistinct('widths of the bottleneck', request.codeChannels)
      return request.codeChannels.map((channels) => ({
        choices: narrowed(choices, channels),
        suffix: channels === 1 ? '1 channel' : `${channels} channels`,
      }))
    case 'splits':
      requireDistinct('splits', request.splits)
      return request.splits.map((split) => ({ choices: { split }, suffix: `split by ${split}` }))
  }
}

/** A model that already is as wide stays as it was chosen, and a preset the preset's. */
function narrowed({ spec, preset }: SeriesChoices, channels: number): Partial<SeriesChoices> {
  const blocks = parseArchitectureSpec(spec ?? PRESETS[preset].spec)
  const narrower = withCodeWidth(blocks, channels)
  return channels === codeWidth(blocks) ? {} : { spec: formatArchitectureSpec(narrower) }
}

function requireDistinct(what: string, values: readonly (string | number)[]): void {
  const twice = values.find((value, at) => values.indexOf(value) !== at)
  if (twice === undefined) return
  const problem = `Expected different ${what}, received ${twice} twice`
  throw AppError.of('request/invalid', { request: 'series.start', problem })
}
