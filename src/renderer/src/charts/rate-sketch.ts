import type { LearningRateSchedule } from '@shared/domain/run'

/** A place on the sketch: how far training is (0 to 1) and the learning rate then, as a share of the one it starts with. */
export interface RatePoint {
  readonly progress: number
  readonly share: number
}

export interface RateSketch {
  readonly points: readonly RatePoint[]
  /** Only an example: how the rate falls depends on how training goes. */
  readonly example: boolean
}

const POINTS = 48

/**
 * How the learning rate moves over a run. A plateau's steps come when the error stops falling, which nobody knows
 * beforehand: drawn as if it stopped after a third.
 */
export function rateSketch(schedule: LearningRateSchedule, epochs: number): RateSketch {
  if (schedule.kind === 'plateau') return { points: plateauSteps(schedule, epochs), example: true }
  const shareAt = (progress: number): number => {
    if (schedule.kind === 'constant') return 1
    return schedule.floor + ((1 - schedule.floor) * (1 + Math.cos(Math.PI * progress))) / 2
  }
  const points = Array.from({ length: POINTS + 1 }, (_, index) => {
    const progress = index / POINTS
    return { progress, share: shareAt(progress) }
  })
  return { points, example: false }
}

function plateauSteps(
  { factor, patience, floor }: Extract<LearningRateSchedule, { kind: 'plateau' }>,
  epochs: number,
): readonly RatePoint[] {
  const width = Math.min(1, patience / Math.max(1, epochs))
  const points: RatePoint[] = [{ progress: 0, share: 1 }]
  let share = 1
  for (let at = 1 / 3 + width; at < 1 && share > floor; at += width) {
    points.push({ progress: at, share })
    share = Math.max(floor, share * factor)
    points.push({ progress: at, share })
  }
  return [...points, { progress: 1, share }]
}
