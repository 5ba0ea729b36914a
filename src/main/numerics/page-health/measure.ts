/** All that one look at a page tells of its health. */
import type { StaffSpace } from '@shared/domain/page'
import type { PageHealth, Portrait } from '@shared/domain/page-health'
import { type GreyPicture, measureStaffSpace } from '../staff-space'
import { findStaves } from '../staves'
import { fingerprintOf } from './fingerprint'
import { inkOf, type InkPicture } from './ink'
import { type InkFrame, measureFrame } from './ink-frame'
import { portraitOf, withoutLines } from './likeness'
import { measureEdgeWidth } from './sharpness'
import { shrink } from './shrink'
import { measureSkew } from './skew'

/** Goes up when any of the numbers would come out otherwise: then pages are measured anew. */
export const HEALTH_METHOD = 'health 1'

/** Longest sides in pixels: for staves, for straightening and portraits, for ink and its frame. */
const STAVES_SIDE = 2400
const LINES_SIDE = 800
const INK_SIDE = 400
/** What is inked over so many pixels to either side at that size is a line and no note. */
const LINE = 6
/** The page is cut into so many cells each way to tell how much of it is written on. */
const COVER_SIDE = 24
/** A cell with this mean ink is written on. */
const WRITTEN = 0.02

/** Agreement of spacings of a page that is turned, and how much better than as it lies, that say enough by themselves. */
const CLEAR_AGREEMENT = 0.55
const CLEAR_RATIO = 2.5

/** Share of their distance, and of the page's longest side, beyond which lines are of text: 3.5 mm of A4 and more. */
const TEXT = { thickness: 0.15, distance: 0.012 } as const

/** Rows of a page without lines are this much sharper at their best angle than on average; pages of music reach 2. */
const LEAST_CLARITY = 1.3

export function measurePage(picture: GreyPicture): PageHealth {
  const { lines, inked, skew, frame } = lookAt(picture)
  const staves = shrink(picture, STAVES_SIDE)
  const spacing = measureStaffSpace(staves)
  const found = believedSpace(spacing, staves)
  const tones = lines.tones
  return {
    ...tones,
    inkShare: inked.ink.reduce((sum, value) => sum + value, 0) / inked.ink.length,
    covered: coveredShare(inked),
    edgePixels: measureEdgeWidth(picture, tones),
    skewDegrees: skew.clarity >= LEAST_CLARITY ? skew.degrees : null,
    spacePixels: found === null ? null : (found.spacePixels * picture.width) / staves.width,
    agreement: found?.agreement ?? null,
    sideways: isSideways(staves, spacing),
    fingerprint: fingerprintOf(inked, skew.degrees, frame),
  }
}

/** The page as it is laid over others; null on a page without print. */
export function portraitOfPage(picture: GreyPicture): Portrait | null {
  const { lines, inked, skew, frame } = lookAt(picture)
  if (frame.across < 1 || frame.down < 1) return null
  return portraitOf(lines, skew.degrees, scaled(frame, lines.width / inked.width))
}

function lookAt(picture: GreyPicture) {
  const small = shrink(picture, LINES_SIDE)
  const lines = inkOf(small)
  // Lines that blur made faint still gather in rows, and the grain of paper does not.
  const skew = measureSkew(inkOf(small, 0))
  // So small that a little blur changes nothing.
  const inked = inkOf(shrink(small, INK_SIDE))
  // Staff lines are the first that blur washes out: a frame of notes stays where it is.
  const notes = {
    ...inked,
    ink: withoutLines(inked.ink, inked.width, LINE).map((value) => Math.max(0, value)),
  }
  return { lines, inked, skew, frame: measureFrame(notes, skew.degrees) }
}

function scaled({ x, y, across, down, ink }: InkFrame, scale: number): InkFrame {
  return { x: x * scale, y: y * scale, across: across * scale, down: down * scale, ink }
}

function coveredShare({ width, height, ink }: InkPicture): number {
  const sums = new Float32Array(COVER_SIDE * COVER_SIDE)
  for (const [place, value] of ink.entries()) {
    const row = Math.floor((Math.floor(place / width) * COVER_SIDE) / height)
    const cell = row * COVER_SIDE + Math.floor(((place % width) * COVER_SIDE) / width)
    sums[cell] = (sums[cell] ?? 0) + value
  }
  const least = (WRITTEN * width * height) / sums.length
  return sums.filter((sum) => sum > least).length / sums.length
}

/** Lines of text are spaced like staff lines, but both wider apart on the page and thicker for their distance. */
function believedSpace(
  found: Omit<StaffSpace, 'staves'> | null,
  { width, height }: GreyPicture,
): Omit<StaffSpace, 'staves'> | null {
  if (found === null) return null
  const isThick = found.linePixels > TEXT.thickness * found.spacePixels
  return isThick && found.spacePixels > TEXT.distance * Math.max(width, height) ? null : found
}

/**
 * Staves are found when the page is turned and none as it lies; or spacings agree far better then. Staves that are
 * bent or full of notes are missed sometimes, so that alone says nothing.
 */
function isSideways(picture: GreyPicture, across: Omit<StaffSpace, 'staves'> | null): boolean {
  const turned = transposed(picture)
  const down = measureStaffSpace(turned)
  const agreement = across?.agreement ?? 0
  if (down === null || down.agreement < agreement / 2) return false
  if (across !== null && findStaves(picture, across) !== null) return false
  return (
    findStaves(turned, down) !== null ||
    (down.agreement > CLEAR_AGREEMENT && down.agreement > CLEAR_RATIO * agreement)
  )
}

function transposed({ width, height, pixels }: GreyPicture): GreyPicture {
  const turned = new Uint8Array(pixels.length)
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1)
      turned[column * height + row] = pixels[row * width + column] ?? 0
  return { width: height, height: width, pixels: turned }
}
