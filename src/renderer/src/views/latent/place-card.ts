/** Where a card stands beside the pointer. */

interface Size {
  readonly width: number
  readonly height: number
}

/** Room between the pointer and the card, and between the card and the frame, in pixels. */
const BESIDE = 14
const EDGE = 4

/** At the right of the pointer where there is room, else at its left; never outside the frame that it fits into. */
export function placeCard(
  at: { readonly x: number; readonly y: number },
  frame: Size,
  card: Size,
): { readonly left: number; readonly top: number } {
  const right = at.x + BESIDE
  const left = right + card.width + EDGE <= frame.width ? right : at.x - BESIDE - card.width
  return {
    left: within(left, frame.width - card.width),
    top: within(at.y - card.height / 2, frame.height - card.height),
  }
}

function within(place: number, room: number): number {
  return Math.max(EDGE, Math.min(place, room - EDGE))
}
