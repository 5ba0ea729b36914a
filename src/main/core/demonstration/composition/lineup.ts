/** Which staves a scribe's systems have, and how high each part lies. */
import type { ClefName, Role, StaffPlan } from '../notation'
import type { ScribeTraits } from '../traits'
import type { Hand } from './plan'

const PLAYED: Readonly<Record<1 | 2 | 3 | 4, readonly Role[]>> = {
  1: ['melody'],
  2: ['right', 'left'],
  3: ['melody', 'right', 'left'],
  4: ['melody', 'inner', 'inner', 'left'],
}

const SUNG: Readonly<Record<1 | 2 | 3 | 4, readonly Role[]>> = {
  1: ['voice'],
  2: ['voice', 'left'],
  3: ['voice', 'right', 'left'],
  4: ['voice', 'melody', 'right', 'left'],
}

/** The staves of every system, top to bottom. */
export function lineup(traits: ScribeTraits): StaffPlan[] {
  const roles = (traits.lyrics ? SUNG : PLAYED)[traits.stavesPerSystem]
  return roles.map((role, place) => ({
    role,
    clef: clefOf(traits, place, roles.length),
    label: labelOf(role, roles.length),
  }))
}

/** The C clef stands on the third of four staves (the viola's), otherwise on the top staff. */
function clefOf({ clefs }: ScribeTraits, place: number, staves: number): ClefName {
  if (clefs === 'bass only') return 'bass'
  if (clefs === 'with C clef' && place === (staves === 4 ? 2 : 0)) return 'alto'
  return place === staves - 1 && staves > 1 ? 'bass' : 'treble'
}

function labelOf(role: Role, staves: number): string {
  if (staves === 1 || role === 'right') return ''
  if (role === 'voice') return 'Voice'
  if (role === 'left' && staves !== 4) return ''
  return staves === 4 ? '' : 'Solo'
}

const MIDDLE_LINES: Readonly<Record<ClefName, number>> = { treble: 34, alto: 28, bass: 22 }

/** The line in the middle of a staff. */
export function middleLine(clef: ClefName): number {
  return MIDDLE_LINES[clef]
}

const REACHES: Readonly<Record<Role, number>> = { voice: 4, melody: 6, inner: 4, right: 6, left: 5 }

/** A part that lies round the middle of its staff; the right hand a little over it, the left a little under. */
export function handFor({ role, clef }: StaffPlan): Hand {
  const shift = role === 'left' ? -1 : role === 'voice' || role === 'inner' ? 0 : 1
  const centre = middleLine(clef) + shift
  return { line: centre, centre, reach: REACHES[role] }
}
